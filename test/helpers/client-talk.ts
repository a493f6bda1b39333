import { Chalk } from 'chalk';
import { Chat } from '../../lib/client/chat.js';
import { enterLine } from '../../lib/client/commands.js';
import type { ErrorCode } from '../../lib/wire/errors.js';
import type { ClientMessage, Ref, ServerMessage } from '../../lib/wire/messages.js';
import { welcome } from './client-dial.js';
import { ManualTime, settled } from './client-time.js';

/** A chat whose server is played by a test. */
export class Talk {
  readonly time = new ManualTime();
  readonly sent: ClientMessage[] = [];
  readonly shown: string[] = [];
  readonly problems: string[] = [];
  quits = 0;
  readonly chat = new Chat({
    ink: new Chalk({ level: 0 }),
    clock: this.time,
    timer: this.time,
    random: () => 1,
    echoes: true,
    send: (message) => this.sent.push(message),
    print: (line) => this.shown.push(line),
    complain: (problem) => this.problems.push(problem),
    onChange: () => {},
    onQuit: () => this.quits++,
  });

  static async connected(): Promise<Talk> {
    const talk = new Talk();
    void talk.chat.up(welcome);
    await settled();
    return talk;
  }

  /** Joins these channels as ann; bob is a member too. */
  static async in(...channels: string[]): Promise<Talk> {
    const talk = await Talk.connected();
    for (const channel of channels) {
      await talk.type(`/join ${channel} ann`);
      await talk.joined(channel);
    }
    talk.sent.length = 0;
    talk.shown.length = 0;
    return talk;
  }

  async type(line: string): Promise<void> {
    void enterLine(this.chat, line);
    await settled();
  }

  async hear(message: ServerMessage): Promise<void> {
    this.chat.receive(message);
    await settled();
  }

  // ---- The server's part: answers to the request that went out last.

  get ref(): Ref {
    const ref = this.sent.at(-1)?.ref;
    if (ref === undefined) throw new Error('nothing was asked');
    return ref;
  }

  async joined(channel: string, members = ['ann', 'bob'], name = 'ann'): Promise<void> {
    await this.hear({ type: 'joined', channel, name, members, ref: this.ref });
  }

  async accept(): Promise<void> {
    await this.hear({ type: 'ok', id: 'x', ref: this.ref });
  }

  async refuse(code: ErrorCode, message: string = code): Promise<void> {
    await this.hear({ type: 'error', code, message, ref: this.ref });
  }

  /** What was sent since the last call, without refs. */
  takeSent(): object[] {
    return this.sent.splice(0).map(({ ref: _, ...message }) => message);
  }
}
