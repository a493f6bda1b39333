/** Clients of a relay in memory. What the relay hands them is kept, and read as a client would read it. */
import { jsonDialect } from '../../lib/dialect/json.js';
import { silentLog } from '../../lib/log.js';
import type { CloseReason, LaneFormat, Outbox } from '../../lib/relay/connection.js';
import { Intake } from '../../lib/relay/intake.js';
import { Relay, type RelayOptions } from '../../lib/relay/relay.js';
import type { Session } from '../../lib/relay/session.js';
import { lineFraming, webSocketFraming } from '../../lib/wire/framing.js';
import { HandClock } from './hand-clock.js';
import { type Message, parseMessage } from './messages.js';
import { readFrames } from './web-socket-frames.js';

export const formats = {
  tcp: { framing: lineFraming, ...jsonDialect },
  websocket: { framing: webSocketFraming, ...jsonDialect },
} satisfies Record<string, LaneFormat>;

export class MemoryOutbox implements Outbox {
  /** All bytes, in the order of the calls, whether written or replied. */
  readonly handed: Buffer[] = [];
  /** Only those that were written, which is how bytes are handed out that many clients share. */
  readonly written: Buffer[] = [];
  readonly waitingBytes = 0;
  readonly slow = false;
  closedFor: CloseReason | undefined;

  write(bytes: Buffer): void {
    this.written.push(bytes);
    this.#hand(bytes);
  }

  writeAll(parts: readonly Buffer[]): void {
    this.#hand(Buffer.concat(parts));
  }

  reply(bytes: Buffer): void {
    this.#hand(bytes);
  }

  close(reason: CloseReason, lastWords?: Buffer): void {
    if (lastWords) this.#hand(lastWords);
    this.closedFor = reason;
  }

  #hand(bytes: Buffer): void {
    if (this.closedFor !== undefined) throw new Error('something was written after the last words');
    if (bytes.length === 0) throw new Error('nothing at all was written');
    this.handed.push(bytes);
  }
}

/** The intake for what is said to the relays of `relayByHand`. */
const intakes = new WeakMap<Relay, Intake>();

/** A relay whose turns and time a test moves by hand. */
export function relayByHand(options: Partial<RelayOptions> = {}) {
  const clock = new HandClock();
  const relay = new Relay({
    serverName: 'alpha',
    version: '0.0.0',
    idPrefix: 'a1',
    commandsPerSecond: undefined,
    clock,
    random: Math.random,
    log: silentLog,
    ...options,
  });
  const intake = new Intake(relay, options.clock ?? clock);
  intakes.set(relay, intake);
  return { relay, intake, clock };
}

export class MemoryClient {
  readonly outbox = new MemoryOutbox();
  readonly session: Session | undefined;
  readonly format: LaneFormat;
  /** Whether the door reads from this client. */
  isRead = true;
  #read = 0;

  constructor(
    private readonly relay: Relay,
    transport: keyof typeof formats = 'tcp',
  ) {
    this.format = formats[transport];
    this.session = relay.open({
      format: this.format,
      outbox: this.outbox,
      address: 'memory:1',
      setReading: (reading) => {
        this.isRead = reading;
      },
    });
  }

  /** Says one message, as if it had just been read from the connection. */
  say(message: object): void {
    if (this.session) intakes.get(this.relay)?.receive(this.session, JSON.stringify(message));
  }

  /** Joins a channel, and forgets what was heard until then. */
  join(channel: string, name?: string): this {
    this.say({ type: 'join', channel, name });
    this.hear();
    return this;
  }

  /** Loses the connection. */
  vanish(): void {
    if (this.session) this.relay.close(this.session, 'connection closed');
  }

  /** What was handed over since the last time this was asked. */
  hear(): Message[] {
    const heard = this.outbox.handed.slice(this.#read).flatMap((bytes) => this.#messagesIn(bytes));
    this.#read = this.outbox.handed.length;
    return heard;
  }

  /** Decodes a piece. It must consist of whole messages, because the next piece may come from elsewhere. */
  #messagesIn(bytes: Buffer): Message[] {
    if (this.format.framing.transport === 'tcp') {
      const lines = bytes.toString('utf8').split('\n');
      if (lines.pop() !== '') throw new Error('a piece ends in the midst of a line');
      return lines.map(parseMessage);
    }
    const { frames, rest } = readFrames(bytes);
    if (rest.length > 0) throw new Error('a piece ends in the midst of a frame');
    return frames.map(({ payload }) => parseMessage(payload.toString('utf8')));
  }
}
