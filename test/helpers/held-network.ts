/** A network whose answers a test holds back and gives by hand. */
import type { ChannelElsewhere, DirectOutcome, Network } from '../../lib/network.js';
import type { ChannelEvent, DirectMessage } from '../../lib/wire/messages.js';
import type { Published } from '../../lib/wire/published.js';

/** A question to the network that is not answered yet. */
export interface Question {
  /** The question in short: `claim ann`, `prepare lobby`, `direct zoe`. */
  readonly what: string;
  /** The value of `asking` when the question was asked. */
  readonly owner: unknown;
  /** Answers: with a yes, so that the command goes on, or with a no. */
  readonly answer: (agrees: boolean) => void;
}

export class HeldNetwork implements Network {
  readonly published: ChannelEvent[] = [];
  /** Who came, left or was renamed here. */
  readonly noted: ChannelEvent[] = [];
  /** Messages for users elsewhere. */
  readonly sent: DirectMessage[] = [];
  /** When each name that is claimed, or is being claimed, was claimed; by the name's key. */
  readonly claimedAt = new Map<string, number>();
  /** Names of channels' members on other servers. */
  readonly elsewhere = new Map<string, string[]>();
  /** Who asks now, for tests that have to tell whose question is which. */
  asking: unknown;
  /** All questions so far, whether or not their answers were held back. */
  readonly asked: Question[] = [];
  readonly #held: Question[] = [];
  readonly #unsettledNames = new Set<string>();

  /** @param holds says for each question whether its answer is to be held back */
  constructor(private readonly holds: () => boolean = () => true) {}

  /** In the order in which they were asked. */
  get questions(): readonly Question[] {
    return this.#held;
  }

  /** The questions that wait for an answer, in short. */
  get waiting(): string[] {
    return this.#held.map(({ what }) => what);
  }

  noteMember(event: ChannelEvent): void {
    this.noted.push(event);
  }

  publish(_channel: string, events: readonly Published<ChannelEvent>[]): void {
    for (const { message } of events) this.published.push(message);
  }

  prepare(channel: string, done: () => void): void {
    this.#ask(`prepare ${channel}`, done);
  }

  membersElsewhere(channel: string): readonly string[] {
    return this.elsewhere.get(channel) ?? [];
  }

  isElsewhere(channel: string): boolean {
    return this.elsewhere.has(channel);
  }

  channelsElsewhere(): ReadonlyMap<string, ChannelElsewhere> {
    const summary = (members: readonly string[]) => ({ members: members.length, server: 'elsewhere' });
    return new Map([...this.elsewhere].map(([channel, members]) => [channel, summary(members)]));
  }

  claimName(key: string, sinceMs: number, done: (granted: boolean) => void): void {
    if (this.claimedAt.has(key)) throw new Error(`${key} is claimed twice`);
    this.claimedAt.set(key, sinceMs);
    this.#unsettledNames.add(key);
    this.#ask(`claim ${key}`, (granted) => {
      this.#unsettledNames.delete(key);
      if (!granted) this.claimedAt.delete(key);
      done(granted);
    });
  }

  releaseName(key: string): void {
    if (this.#unsettledNames.has(key)) throw new Error(`${key} is released before it is granted`);
    if (!this.claimedAt.delete(key)) throw new Error(`${key} is released, and was not claimed`);
  }

  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void {
    this.sent.push(message);
    this.#ask(`direct ${message.to}`, (arrives) => done(arrives ? 'delivered' : this.failure));
  }

  /** The outcome of a direct message that does not arrive. */
  failure: Exclude<DirectOutcome, 'delivered'> = 'no-such-user';

  /** Answers the question that has waited longest, or the one with these words if they are given. */
  answer(what = this.waiting[0], agrees = true): void {
    const question = this.#held.find((held) => held.what === what);
    if (!question)
      throw new Error(`nobody waits for ${what}, but for ${this.waiting.join(', ') || 'nothing'}`);
    this.answerTo(question, agrees);
  }

  refuse(what = this.waiting[0]): void {
    this.answer(what, false);
  }

  answerTo(question: Question, agrees: boolean): void {
    this.#held.splice(this.#held.indexOf(question), 1);
    this.asking = question.owner;
    question.answer(agrees);
  }

  /** Answers all questions in order, also those that come up meanwhile, until nothing waits. */
  answerAll(): void {
    while (this.#held.length > 0) this.answer();
  }

  #ask(what: string, answer: (agrees: boolean) => void): void {
    const question = { what, owner: this.asking, answer };
    this.asked.push(question);
    if (this.holds()) this.#held.push(question);
    else answer(true);
  }
}
