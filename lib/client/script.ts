/** A chat in a pipe: each line of the input is entered once the server has accepted the one before; then it ends. */
import type { Readable, Writable } from 'node:stream';
import { limits } from '../limits.js';
import { ProtocolError } from '../wire/errors.js';
import { LineDecoder } from '../wire/line-decoder.js';
import { printable } from '../wire/printable.js';
import { Chat } from './chat.js';
import { enterLine } from './commands.js';
import { Connection, type Down } from './connection.js';
import { seconds } from './render.js';
import type { Setting } from './setting.js';

export interface Pipes {
  /** Bytes; lines of UTF-8. */
  readonly input: Readable;
  /** For what is said. */
  readonly output: Writable;
  /** For what goes wrong, a line each. */
  readonly errors: Writable;
}

/**
 * Enters all lines of the input, and ends.
 *
 * @returns 0 if the server accepted them all; 1 if it refused one, cannot be reached or stays lost
 */
export async function runScript(setting: Setting, pipes: Pipes): Promise<0 | 1> {
  const script = new Script(setting, pipes);
  await script.run();
  return script.status;
}

class Script {
  status: 0 | 1 = 0;
  readonly #chat: Chat;
  readonly #connection: Connection;
  #wasUp = false;
  /** Connected, and in all channels that were joined. */
  #ready = false;
  #over = false;
  /** The line being entered, counted from 1; 0 before the first. */
  #line = 0;
  #wake = () => {};

  constructor(
    private readonly setting: Setting,
    private readonly pipes: Pipes,
  ) {
    this.#chat = new Chat({
      ...setting,
      echoes: false,
      send: (message) => this.#connection.send(message),
      print: (line) => void pipes.output.write(`${line}\n`),
      complain: (problem) => {
        this.status = 1;
        this.#warn(problem);
      },
      onChange: () => {},
      onQuit: () => this.#end(),
    });
    this.#connection = new Connection({
      ...setting,
      onUp: (welcome) => {
        this.#wasUp = true;
        void this.#chat.up(welcome).then((ready) => {
          this.#ready = ready;
          this.#wake();
        });
      },
      onMessage: (message) => this.#chat.receive(message),
      onDown: (down) => this.#down(down),
    });
  }

  async run(): Promise<void> {
    const { channel, name } = this.setting.start;
    this.#connection.start();
    await this.#readyOrOver();
    if (channel !== undefined && !this.#over) {
      await this.#chat.join(channel, name);
      // Of what was meant for that channel nothing would be taken.
      if (this.status !== 0) this.#end();
    }
    await this.#enterLines();
    this.#end();
    await this.#connection.close();
  }

  async #enterLines(): Promise<void> {
    try {
      for await (const line of linesOf(this.pipes.input)) {
        this.#line++;
        await this.#readyOrOver();
        if (this.#over) return;
        if (line === undefined) this.#chat.complain('not UTF-8, and not sent.');
        else await enterLine(this.#chat, line);
        if (this.#over) return;
      }
    } catch (error) {
      // The end has closed the input.
      if (this.#over) return;
      this.#line++;
      if (!(error instanceof Error)) throw error;
      this.#chat.complain(
        error instanceof ProtocolError
          ? `longer than ${limits.inputLineBytes} bytes; nothing was sent from here on.`
          : `cannot read the input: ${error.message}`,
      );
    }
  }

  #down({ why, wasUp, failedTries, retryMs }: Down): void {
    this.#ready = false;
    this.#chat.down();
    if (!this.#wasUp) {
      this.#chat.complain(`cannot connect: ${why}.`);
      this.#end();
    } else if (wasUp) {
      this.#warn(`the connection was lost: ${why}. Trying again in ${seconds(retryMs)}.`);
    } else if (failedTries >= limits.reconnectTriesIfPiped) {
      this.#chat.complain(`cannot connect again, after ${failedTries} tries: ${why}.`);
      this.#end();
    }
  }

  #warn(problem: string): void {
    const where = this.#line > 0 ? `line ${this.#line}: ` : '';
    this.pipes.errors.write(`${this.setting.program}: ${where}${printable(problem)}\n`);
  }

  #end(): void {
    this.#over = true;
    this.pipes.input.destroy();
    this.#chat.close();
    this.#wake();
  }

  async #readyOrOver(): Promise<void> {
    while (!this.#ready && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The lines of a stream, without their ends and without empty ones; undefined for one that is not UTF-8. */
async function* linesOf(input: Readable): AsyncGenerator<string | undefined> {
  const decoder = new LineDecoder(limits.inputLineBytes);
  let lines: (string | undefined)[] = [];
  for await (const chunk of input) {
    decoder.push(Buffer.from(chunk), (line) => lines.push(line));
    yield* lines;
    lines = [];
  }
  decoder.push(Buffer.from('\n'), (line) => lines.push(line));
  yield* lines;
}
