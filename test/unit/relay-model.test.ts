import { expect } from 'chai';
import type { Relay } from '../../lib/relay/relay.js';
import { deliver } from '../helpers/deliver.js';
import type { HandClock } from '../helpers/hand-clock.js';
import { HeldNetwork, type Question } from '../helpers/held-network.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import type { Message } from '../helpers/messages.js';
import { type Later, type ModelClient, ModelRelay } from '../helpers/model-relay.js';
import { forSeeds, type Random } from '../helpers/random.js';
import { grown, type Tables, tablesIn } from '../helpers/tables.js';

const channels = ['red', 'green', 'blue'] as const;
const names = ['Ann', 'ann', 'Bob', 'Cat', 'Dan', 'Eve', 'Fay', 'Gus'] as const;
const clientCount = 6;

interface Pair {
  /** Whether it asks to be told in one message who came and left. */
  readonly gathers: boolean;
  readonly real: MemoryClient;
  readonly model: ModelClient;
  readonly heard: Message[];
  /** The model's part of a command, to be done when the network has answered all of `questions`. */
  later: Later | undefined;
  questions: Question[];
  /**
   * How many questions the real relay has asked the network for those of this client's commands that the model knows.
   */
  asked: number;
  /** The client's later commands, which the model has yet to take. */
  readonly queue: (() => Later | undefined)[];
}

/** The real relay and the model, to which the same things happen. */
class Twins {
  readonly #model = new ModelRelay();
  readonly #relay: Relay;
  readonly #clock: HandClock;
  readonly #pairs: Pair[] = [];
  readonly #gone: Pair[] = [];
  readonly #network: HeldNetwork;
  /** The sizes of the relay's tables before anybody came. */
  readonly #tablesBefore: Tables;
  #count = 0;

