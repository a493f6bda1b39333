import { expect } from 'chai';
import type { Relay } from '../../lib/relay/relay.js';
import type { HandClock } from '../helpers/hand-clock.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import type { Message } from '../helpers/messages.js';
import { type ModelClient, ModelRelay } from '../helpers/model-relay.js';
import { forSeeds, type Random } from '../helpers/random.js';

const channels = ['red', 'green', 'blue'] as const;
const names = ['Ann', 'ann', 'Bob', 'Cat', 'Dan', 'Eve', 'Fay', 'Gus'] as const;
const clientCount = 6;

interface Pair {
  readonly real: MemoryClient;
  readonly model: ModelClient;
  readonly heard: Message[];
}

/** The real relay and the model, to which the same things happen. */
class Twins {
  readonly #model = new ModelRelay();
  readonly #relay: Relay;
  readonly #clock: HandClock;
  readonly #pairs: Pair[] = [];
  readonly #gone: Pair[] = [];
  #count = 0;

  constructor(private readonly random: Random) {
    const { relay, clock } = relayByHand();
    this.#relay = relay;
    this.#clock = clock;
    for (let i = 0; i < clientCount; i++) this.#pairs.push(this.#open());
  }

  step(): void {
    if (this.random.chance(0.15)) this.#clock.endTurn();
    else if (this.random.chance(0.02)) this.#replaceOne();
    else if (this.random.chance(0.05)) this.#deliver();
    else this.#command(this.random.pick(this.#pairs));
  }

  /** All clients that ever were, and what each heard from either. */
  end(): readonly Pair[] {
    this.#clock.endTurn();
    const all = [...this.#gone, ...this.#pairs];
    for (const { real, heard } of all) heard.push(...real.hear());
    return all;
  }

  #open(): Pair {
    const real = new MemoryClient(this.#relay, this.random.pick(['tcp', 'websocket']));
    real.hear();
    return { real, model: this.#model.open(), heard: [] };
  }

  /** One client's connection is lost; whatever it had not been handed by then it never gets. */
  #replaceOne(): void {
    this.#clock.endTurn();
    const index = this.random.below(this.#pairs.length);
    const [lost] = this.#pairs.splice(index, 1, this.#open());
    if (!lost) return;
    lost.real.vanish();
    this.#model.close(lost.model, 'connection closed');
    this.#gone.push(lost);
  }

  #deliver(): void {
    const id = `z-${++this.#count}`;
    const channel = this.random.pick(channels);
    const event = { type: 'msg', id, channel, from: 'Zoe', text: `remote ${this.#count}`, at: 1 } as const;
    this.#relay.deliver(event);
    this.#model.deliver(event);
  }

  #command({ real, model }: Pair): void {
    const channel = this.random.pick(channels);
    const name = this.random.pick(names);
    const ref = ++this.#count;
    const commands = {
      join: () => {
        const as = model.name !== undefined && this.random.chance(0.9) ? model.name : name;
        real.say({ type: 'join', channel, name: as });
        this.#model.join(model, channel, as);
      },
      leave: () => {
        real.say({ type: 'leave', channel });
        this.#model.leave(model, channel);
      },
      msg: () => {
        const to = this.random.chance(0.3) ? undefined : channel;
        real.say({ type: 'msg', channel: to, text: `text ${ref}`, ref });
        this.#model.msg(model, to, `text ${ref}`, ref);
      },
      nick: () => {
        real.say({ type: 'nick', name });
        this.#model.nick(model, name);
      },
      names: () => {
        real.say({ type: 'names', channel });
        this.#model.names(model, channel);
      },
      channels: () => {
        real.say({ type: 'channels' });
        this.#model.channels(model);
      },
    };
    const often = ['join', 'join', 'leave', 'msg', 'msg', 'msg', 'msg', 'nick', 'names', 'channels'] as const;
    commands[this.random.pick(often)]();
  }
}

/** What a client heard of each channel, replies about it included, and what it was answered besides, each in order. */
function accounts(heard: readonly Message[]): Record<string, Message[]> {
  const byChannel: Record<string, Message[]> = {};
  for (const { id: _, at: __, message: ___, ...message } of heard) {
    const key = typeof message.channel === 'string' ? message.channel : 'replies';
    byChannel[key] = [...(byChannel[key] ?? []), message];
  }
  return byChannel;
}

describe('A relay, whatever its clients do and whenever turns end', () => {
  it('tells each of them of each channel what a naive model does, in the same order', () => {
    const seen = new Map<string, number>();
    forSeeds(200, (random) => {
      const twins = new Twins(random);
      for (let i = 0; i < 300; i++) twins.step();
      for (const { heard, model } of twins.end()) {
        expect(accounts(heard)).to.deep.equal(accounts(model.heard));
        for (const { type, code } of heard) {
          const kind = String(code ?? type);
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }
    });
    // What never occurred was not tested.
    const kinds = ['msg', 'join', 'leave', 'nick', 'joined', 'left', 'names', 'channels', 'ok'];
    const errors = ['not-joined', 'malformed', 'name-taken', 'bad-name'];
    for (const kind of [...kinds, ...errors]) expect(seen.get(kind), kind).to.be.above(100);
  });
});
