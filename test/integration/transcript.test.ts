import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { silentLog } from '../../lib/log.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { version } from '../../lib/version.js';

/** A client that sends and receives lines as they are in the document. */
class TranscriptClient {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async hear(): Promise<string> {
    return (await this.#lines.next()).value;
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** A line without the parts that are different each time. */
function settled(json: string): string {
  return json
    .replace(/"id":"[^"]*"/, '"id":"…"')
    .replace(/"at":\d+/, '"at":0')
    .replace(`"version":"${version}"`, '"version":"…"');
}

describe('the transcript in docs/PROTOCOL.md', () => {
  const document = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const transcript = /```transcript\n(.*?)```/s.exec(document)?.[1]?.trim().split('\n') ?? [];
  let server: RunningServer;
  const clients = new Map<string, TranscriptClient>();

  before(async () => {
    server = await startServer(
      { name: 'alpha', clientPort: 0, webSocketPort: undefined, peerPort: 0 },
      silentLog,
    );
  });

  after(async () => {
    for (const client of clients.values()) client.end();
    await server.stop();
  });

  it('is what a server says, line for line', async () => {
    expect(transcript).to.have.length.greaterThan(20);
    for (const line of transcript) {
      const [, name = '', direction, json = ''] = /^(\w+) ([<>]) (.*)$/.exec(line) ?? [];
      let client = clients.get(name);
      if (!client) {
        client = new TranscriptClient(server.ports.client ?? 0);
        clients.set(name, client);
      }
      if (direction === '>') client.say(json);
      else expect(settled(await client.hear()), line).to.equal(settled(json));
    }
  });
});
