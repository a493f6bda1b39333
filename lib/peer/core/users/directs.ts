/**
 * Direct messages. The keeper of a name is asked on which server the user is, and the answer is remembered. [PEERING 7]
 *
 * A message is sent to one server at a time, and to another one only if the first said that it has no such user, so
 * nobody gets it twice.
 */
import { limits } from '../../../limits.js';
import type { DirectOutcome } from '../../../network.js';
import { decodeDirectMessage } from '../../../wire/decode-channel-event.js';
import type { DirectMessage } from '../../../wire/messages.js';
import { normalForm } from '../../../wire/names.js';
import { encodePeerFrame, type RoutableFrame } from '../../../wire/peer-frame.js';
import type { Answers } from '../answers.js';
import type { SendTo } from '../streams/asks.js';
import type { Names } from './names.js';

/** A direct message on its way. */
interface Sending {
  readonly request: number;
  readonly name: string;
  readonly message: string;
  readonly untilMs: number;
  readonly done: (outcome: DirectOutcome) => void;
  /** When to ask once more where the user is; undefined if that is not to be done, or has been done. */
  findAtMs: number | undefined;
  hasAskedAgain: boolean;
  /** The server that was asked where the user is and has not answered yet. */
  keeper: string | undefined;
  /** The server that has the message now and has not answered yet. */
  at: string | undefined;
}

export interface DirectsOptions {
  readonly ownNode: string;
  readonly names: Names;
  readonly sendTo: SendTo;
  readonly answers: Answers;
  readonly reaches: (node: string) => boolean;
  /** Hands a message to a user here. @returns whether there is such a user */
  readonly deliver: (message: DirectMessage) => boolean;
}

export class Directs {
  readonly #sending = new Map<number, Sending>();
  /** The servers on which users were found. */
  readonly #found = new Map<string, string>();
  #requests = 0;

  constructor(private readonly options: DirectsOptions) {}

  send(message: DirectMessage, nowMs: number, done: (outcome: DirectOutcome) => void): void {
    if (this.#sending.size >= limits.directsAtOnce) {
      done('no-answer');
      return;
    }
    const sending: Sending = {
      request: ++this.#requests,
      name: normalForm(message.to),
      message: JSON.stringify(message),
      untilMs: nowMs + limits.directMs,
      done,
      findAtMs: undefined,
      hasAskedAgain: false,
      keeper: undefined,
      at: undefined,
    };
    this.#sending.set(sending.request, sending);
    const node = this.#found.get(sending.name);
    if (node !== undefined && this.options.reaches(node)) this.#sendTo(node, sending);
    else this.#find(sending);
  }

  receiveFind({ request, name }: Extract<RoutableFrame, { type: 'find' }>, from: string): void {
    const node = this.options.names.whereIs(name);
    this.options.answers.send(from, () => encodePeerFrame({ type: 'found', request, node }));
  }

  receiveFound(
    { request, node }: Extract<RoutableFrame, { type: 'found' }>,
    from: string,
    nowMs: number,
  ): void {
    const sending = this.#sending.get(request);
    if (sending?.keeper !== from || sending.at !== undefined) return;
    sending.keeper = undefined;
    if (node === undefined) {
      this.#notFound(sending, nowMs);
      return;
    }
    this.#remember(sending.name, node);
    this.#sendTo(node, sending);
  }

  receiveDirect({ request, message }: Extract<RoutableFrame, { type: 'direct' }>, from: string): void {
    const decoded = decodeDirectMessage(message);
    const delivered = decoded !== undefined && this.options.deliver(decoded);
    this.options.answers.send(from, () => encodePeerFrame({ type: 'directed', request, delivered }));
  }

  receiveDirected(
    { request, delivered }: Extract<RoutableFrame, { type: 'directed' }>,
    from: string,
    nowMs: number,
  ): void {
    const sending = this.#sending.get(request);
    if (sending?.at !== from) return;
    sending.at = undefined;
    if (delivered) {
      this.#finish(sending, 'delivered');
      return;
    }
    this.#found.delete(sending.name);
    this.#notFound(sending, nowMs);
  }

  tick(nowMs: number): void {
    for (const sending of this.#sending.values()) {
      const isCutOff = sending.at !== undefined && !this.options.reaches(sending.at);
      if (nowMs >= sending.untilMs || isCutOff) {
        this.#found.delete(sending.name);
        this.#finish(sending, 'no-answer');
      } else if (sending.findAtMs !== undefined && nowMs >= sending.findAtMs) {
        sending.findAtMs = undefined;
        this.#find(sending);
      } else if (
        sending.keeper !== undefined &&
        sending.keeper !== this.options.names.keeperOf(sending.name)
      ) {
        // The keeper is gone, and another server keeps the name now.
        this.#find(sending);
      }
    }
  }

  /** Forgets which users were found on a server, because it is gone for good. */
  forgetNode(node: string): void {
    for (const [name, at] of this.#found) if (at === node) this.#found.delete(name);
  }

  #find(sending: Sending): void {
    const { request, name } = sending;
    const keeper = this.options.names.keeperOf(name);
    sending.keeper = keeper;
    this.options.sendTo(keeper, encodePeerFrame({ type: 'find', request, name }));
  }

  #sendTo(node: string, sending: Sending): void {
    sending.at = node;
    const { request, message } = sending;
    this.options.sendTo(node, encodePeerFrame({ type: 'direct', request, message }));
  }

  /** Asks once more where a user is, because names may be on their way from one keeper to another; then gives up. */
  #notFound(sending: Sending, nowMs: number): void {
    if (sending.hasAskedAgain) {
      this.#finish(sending, 'no-such-user');
      return;
    }
    sending.hasAskedAgain = true;
    sending.findAtMs = nowMs + limits.findAgainMs;
  }

  #remember(name: string, node: string): void {
    this.#found.delete(name);
    // Users of this server are not remembered: they are found without being asked for, and an entry for this server
    // would never be forgotten.
    if (node === this.options.ownNode) return;
    this.#found.set(name, node);
    if (this.#found.size <= limits.foundNames) return;
    for (const oldest of this.#found.keys()) {
      this.#found.delete(oldest);
      return;
    }
  }

  #finish(sending: Sending, outcome: DirectOutcome): void {
    this.#sending.delete(sending.request);
    sending.done(outcome);
  }
}