  /** @param lateness the share of the network's answers that are late, from 0 to 1 */
  constructor(
    private readonly random: Random,
    lateness: number,
  ) {
    const { relay, clock } = relayByHand();
    this.#network = new HeldNetwork(() => random.chance(lateness));
    relay.useNetwork(this.#network);
    this.#relay = relay;
    this.#clock = clock;
    this.#tablesBefore = tablesIn(relay, { except: [this.#network] });
    for (let i = 0; i < clientCount; i++) this.#pairs.push(this.#open());
  }

  step(): void {
    if (this.random.chance(0.15)) this.#clock.endTurn();
    else if (this.random.chance(0.02)) this.#replaceOne();
    else if (this.random.chance(0.05)) this.#deliver();
    else if (this.#network.questions.length > 0 && this.random.chance(0.3)) this.#answer();
    else this.#command(this.random.pick(this.#pairs));
  }

  /** All clients so far, with what each heard from the relay and from the model. */
  end(): readonly Pair[] {
    while (this.#network.questions.length > 0) this.#answer();
    this.#clock.endTurn();
    const all = [...this.#gone, ...this.#pairs];
    for (const { real, heard } of all) heard.push(...real.hear());
    return all;
  }

  /** Loses all connections, in any order with the network's answers. @returns what is left of them, or in the relay */
  everybodyGoes(): string[] {
    const left = [...this.#pairs];
    while (left.length > 0 || this.#network.questions.length > 0) {
      if (left.length > 0 && this.random.chance(0.5)) left.shift()?.real.vanish();
      else if (this.#network.questions.length > 0)
        this.#network.answerTo(this.random.pick(this.#network.questions), this.random.chance(0.5));
    }
    this.#clock.endTurn();
    const ofSessions = [...this.#gone, ...this.#pairs].flatMap(({ real: { session, outbox } }) =>
      session ? grown(new Map(), tablesIn(session, { except: [outbox] })) : [],
    );
    return [...grown(this.#tablesBefore, tablesIn(this.#relay, { except: [this.#network] })), ...ofSessions];
  }

  #open(): Pair {
    const real = new MemoryClient(this.#relay, this.random.pick(['tcp', 'websocket']));
    real.hear();
    return {
      gathers: this.random.chance(0.5),
      real,
      model: this.#model.open(),
      heard: [],
      later: undefined,
      questions: [],
      asked: 0,
      queue: [],
    };
  }

  /** Has the client say something to both. */
  #say(pair: Pair, message: object, command: () => Later | undefined): void {
    this.#network.asking = pair;
    pair.real.say(message);
    pair.queue.push(command);
    this.#carryOut(pair);
  }

  /** Lets the model do the commands that wait, up to the next one that needs an answer which is not there yet. */
  #carryOut(pair: Pair): void {
    while (pair.later === undefined && pair.queue.length > 0) {
      pair.later = pair.queue.shift()?.();
      if (pair.later === undefined) continue;
      const { asked, questions } = this.#network;
      const own = asked.filter(({ owner }) => owner === pair);
      const ofThis = own.slice(pair.asked, pair.asked + pair.later.asks);
      pair.asked += pair.later.asks;
      pair.questions = ofThis.filter((question) => questions.includes(question));
      if (pair.questions.length === 0) this.#goOn(pair, 'agreed');
    }
  }

  #goOn(pair: Pair, answer: 'agreed' | 'refused' | 'gone'): void {
    pair.later?.settle(answer);
    pair.later = undefined;
    pair.questions = [];
  }

  /** Has the network answer one of the questions, in any order. */
  #answer(): void {
    const question = this.random.pick(this.#network.questions);
    const agrees = question.what.startsWith('prepare') || this.random.chance(0.8);
    this.#network.answerTo(question, agrees);
    const pair = [...this.#pairs, ...this.#gone].find(({ questions }) => questions.includes(question));
    if (!pair) return;
    pair.questions = pair.questions.filter((other) => other !== question);
    if (this.#gone.includes(pair)) this.#endJourney(pair);
    else if (!agrees) this.#goOn(pair, 'refused');
    else if (pair.questions.length === 0) this.#goOn(pair, 'agreed');
    this.#carryOut(pair);
  }

  /** The name that a lost client had asked for is free again as soon as that is answered. */
  #endJourney(pair: Pair): void {
    if (!pair.questions.some(({ what }) => what.startsWith('claim'))) this.#goOn(pair, 'gone');
  }

  /** Loses one client's connection. It never gets what it had not been handed by then. */
  #replaceOne(): void {
    this.#clock.endTurn();
    const index = this.random.below(this.#pairs.length);
    const [lost] = this.#pairs.splice(index, 1, this.#open());
    if (!lost) return;
    lost.real.vanish();
    this.#model.close(lost.model, 'connection closed');
    lost.queue.length = 0;
    this.#endJourney(lost);
    this.#gone.push(lost);
  }

  #deliver(): void {
    const id = `z-${++this.#count}`;
    const channel = this.random.pick(channels);
    const event = { type: 'msg', id, channel, from: 'Zoe', text: `remote ${this.#count}`, at: 1 } as const;
    deliver(this.#relay, event);
    this.#model.deliver(event);
  }

  #command(pair: Pair): void {
    const { model } = pair;
    const channel = this.random.pick(channels);
    const name = this.random.pick(names);
    const ref = ++this.#count;
    const text = `text ${ref}`;
    const commands = {
      join: () => {
        const as = model.name !== undefined && this.random.chance(0.9) ? model.name : name;
        const features = pair.gathers ? ['presence'] : undefined;
        this.#say(pair, { type: 'join', channel, name: as, features }, () =>
          this.#model.join(model, channel, as),
        );
      },
      leave: () => this.#say(pair, { type: 'leave', channel }, () => this.#model.leave(model, channel)),
      msg: () => {
        const to = this.random.chance(0.3) ? undefined : channel;
        this.#say(pair, { type: 'msg', channel: to, text, ref }, () => this.#model.msg(model, to, text, ref));
      },
      direct: () =>
        this.#say(pair, { type: 'msg', to: name, text, ref }, () =>
          this.#model.direct(model, name, text, ref),
        ),
      nick: () => this.#say(pair, { type: 'nick', name }, () => this.#model.nick(model, name)),
      names: () => this.#say(pair, { type: 'names', channel }, () => this.#model.names(model, channel)),
      channels: () => this.#say(pair, { type: 'channels' }, () => this.#model.channels(model)),
    };
    const often = [
      'join',
      'join',
      'leave',
      'msg',
      'msg',
      'msg',
      'msg',
      'direct',
      'nick',
      'names',
      'channels',
    ] as const;
    commands[this.random.pick(often)]();
  }
}

/** What a client heard of each channel, with the replies about it; and its other replies. Each list is in order. */
function accounts(
  heard: readonly Message[],
  read: (account: Message[]) => Message[],
): Record<string, Message[]> {
  const byChannel: Record<string, Message[]> = {};
  for (const { id: _, at: __, message: ___, ...message } of heard) {
    const key = typeof message.channel === 'string' ? message.channel : 'replies';
    byChannel[key] = [...(byChannel[key] ?? []), message];
  }
  return Object.fromEntries(Object.entries(byChannel).map(([key, account]) => [key, read(account)]));
}

/** The net change of members who came and left with nothing else in between, because the model has no turns. */
function gathered(account: readonly Message[]): Message[] {
  const read: Message[] = [];
  let net = new Map<unknown, number>();
  const add = (names: unknown, change: number): void => {
    for (const name of Array.isArray(names) ? names : []) net.set(name, (net.get(name) ?? 0) + change);
  };
  const end = (): void => {
    const changed = [...net].filter(([, change]) => change !== 0).sort();
    if (changed.length > 0) read.push({ type: 'presence', changed });
    net = new Map();
  };
  for (const message of account) {
    const { type, name, joined, left } = message;
    if (type === 'join') add([name], 1);
    else if (type === 'leave') add([name], -1);
    else if (type === 'presence') {
      add(joined, 1);
      add(left, -1);
    } else {
      end();
      read.push(message);
    }
  }
  end();
  return read;
}

describe('A relay, whatever its clients do and whenever turns end', () => {
  for (const lateness of [0, 0.5, 1]) {
    it(`has nothing left of them when they are gone, where ${100 * lateness} % of the network's answers are late`, () => {
      forSeeds(20, (random) => {
        const twins = new Twins(random, lateness);
        for (let i = 0; i < 300; i++) twins.step();
        expect(twins.everybodyGoes()).to.deep.equal([]);
      });
    });
  }

  for (const [how, lateness] of [
    ['a network that answers at once', 0],
    ['a network that often answers late', 0.5],
    ['a network that always answers late', 1],
  ] as const) {
    it(`and with ${how}, tells each of them of each channel what a naive model does, in the same order`, () => {
      const seen = new Map<string, number>();
      forSeeds(150, (random) => {
        const twins = new Twins(random, lateness);
        for (let i = 0; i < 300; i++) twins.step();
        for (const { gathers, heard, model } of twins.end()) {
          const read = gathers ? gathered : (account: Message[]) => account;
          expect(accounts(heard, read)).to.deep.equal(accounts(model.heard, read));
          for (const { type, code, to } of heard) {
            const kind = String(code ?? (to === undefined ? type : 'direct'));
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
          }
        }
      });
      // A case that never occurred was not tested.
      const kinds = [
        'msg',
        'direct',
        'join',
        'leave',
        'presence',
        'nick',
        'joined',
        'left',
        'names',
        'channels',
        'ok',
      ];
      const errors = ['not-joined', 'malformed', 'name-taken', 'bad-name'];
      for (const kind of [...kinds, ...errors]) expect(seen.get(kind), kind).to.be.above(100);
      if (lateness > 0) expect(seen.get('no-such-user')).to.be.above(50);
    });
  }
});
