/**
 * The outbox of a client: the bounded way to its socket. [PROTOCOL 6]
 *
 * Node's socket keeps the bytes that the network has not taken yet. The outbox watches how many these are. A client is
 * slow when they exceed the soft limit. It is given up when they exceed the hard limit, or when it takes nothing for
 * too long.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { limits } from '../limits.js';
import type { CloseReason, Outbox } from '../relay/connection.js';
import type { OutboxOptions } from './transport.js';

/** Up to how many bytes it costs less to copy parts into one than to hand them over one by one. */
const cheaplyCopiedBytes = 16_384;

export class SocketOutbox implements Outbox {
  #corked = false;
  #closing = false;
  #givenUp = false;
  #slow = false;
  /** When bytes first waited without any being taken since; undefined while nothing waits. */
  #stalledSinceMs: number | undefined;
  #takenAtStall = 0;

  constructor(
    private readonly socket: Socket,
    private readonly options: OutboxOptions,
  ) {}

  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  get slow(): boolean {
    return this.#slow;
  }

  write(bytes: Buffer): void {
    if (!this.#accepts()) return;
    if (!this.socket.write(bytes)) this.#checkWaiting();
  }

  writeAll(parts: readonly Buffer[]): void {
    const length = parts.reduce((sum, { length }) => sum + length, 0);
    // Nothing is copied for a client that is behind, because the bytes that wait for it are shared with others.
    if (parts.length > 1 && length <= cheaplyCopiedBytes && this.socket.writableLength === 0) {
      this.write(Buffer.concat(parts, length));
      return;
    }
    this.socket.cork();
    for (const bytes of parts) this.write(bytes);
    this.socket.uncork();
  }

  reply(bytes: Buffer): void {
    if (!this.#accepts()) return;
    if (!this.#corked) {
      this.#corked = true;
      this.socket.cork();
      this.options.clock.endOfTurn(() => this.#uncork());
    }
    this.write(bytes);
  }

  close(reason: CloseReason, lastWords?: Buffer): void {
    if (this.#closing) return;
    this.#uncork();
    if (lastWords && this.options.isOpen()) this.socket.write(lastWords);
    this.#closing = true;
    this.options.sayGoodbye(reason);
    const patienceMs = reason === 'shutting-down' ? limits.drainMs : limits.clientCloseMs;
    const cutOff = setTimeout(() => this.socket.destroy(), patienceMs);
    this.socket.once('close', () => clearTimeout(cutOff));
  }

  /** Checks whether the client has stopped taking anything. It is to be called every now and then. */
  sweep(): void {
    if (this.#closing || this.#givenUp) return;
    const waiting = this.waitingBytes;
    if (waiting < limits.outboxSoftBytes) this.#slow = false;
    if (waiting === 0) {
      this.#stalledSinceMs = undefined;
      return;
    }
    const nowMs = this.options.clock.nowMs();
    const taken = this.socket.bytesWritten - waiting;
    if (this.#stalledSinceMs === undefined || taken !== this.#takenAtStall) {
      this.#stalledSinceMs = nowMs;
      this.#takenAtStall = taken;
    } else if (nowMs - this.#stalledSinceMs >= limits.outboxStallMs) {
      this.#giveUp(`nothing was taken for ${limits.outboxStallMs / 1000} s`);
    }
  }

  #accepts(): boolean {
    return !this.#closing && !this.#givenUp && this.options.isOpen();
  }

  #giveUp(why: string): void {
    this.#givenUp = true;
    this.options.clock.endOfTurn(() => this.options.onTooSlow(why));
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.socket.uncork();
  }

  #checkWaiting(): void {
    const waiting = this.waitingBytes;
    if (waiting > limits.outboxHardBytes) {
      this.#giveUp(`more than ${limits.outboxHardBytes / 1_048_576} MiB were waiting`);
    } else if (waiting > limits.outboxSoftBytes && !this.#slow) {
      this.#slow = true;
      this.options.onSlow?.();
    }
  }
}
