/**
 * The connection to the server: opened, watched, and opened again whenever it is lost, until told to stop.
 *
 * Sockets, time and randomness are handed in.
 */

import { backoffMs } from '../../lib/backoff.js';
import { decodeServerMessage } from '../../lib/wire/decode-server-message.js';
import { encodeClientMessage } from '../../lib/wire/encode-client-message.js';
import type { ClientMessage, ServerMessage } from '../../lib/wire/messages.js';
import { pageLimits } from './limits.js';

export interface SocketListener {
  opened(): void;
  received(text: string): void;
  closed(): void;
}

export interface OpenSocket {
  send(text: string): void;
  close(): void;
}

export interface ConnectionHost {
  /** Opens a WebSocket to the server; the listener is not called before this has returned. */
  open(listener: SocketListener): OpenSocket;
  /** Runs a task later. @returns takes it back */
  after(ms: number, task: () => void): () => void;
  /** For intervals; never goes back. */
  nowMs(): number;
  /** From 0 to 1. */
  random(): number;
}

export interface ConnectionListener {
  connecting(): void;
  opened(): void;
  /** It is lost, and will be tried again by itself. */
  lost(): void;
  heard(message: ServerMessage): void;
}

/** Marks the connection's own pings; what answers them stays in here. */
const pingRef = 'ping';

interface Attempt {
  readonly socket: OpenSocket;
  /** When it opened; undefined before. */
  openSinceMs: number | undefined;
}

export class Connection {
  #attempt: Attempt | undefined;
  /** Between `connect` and `disconnect`. */
  #wanted = false;
  /** Attempts since the last connection that was worth the name. */
  #failures = 0;
  /** Takes back the one timer: for the next attempt, the opening, or the silence of this one. */
  #stopTimer: () => void = () => {};

  constructor(
    private readonly host: ConnectionHost,
    private readonly listener: ConnectionListener,
  ) {}

  /** Connects now, if it is not connected or connecting. */
  connect(): void {
    this.#wanted = true;
    if (this.#attempt) return;
    this.#stopTimer();
    this.listener.connecting();
    const attempt: Attempt = {
      socket: this.host.open(this.#listenerFor(() => attempt)),
      openSinceMs: undefined,
    };
    this.#attempt = attempt;
    this.#giveUpAfter(pageLimits.answerMs);
  }

  /** Ends the connection and all attempts. */
  disconnect(): void {
    this.#wanted = false;
    this.#stopTimer();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#failures = 0;
    attempt?.socket.close();
  }

  /** Something has changed (the network is back, the tab is looked at): do not wait for timers to find out. */
  wake(): void {
    if (this.#attempt?.openSinceMs !== undefined) this.#ping();
    else if (this.#wanted) this.connect();
  }

  /** Sends a message, if the connection is open. */
  send(message: ClientMessage): void {
    if (this.#attempt?.openSinceMs !== undefined) this.#attempt.socket.send(encodeClientMessage(message));
  }

  #listenerFor(own: () => Attempt): SocketListener {
    const isCurrent = () => this.#attempt === own();
    return {
      opened: () => {
        if (!isCurrent()) return;
        own().openSinceMs = this.host.nowMs();
        this.#awaitSilence();
        this.listener.opened();
      },
      received: (text) => {
        if (!isCurrent()) return;
        this.#awaitSilence();
        const message = decodeServerMessage(text);
        if (message && !('ref' in message && message.ref === pingRef)) this.listener.heard(message);
      },
      closed: () => {
        if (isCurrent()) this.#lose();
      },
    };
  }

  #awaitSilence(): void {
    this.#stopTimer();
    this.#stopTimer = this.host.after(pageLimits.silenceMs, () => this.#ping());
  }

  #ping(): void {
    this.send({ type: 'ping', ref: pingRef });
    this.#giveUpAfter(pageLimits.answerMs);
  }

  #giveUpAfter(ms: number): void {
    this.#stopTimer();
    this.#stopTimer = this.host.after(ms, () => this.#lose());
  }

  #lose(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.socket.close();
    const { openSinceMs } = attempt ?? {};
    if (openSinceMs !== undefined && this.host.nowMs() - openSinceMs >= pageLimits.stableMs)
      this.#failures = 0;
    const bounds = { minMs: pageLimits.reconnectMinMs, maxMs: pageLimits.reconnectMaxMs };
    const waitMs = backoffMs(this.#failures++, bounds, this.host.random());
    this.#stopTimer();
    this.#stopTimer = this.host.after(waitMs, () => this.connect());
    this.listener.lost();
  }
}
