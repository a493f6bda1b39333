/**
 * What was asked of the server and not yet answered: one at a time, in order, each with a `ref`.
 *
 * One at a time, because of two messages in flight the first may be `rate-limited` and the second taken; to say the
 * first again would turn their order round.
 */
import type { ErrorCode } from '../wire/errors.js';
import type { ClientMessage, ServerMessage } from '../wire/messages.js';
import type { Timer } from './timer.js';

/**
 * What became of a request. `unanswered`: the connection ended after it was sent, and nobody knows; `unsent`: it never
 * was. A refusal has its code.
 */
export interface Outcome {
  readonly kind: 'accepted' | 'refused' | 'unanswered' | 'unsent';
  readonly code?: ErrorCode;
}

interface Request {
  readonly message: ClientMessage;
  readonly resolve: (outcome: Outcome) => void;
}

/** What an arriving message means for the request in flight. */
export type Settled =
  | { readonly kind: 'answer'; readonly request: ClientMessage }
  /** The server wants it later, and gets it then. */
  | { readonly kind: 'postponed' }
  /** It answers nothing that was asked here. */
  | { readonly kind: 'unasked' };

export class Requests {
  #gate: 'not yet' | 'open' | 'shut' = 'not yet';
  readonly #waiting: Request[] = [];
  #inFlight: Request | undefined;
  #ref = 0;
  #cancelAgain = () => {};
  readonly #whenDone: (() => void)[] = [];

  constructor(
    private readonly send: (message: ClientMessage) => void,
    private readonly timer: Timer,
  ) {}

  /** Whether requests are sent, or kept until they can be. */
  get takesMore(): boolean {
    return this.#gate !== 'shut';
  }

  /** Asks for something, after all that was asked before. Until the first connection is up, requests wait for it. */
  ask(message: ClientMessage): Promise<Outcome> {
    if (!this.takesMore) return Promise.resolve({ kind: 'unsent' });
    return new Promise((resolve) => {
      this.#waiting.push({ message, resolve });
      this.#next();
    });
  }

  /** Resolves once all that was asked has its outcome. */
  done(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenDone.push(resolve);
      this.#checkDone();
    });
  }

  /** The connection is up: requests are sent. */
  open(): void {
    this.#gate = 'open';
    this.#next();
  }

  /** The connection is down: all that was asked has its outcome, and more is not taken. */
  shut(): void {
    this.#gate = 'shut';
    this.#cancelAgain();
    this.#inFlight?.resolve({ kind: 'unanswered' });
    this.#inFlight = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: 'unsent' });
    this.#checkDone();
  }

  /** Takes note of a message from the server; an answer settles the request that it has the `ref` of. */
  settle(message: ServerMessage): Settled {
    const request = this.#inFlight;
    if (!request || !('ref' in message) || message.ref !== this.#ref) return { kind: 'unasked' };
    if (message.type === 'error' && message.code === 'rate-limited' && message.retryMs !== undefined) {
      this.#cancelAgain = this.timer.after(message.retryMs, () => this.#sendInFlight());
      return { kind: 'postponed' };
    }
    this.#inFlight = undefined;
    request.resolve(
      message.type === 'error' ? { kind: 'refused', code: message.code } : { kind: 'accepted' },
    );
    this.#next();
    return { kind: 'answer', request: request.message };
  }

  #checkDone(): void {
    if (this.#inFlight || this.#waiting.length > 0) return;
    for (const resolve of this.#whenDone.splice(0)) resolve();
  }

  #next(): void {
    this.#checkDone();
    if (this.#gate !== 'open' || this.#inFlight) return;
    this.#inFlight = this.#waiting.shift();
    this.#sendInFlight();
  }

  #sendInFlight(): void {
    if (this.#inFlight) this.send({ ...this.#inFlight.message, ref: ++this.#ref });
  }
}
