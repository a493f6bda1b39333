/**
 * A connection that stays: it is made, watched, and made anew whenever it is lost, until somebody closes it.
 *
 * It is up from the server's `welcome` on. Knows no socket: a Transport carries the texts.
 */

import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import { decodeServerMessage } from '../wire/decode-server-message.js';
import { encodeClientMessage } from '../wire/encode-client-message.js';
import type { ClientMessage, ServerMessage } from '../wire/messages.js';
import { Backoff } from './backoff.js';
import type { Timer } from './timer.js';
import { type Dial, notHearsay, type Transport } from './transport.js';

export type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

/** A connection was lost, or could not be made. */
export interface Down {
  readonly why: string;
  /** The next try comes after so long. */
  readonly retryMs: number;
  /** Whether there was one, rather than a try that failed. */
  readonly wasUp: boolean;
  /** Tries in a row that have failed; 0 when it was up. */
  readonly failedTries: number;
}

export interface ConnectionOptions {
  readonly dial: Dial;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly timer: Timer;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onUp: (welcome: Welcome) => void;
  readonly onMessage: (message: ServerMessage) => void;
  /** May close the connection, and there is no further try. */
  readonly onDown: (down: Down) => void;
}

export class Connection {
  readonly #backoff: Backoff;
  #phase: 'down' | 'dialling' | 'up' | 'closed' = 'down';
  #transport: Transport | undefined;
  #cancelTimer = () => {};
  /** Our own reason for cutting the connection off. */
  #verdict: string | undefined;
  #heard = false;
  #upSinceMs = 0;
  #failedTries = 0;
  #whenEnded = () => {};

  constructor(private readonly options: ConnectionOptions) {
    this.#backoff = new Backoff(limits.reconnectMinMs, limits.reconnectMaxMs, options.random);
  }

  /** Begins to connect. Once. */
  start(): void {
    this.#dial();
  }

  /** Says something to the server; nothing happens while the connection is not up. */
  send(message: ClientMessage): void {
    if (this.#phase === 'up') this.#transport?.send(encodeClientMessage(message));
  }

  /** Ends the connection, for good; resolves when it has ended or is given up. Handlers are called no more. */
  close(): Promise<void> {
    const wasUp = this.#phase === 'up';
    this.#phase = 'closed';
    this.#cancelTimer();
    const transport = this.#transport;
    if (!transport) return Promise.resolve();
    this.#cancelTimer = this.options.timer.after(limits.clientCloseMs, () => transport.destroy());
    return new Promise((resolve) => {
      this.#whenEnded = resolve;
      if (wasUp) transport.end();
      else transport.destroy();
    });
  }

  #dial(): void {
    this.#phase = 'dialling';
    this.#verdict = undefined;
    const transport = this.options.dial({
      // Over TCP a server is silent until it is spoken to. [PROTOCOL 1.1]
      onOpen: () => transport.send(JSON.stringify({ type: 'ping' })),
      onText: (text) => this.#receive(text),
      onEnd: (why) => this.#ended(this.#verdict ?? why),
    });
    this.#transport = transport;
    this.#cancelTimer = this.options.timer.after(limits.connectMs, () =>
      this.#cutOff(`no answer within ${limits.connectMs / 1000} s`),
    );
  }

  #receive(text: string): void {
    if (this.#phase === 'closed' || this.#verdict !== undefined) return;
    this.#heard = true;
    const message = decodeServerMessage(text);
    if (this.#phase === 'up') {
      if (message) this.options.onMessage(message);
    } else if (message?.type === 'welcome') {
      this.#up(message);
    } else {
      this.#cutOff(notHearsay);
    }
  }

  #up(welcome: Welcome): void {
    this.#phase = 'up';
    this.#upSinceMs = this.options.clock.nowMs();
    this.#failedTries = 0;
    this.#cancelTimer();
    this.#watch();
    this.options.onUp(welcome);
  }

  /** Asks for a sign of life every now and then; a server silent from one time to the next is gone. */
  #watch(): void {
    this.#cancelTimer = this.options.timer.after(limits.clientIdleMs, () => {
      if (!this.#heard) {
        this.#cutOff('the server has been silent for too long');
        return;
      }
      this.#heard = false;
      this.send({ type: 'ping' });
      this.#watch();
    });
  }

  #cutOff(why: string): void {
    this.#cancelTimer();
    this.#verdict = why;
    this.#transport?.destroy();
  }

  #ended(why: string): void {
    this.#cancelTimer();
    this.#transport = undefined;
    if (this.#phase === 'closed') {
      this.#whenEnded();
      return;
    }
    const { clock, timer, onDown } = this.options;
    const wasUp = this.#phase === 'up';
    this.#phase = 'down';
    if (!wasUp) this.#failedTries++;
    // Not at once: a server that is full, say, welcomes and closes.
    else if (clock.nowMs() - this.#upSinceMs >= limits.reconnectMaxMs) this.#backoff.reset();
    const retryMs = this.#backoff.nextMs();
    this.#cancelTimer = timer.after(retryMs, () => this.#dial());
    onDown({ why, retryMs, wasUp, failedTries: this.#failedTries });
  }
}
