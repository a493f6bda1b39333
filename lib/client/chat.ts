/**
 * One user's chat: what is typed becomes requests, what the server says becomes lines and state.
 *
 * Knows no socket, terminal or pipe; `connection.ts` carries its messages, `interactive.ts` and `script.ts` show its
 * lines.
 */
import type { ChalkInstance } from 'chalk';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import { ProtocolError } from '../wire/errors.js';
import type { ClientLimits, ClientMessage, ServerMessage } from '../wire/messages.js';
import { checkChannelName, utf8Length } from '../wire/names.js';
import { printable } from '../wire/printable.js';
import { Backoff } from './backoff.js';
import type { Welcome } from './connection.js';
import {
  type Message,
  quoted,
  renderBack,
  renderDirect,
  renderEntered,
  renderInfo,
  renderList,
  renderPrompt,
  renderSaid,
  renderServerMessage,
  seconds,
  type View,
} from './render.js';
import { type Outcome, Requests } from './requests.js';
import { ChatState } from './state.js';
import type { Timer } from './timer.js';

export interface ChatOptions {
  readonly ink: ChalkInstance;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly timer: Timer;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly send: (message: ClientMessage) => void;
  /** Shows a line, or several. */
  readonly print: (line: string) => void;
  /** Whether to show lines that were entered and are no message. */
  readonly echoes: boolean;
  /** Tells what went wrong, in one sentence of plain text. */
  readonly complain: (problem: string) => void;
  /** The prompt may be another. */
  readonly onChange: () => void;
  readonly onQuit: () => void;
}

export class Chat {
  readonly state = new ChatState();
  readonly #requests: Requests;
  #limits: Pick<ClientLimits, 'textBytes'> = limits;
  #online = false;
  /** Counts the connections, so that what waited through the loss of one knows that it is out of date. */
  #connection = 0;
  /** The connection for which channels are being joined again. */
  #rejoiningOn: number | undefined;
  #cancelWait = () => {};
  #closed = false;

  constructor(private readonly options: ChatOptions) {
    this.#requests = new Requests(options.send, options.timer);
  }

