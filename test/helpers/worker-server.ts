/** A server with workers in processes of their own, and clients that know which worker serves them. */
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { ServerProgram, type StartOptions } from './program.js';
import { connectRaw, type RawClient, type TransportName } from './raw-client.js';

/** Whether a process runs. One that has ended stays listed until its parent asks for its status. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Where there is no /proc, the process was found nevertheless.
    return error instanceof Error && 'syscall' in error && error.syscall === 'open' && !existsSync('/proc');
  }
}

export class WorkerServer {
  readonly clients: RawClient[] = [];

  private constructor(readonly program: ServerProgram) {}

  static async start(name: string, workers: number, start: StartOptions = {}): Promise<WorkerServer> {
    const options = ['--workers', String(workers), ...(start.options ?? [])];
    return new WorkerServer(await ServerProgram.start('full-server', name, { ...start, options }));
  }

  /** The process of a worker, or the last one that it had. */
  pidOf(worker: number): number {
    const lines = [
      ...this.program.output.matchAll(new RegExp(`worker works worker=${worker} pid=(\\d+)`, 'g')),
    ];
    return Number(lines.at(-1)?.[1]);
  }

  async connect(transport: TransportName): Promise<RawClient> {
    const { client, websocket } = this.program.ports;
    const connected = await connectRaw(transport, (transport === 'tcp' ? client : websocket) ?? 0);
    this.clients.push(connected);
    return connected;
  }

  /** Connects one client after another, so that each worker has the same number; all know of one another. */
  async enter(channel: string, by: readonly TransportName[], names: readonly string[]): Promise<RawClient[]> {
    const entered: RawClient[] = [];
    for (const [i, name] of names.entries()) {
      const client = await this.connect(by[i % by.length] ?? 'tcp');
      await client.enter(channel, name);
      for (const other of entered) await other.nextWith({ type: 'join', name });
      entered.push(client);
    }
    return entered;
  }

  /** Types a line at the prompt, and waits for the answer. */
  async ask(line: string, answer: RegExp): Promise<string> {
    const mark = this.program.mark();
    this.program.type(line);
    await this.program.waitFor(answer, mark);
    return this.program.output.slice(mark);
  }

  /** Requests something over a connection of its own. */
  http(path: string): Promise<{ status: number | undefined; body: string }> {
    const { websocket: port } = this.program.ports;
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, body }));
      }).on('error', reject);
    });
  }

  async end(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await this.program.end();
  }
}
