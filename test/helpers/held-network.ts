/** A network whose answers a test holds back, and gives by hand. */
import type { DirectOutcome, Network } from '../../lib/relay/network.js';
import type { ChannelEvent, DirectMessage } from '../../lib/wire/messages.js';

interface Held {
  /** What is waited for, in short: `claim ann`, `prepare lobby`, `direct zoe`. */
  readonly what: string;
  /** Gives the answer that lets things go on. */
  readonly agree: () => void;
}

export class HeldNetwork implements Network {
  readonly published: ChannelEvent[] = [];
  /** Messages for users elsewhere. */
  readonly sent: DirectMessage[] = [];
  /** When names that are claimed now, or being claimed, were claimed; by their keys. */
  readonly claimedAt = new Map<string, number>();
  /** Names of channels' members on other servers. */
  readonly elsewhere = new Map<string, string[]>();
  readonly #held: Held[] = [];
  readonly #claims = new Map<string, (granted: boolean) => void>();
  readonly #directs = new Map<string, (outcome: DirectOutcome) => void>();

  /** All that waits for an answer, in the order in which it was asked. */
  get waiting(): string[] {
    return this.#held.map(({ what }) => what);
  }

  publish(event: ChannelEvent): void {
    this.published.push(event);
  }

  prepare(channel: string, done: () => void): void {
    this.#held.push({ what: `prepare ${channel}`, agree: done });
  }

  membersElsewhere(channel: string): readonly string[] {
    return this.elsewhere.get(channel) ?? [];
  }

  channelsElsewhere(): ReadonlyMap<string, number> {
    return new Map([...this.elsewhere].map(([channel, members]) => [channel, members.length]));
  }

  claimName(key: string, sinceMs: number, done: (granted: boolean) => void): void {
    if (this.claimedAt.has(key)) throw new Error(`${key} is claimed twice`);
    this.claimedAt.set(key, sinceMs);
    this.#claims.set(key, done);
    this.#held.push({ what: `claim ${key}`, agree: () => this.answerClaim(key, true) });
  }

  releaseName(key: string): void {
    if (this.#claims.has(key)) throw new Error(`${key} is released before it is granted`);
    if (!this.claimedAt.delete(key)) throw new Error(`${key} is released, and was not claimed`);
  }

  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void {
    this.sent.push(message);
    this.#directs.set(message.to, done);
    this.#held.push({
      what: `direct ${message.to}`,
      agree: () => this.answerDirect(message.to, 'delivered'),
    });
  }

  /** Answers what has waited longest; or, if given, what is waited for in these words. */
  answer(what = this.waiting[0]): void {
    const place = this.#held.findIndex((held) => held.what === what);
    const [held] = place === -1 ? [] : this.#held.splice(place, 1);
    if (!held) throw new Error(`nobody waits for ${what}, but for ${this.waiting.join(', ') || 'nothing'}`);
    held.agree();
  }

  /** Answers in order, and what comes of it, until nothing waits. */
  answerAll(): void {
    while (this.#held.length > 0) this.answer();
  }

  answerClaim(key: string, granted: boolean): void {
    const done = this.#claims.get(key);
    if (!done) throw new Error(`nobody waits for the name ${key}`);
    this.#forget(`claim ${key}`);
    this.#claims.delete(key);
    if (!granted) this.claimedAt.delete(key);
    done(granted);
  }

  answerDirect(to: string, outcome: DirectOutcome): void {
    const done = this.#directs.get(to);
    if (!done) throw new Error(`nobody waits for a message to ${to}`);
    this.#forget(`direct ${to}`);
    this.#directs.delete(to);
    done(outcome);
  }

  #forget(what: string): void {
    const place = this.#held.findIndex((held) => held.what === what);
    if (place !== -1) this.#held.splice(place, 1);
  }
}