  get prompt(): string {
    return renderPrompt(this.options.ink, this.state.name, this.state.current?.name, this.#online);
  }

  // ---- What a user does. Each resolves to whether the server (or the client itself) accepted it. ---------------

  /** @param name needed as long as one has none */
  async join(typed: string, name?: string): Promise<boolean> {
    const channel = this.#channelFrom(typed);
    if (channel === undefined) return false;
    const known = this.state.channel(channel);
    if (known?.standing === 'joined') {
      this.state.talkIn(channel);
      this.tell(`You are talking in ${printable(channel)} now.`);
      this.options.onChange();
      return true;
    }
    const as = name ?? this.state.joinName;
    if (as === undefined) {
      this.options.complain(`Say under which name: /join ${channel} <name>`);
      return false;
    }
    this.state.wantedName = as;
    this.state.talkIn(channel);
    if (!this.#requests.takesMore) {
      this.state.lose();
      this.tell(`Not connected; ${printable(channel)} is joined as soon as the connection is back.`);
    }
    // A join that was never answered is still wanted, and is asked for again with the next connection.
    const outcome = await this.#requests.ask({ type: 'join', channel, name: as });
    return outcome.kind === 'accepted';
  }

  /** @param typed a channel; by default where one is talking */
  async leave(typed?: string): Promise<boolean> {
    const channel = typed === undefined ? this.#currentFor('/leave') : this.#channelFrom(typed);
    if (channel === undefined) return false;
    if (this.state.channel(channel)?.standing === 'lost') {
      this.state.remove(channel);
      this.tell(`You left ${printable(channel)}.`);
      this.options.onChange();
      return true;
    }
    return this.#ask({ type: 'leave', channel });
  }

  async nick(name: string): Promise<boolean> {
    return this.#ask({ type: 'nick', name });
  }

  /** @param typed a channel; by default where one is talking */
  async names(typed?: string): Promise<boolean> {
    const channel = typed === undefined ? this.#currentFor('/names') : this.#channelFrom(typed);
    return channel !== undefined && this.#ask({ type: 'names', channel });
  }

  async channels(): Promise<boolean> {
    return this.#ask({ type: 'channels' });
  }

  /** Says something where one is talking; without a channel the server answers what is missing. */
  async say(text: string): Promise<boolean> {
    const { current, joinName } = this.state;
    const problem = this.#whyNotSaid(text);
    if (problem !== undefined) {
      this.options.complain(problem);
      return false;
    }
    if (current && joinName !== undefined) {
      const said = {
        atMs: this.options.clock.wallMs(),
        channel: current.name,
        from: joinName,
        text,
        own: true,
      };
      this.options.print(renderSaid(this.#view, said));
    } else {
      this.echo(text);
    }
    const outcome = await this.#requests.ask({ type: 'msg', channel: current?.name, text });
    this.#explain(outcome, quoted(text));
    return outcome.kind === 'accepted';
  }

  /** Says something to one user, whether or not one shares a channel. */
  async sayTo(to: string, text: string): Promise<boolean> {
    const { name } = this.state;
    const problem = this.#whyNotSaid(text);
    if (problem !== undefined) {
      this.options.complain(problem);
      return false;
    }
    if (name === undefined) {
      this.echo(`/msg ${to} ${text}`);
    } else {
      const said = { atMs: this.options.clock.wallMs(), from: name, to, text, own: true };
      this.options.print(renderDirect(this.#view, said));
    }
    const outcome = await this.#requests.ask({ type: 'msg', to, text });
    if (outcome.kind === 'accepted') this.state.talkWith(to);
    this.#explain(outcome, quoted(text));
    return outcome.kind === 'accepted';
  }

  /** Ends the chat once all that was entered is answered. */
  async quit(): Promise<true> {
    await this.#requests.done();
    this.options.onQuit();
    return true;
  }

  /** Says goodbye; nothing is sent, shown or waited for after it. The connection is to be closed next. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { name, standing } of this.state.channels) {
      if (standing === 'joined') this.options.send({ type: 'leave', channel: name });
    }
    this.#cancelWait();
    this.#requests.shut();
  }

  /** Shows a list of the client's own. */
  list(rows: readonly string[]): void {
    this.options.print(renderList(this.#view, rows));
  }

  /** Shows a line of the client's own. */
  tell(text: string): void {
    this.options.print(renderInfo(this.#view, text));
  }

  /** Shows what was entered, where it is no message. */
  echo(line: string): void {
    if (this.options.echoes) this.options.print(renderEntered(this.#view, line));
  }

  complain(problem: string): void {
    this.options.complain(problem);
  }

  // ---- What the connection does ---------------------------------------------------------------------------------

  /**
   * The connection is up. Resolves when all that was joined before is joined again, or given up; to whether the
   * connection is still the same then.
   */
  async up(welcome: Welcome): Promise<boolean> {
    this.#online = true;
    const connection = ++this.#connection;
    this.#limits = welcome.limits;
    this.#requests.open();
    this.options.onChange();
    await this.#rejoin();
    return this.#connection === connection;
  }

  /** The connection is lost, or could not be made. */
  down(): void {
    this.#online = false;
    this.#connection++;
    this.#cancelWait();
    this.state.lose();
    this.#requests.shut();
    this.options.onChange();
  }

  /** The server said something. */
  receive(message: ServerMessage): void {
    const settled = this.#requests.settle(message);
    if (settled.kind === 'postponed') return;
    const request = settled.kind === 'answer' ? settled.request : undefined;
    const view = this.#view;
    const joinedBefore =
      message.type === 'joined' && this.state.channel(message.channel)?.everJoined === true;
    this.state.apply(message);
    if (message.type === 'error') {
      if (request?.type === 'join' && !this.#joinRefused(request, message)) return;
      this.options.complain(message.message);
      const joining = request?.type === 'join' || message.code === 'not-joined';
      if (joining && this.state.channels.length === 0) {
        this.tell('Join a channel first: join <channel> <username>');
      }
    } else {
      const line = joinedBefore ? renderBack(view, message) : renderServerMessage(view, message);
      if (line !== undefined) this.options.print(line);
    }
    this.options.onChange();
    if (message.type === 'joined') void this.#rejoin();
  }

  // ---- Inside -----------------------------------------------------------------------------------------------------

  get #view(): View {
    const { ink, clock } = this.options;
    return { ink, nowMs: clock.wallMs(), several: this.state.channels.length > 1 };
  }

  async #ask(message: ClientMessage): Promise<boolean> {
    const outcome = await this.#requests.ask(message);
    this.#explain(outcome, `/${message.type}`);
    return outcome.kind === 'accepted';
  }

  /**
   * Joins again what was joined before the connection was lost. Should the name be taken, then most likely by that
   * very connection, which the server has yet to notice is dead: it is asked for again, a few times.
   */
  async #rejoin(): Promise<void> {
    const connection = this.#connection;
    if (this.#rejoiningOn === connection) return;
    this.#rejoiningOn = connection;
    const backoff = new Backoff(limits.reconnectMinMs, limits.reconnectMaxMs, this.options.random);
    for (let tries = 1; this.#lostChannels.length > 0; tries++) {
      const name = this.state.joinName;
      const outcomes = await Promise.all(
        this.#lostChannels.map((channel) => this.#requests.ask({ type: 'join', channel, name })),
      );
      const taken = outcomes.some(({ kind, code }) => kind === 'refused' && code === 'name-taken');
      const [channel] = this.#lostChannels;
      if (this.#connection !== connection || !taken || channel === undefined || name === undefined) break;
      if (tries === limits.nameTries) {
        this.options.complain(
          `${name} is still taken. Come back under another name: /join ${channel} <name>`,
        );
        break;
      }
      const waitMs = backoff.nextMs();
      this.tell(
        `${printable(name)} is still taken, by your lost connection perhaps; trying again in ${seconds(waitMs)}.`,
      );
      await new Promise<void>((resolve) => {
        this.#cancelWait = this.options.timer.after(waitMs, resolve);
      });
      if (this.#connection !== connection) break;
    }
    if (this.#rejoiningOn === connection) this.#rejoiningOn = undefined;
  }

  get #lostChannels(): string[] {
    return this.state.channels.filter(({ standing }) => standing === 'lost').map(({ name }) => name);
  }

  /** @returns whether that is the end of it, rather than one of the tries of `#rejoin` */
  #joinRefused({ channel, name }: ClientMessage<'join'>, { code }: Message<'error'>): boolean {
    const known = this.state.channel(channel);
    if (known?.everJoined && known.standing === 'lost' && code === 'name-taken') {
      return name !== this.state.name || this.#rejoiningOn !== this.#connection;
    }
    if (known && known.standing !== 'joined') this.state.remove(channel);
    this.state.wantedName = undefined;
    return true;
  }

  /** Tells what became of a request that the server did not answer; its answers tell of themselves. */
  #explain({ kind }: Outcome, what: string): void {
    if (this.#closed) return;
    if (kind === 'unsent') this.options.complain(`Not connected; not sent: ${what}`);
    if (kind === 'unanswered') {
      this.options.complain(
        `The connection was lost before the server answered; it may not have arrived: ${what}`,
      );
    }
  }

  #whyNotSaid(text: string): string | undefined {
    if (!this.#requests.takesMore) return `Not connected; not sent: ${quoted(text)}`;
    const { textBytes } = this.#limits;
    const excess = utf8Length(text) - textBytes;
    return excess > 0
      ? `Too long by ${excess} bytes, a message has at most ${textBytes}; not sent: ${quoted(text)}`
      : undefined;
  }

  #channelFrom(typed: string): string | undefined {
    try {
      return checkChannelName(typed);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.options.complain(error.message);
      return undefined;
    }
  }

  #currentFor(command: string): string | undefined {
    const current = this.state.current?.name;
    if (current === undefined) this.options.complain(`Say which channel: ${command} <channel>`);
    return current;
  }
}
