import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import type { Identity } from '../../lib/peer/core/identity.js';
import { Interests } from '../../lib/peer/core/map/interest.js';
import {
  digestAfter,
  digestText,
  entryHash,
  signedInterest,
} from '../../lib/peer/core/map/interest-frames.js';
import { OwnInterest } from '../../lib/peer/core/map/own-interest.js';
import type { InterestChange, InterestFrame } from '../../lib/wire/peer-frame.js';
import { forSeeds } from '../helpers/random.js';
import { shuffled } from '../helpers/random-graph.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';

const alice = testIdentity('a1'.repeat(16));

/** A server that tells of its interest at once whenever it changes. */
class Teller {
  readonly own = new OwnInterest(alice, testCrypto);
  #nowMs = 0;

  /** Sets the members of channels, with -1 for a channel that is given up. */
  tell(changes: Readonly<Record<string, number>>): InterestFrame[] {
    this.#nowMs += 100_000;
    for (const [channel, members] of Object.entries(changes)) {
      if (members >= 0) this.own.setMembers(channel, members, this.#nowMs);
      else this.own.setMembers(channel, 0, this.#nowMs - limits.interestLingerMs);
    }
    this.own.takeIdle(this.#nowMs);
    return this.own.takeNews(this.#nowMs);
  }
}

/** A server that is told of interest, and the changes that it saw. */
class Listener {
  readonly changes: string[] = [];
  readonly interests = new Interests(testCrypto, (_node, channel, interested) =>
    this.changes.push(`${interested ? '+' : '-'}${channel}`),
  );

  accept(frames: readonly InterestFrame[]): string {
    return this.interests.accept(frames, alice.publicKey).kind;
  }

  get table(): Record<string, number | undefined> {
    const { interests } = this;
    return Object.fromEntries(
      [...interests.channelsOf(alice.node)]
        .sort()
        .map((channel) => [channel, interests.audienceOf(channel).get(alice.node)]),
    );
  }
}

/** A whole table that the server signed, independently of what it told before. */
function signedTable(version: number, changes: readonly InterestChange[]): InterestFrame {
  const hash = (channel: string, count: number) => entryHash(testCrypto, channel, count);
  const digest = digestText(digestAfter(0n, changes, () => undefined, hash));
  const signature = alice.sign(signedInterest(alice.node, version, digest));
  return {
    type: 'interest',
    node: alice.node,
    from: 0,
    to: version,
    digest,
    signature,
    changes,
    part: 0,
    last: true,
  };
}

function asOnlyFrame(frames: readonly InterestFrame[]): InterestFrame {
  const [frame] = frames;
  if (!frame || frames.length > 1) throw new Error('not one frame');
  return frame;
}

describe('the interest of other servers', () => {
  it('is not taken if it names a channel twice, in whichever of its parts', () => {
    const listener = new Listener();
    const [first, second] = [[['a', 1] as const], [['b', 1] as const, ['a', 1] as const]];
    const whole = signedTable(1, [...first, ...second]);
    const parts = [
      { ...whole, changes: first, last: false },
      { ...whole, changes: second, part: 1 },
    ];
    expect(listener.accept(parts)).to.equal('forged');
    expect(listener.interests.size).to.equal(0);
  });

  it('is known from change after change', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    for (const changes of [{ lobby: 1, tea: 2 }, { lobby: 3 }, { tea: -1, rust: 1 }])
      expect(listener.accept(teller.tell(changes))).to.equal('news');
    expect(listener.table).to.deep.equal({ lobby: 3, rust: 1 });
    expect(listener.changes).to.deep.equal(['+lobby', '+tea', '-tea', '+rust']);
    expect(listener.interests.versionOf(alice.node)).to.equal(3);
    expect(listener.interests.size).to.equal(2);
  });

  it('is known at once from a whole table, with what has changed since the last one', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    listener.accept(teller.tell({ lobby: 1, tea: 2, rust: 1 }));
    listener.changes.length = 0;
    expect(
      listener.accept([
        signedTable(9, [
          ['lobby', 1],
          ['tea', 5],
          ['go', 1],
        ]),
      ]),
    ).to.equal('news');
    expect(listener.table).to.deep.equal({ go: 1, lobby: 1, tea: 5 });
    expect(listener.changes).to.have.members(['-rust', '+go']);
  });

  it('is not taken twice', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    const [one, two] = [teller.tell({ lobby: 1 }), teller.tell({ tea: 1 })];
    expect([one, two, two, one].map((frames) => listener.accept(frames))).to.deep.equal([
      'news',
      'news',
      'known',
      'known',
    ]);
    expect(listener.changes).to.deep.equal(['+lobby', '+tea']);
  });

  it('that builds on what is not here is to be asked for from where we are', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    listener.accept(teller.tell({ lobby: 1 }));
    teller.tell({ tea: 1 });
    const third = teller.tell({ rust: 1 });
    expect(listener.interests.accept(third, alice.publicKey)).to.deep.equal({ kind: 'missing', have: 1 });
    expect(listener.table).to.deep.equal({ lobby: 1 });
    for (const frame of teller.own.since(1)) listener.accept([frame]);
    expect(listener.table).to.deep.equal({ lobby: 1, rust: 1, tea: 1 });
  });

  it('is refused with a signature that is not that server’s', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    const frame = asOnlyFrame(teller.tell({ lobby: 1 }));
    for (const forged of [
      { ...frame, signature: '0'.repeat(128) },
      { ...frame, to: 7 },
      { ...frame, digest: '1'.repeat(32) },
    ])
      expect(listener.accept([forged])).to.equal('forged');
    const mallory = testIdentity('bb'.repeat(16));
    expect(listener.interests.accept([frame], mallory.publicKey).kind).to.equal('forged');
    expect(listener.table).to.deep.equal({});
  });

  it('is not believed when somebody on the way changed what it says', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    listener.accept(teller.tell({ lobby: 1 }));
    const change = asOnlyFrame(teller.tell({ tea: 1 }));
    for (const changes of [
      [],
      [['tea', 2]],
      [['coffee', 1]],
      [
        ['tea', 1],
        ['lobby', -1],
      ],
    ] as const)
      expect(
        listener.interests.accept([{ ...change, changes: [...changes] }], alice.publicKey),
      ).to.deep.equal({
        kind: 'missing',
        have: 0,
      });
    expect(listener.table).to.deep.equal({ lobby: 1 });
    const whole = signedTable(9, [['lobby', 1]]);
    expect(listener.accept([{ ...whole, changes: [['lobby', 2]] }])).to.equal('forged');
    expect(listener.accept([change])).to.equal('news');
  });

  it('under one version with two contents comes out the same, whichever comes first', () => {
    const tables = [
      signedTable(5, [['lobby', 1]]),
      signedTable(5, [
        ['tea', 3],
        ['lobby', 1],
      ]),
    ];
    const results = [tables, [...tables].reverse()].map((order) => {
      const listener = new Listener();
      for (const table of order) listener.accept([table]);
      return listener.table;
    });
    expect(results[0]).to.deep.equal(results[1]);
  });

  it('under one version with two contents, one of which is a change, is asked for as a whole', () => {
    const teller = new Teller();
    const base = teller.tell({ lobby: 1 });
    const change = asOnlyFrame(teller.tell({ tea: 1 }));
    let asked = 0;
    for (let count = 1; count < 20; count++) {
      const other = signedTable(2, [['rust', count]]);
      const [one, two] = [new Listener(), new Listener()];
      for (const frame of [...base, change, other]) one.accept([frame]);
      for (const frame of [...base, other]) two.accept([frame]);
      const outcome = two.interests.accept([change], alice.publicKey);
      if (outcome.kind === 'missing') {
        expect(outcome.have).to.equal(0);
        asked++;
        for (const frame of one.interests.since(alice.node, outcome.have)) two.accept([frame]);
      }
      expect(two.table).to.deep.equal(one.table);
    }
    expect(asked).to.be.within(1, 18);
  });

  it('comes in parts, which are taken together', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    const all = Object.fromEntries(
      Array.from({ length: 2 * limits.interestPerFrame + 1 }, (_, i) => [`c${i}`, 1]),
    );
    const frames = teller.tell(all);
    expect(frames.map(({ part, last }) => [part, last])).to.deep.equal([
      [0, false],
      [1, false],
      [2, true],
    ]);
    expect(listener.accept(frames.slice(0, 2))).to.not.equal('news');
    expect(listener.accept(frames)).to.equal('news');
    expect(listener.interests.size).to.equal(2 * limits.interestPerFrame + 1);
  });

  it('makes a new stamp whenever the audience of a channel is another, and only then', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    const stamps = [{ lobby: 1 }, { lobby: 2 }, { tea: 1 }, { lobby: -1 }, { lobby: 1 }].map((changes) => {
      listener.accept(teller.tell(changes));
      return listener.interests.stampOf('lobby');
    });
    expect(stamps[0]).to.equal(stamps[1]);
    expect(stamps[1]).to.equal(stamps[2]);
    expect(new Set(stamps).size).to.equal(3);
  });

  it('counts the members of those servers that count', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    listener.accept(teller.tell({ lobby: 2, tea: 0 }));
    expect([...listener.interests.channels(() => true).entries()]).to.deep.equal([
      ['lobby', { members: 2, server: alice.node }],
    ]);
    expect([...listener.interests.channels(() => false)]).to.deep.equal([]);
  });

  it('is forgotten with its server, and may be told anew from the beginning', () => {
    const [teller, listener] = [new Teller(), new Listener()];
    const frames = teller.tell({ lobby: 2, tea: 1 });
    listener.accept(frames);
    listener.interests.forget(alice.node);
    expect([listener.table, listener.interests.size]).to.deep.equal([{}, 0]);
    expect(listener.changes).to.have.members(['+lobby', '+tea', '-lobby', '-tea']);
    expect(listener.accept(frames)).to.equal('news');
  });

  it('is passed on by any who knows it, to whoever is behind, and ends the same everywhere', () => {
    forSeeds(40, (random) => {
      const teller = new Teller();
      const listeners = Array.from({ length: 4 }, () => new Listener());
      const channels = ['a', 'b', 'c', 'd', 'e'];
      for (let step = 0; step < 60; step++) {
        const changes = shuffled(random, channels).slice(0, random.below(4));
        const frames = teller.tell(Object.fromEntries(changes.map((one) => [one, random.below(5) - 1])));
        for (const listener of listeners) if (random.chance(0.6)) listener.accept(frames);
        const [from, to] = [random.pick(listeners).interests, random.pick(listeners)];
        const news = [...from.since(alice.node, to.interests.versionOf(alice.node))];
        for (const frame of news) to.accept([frame]);
        expect(to.interests.versionOf(alice.node)).to.be.at.least(from.versionOf(alice.node));
      }
      teller.tell({ a: 4 });
      for (const listener of listeners) {
        for (const frame of teller.own.since(listener.interests.versionOf(alice.node)))
          listener.accept([frame]);
        expect(listener.table).to.deep.equal(listeners[0]?.table);
        expect(Object.keys(listener.table).every((channel) => teller.own.has(channel))).to.equal(true);
      }
    });
  });
});

describe('the interest of other servers, when there is no room for more,', () => {
  const bob = testIdentity('b2'.repeat(16));
  const carol = testIdentity('c3'.repeat(16));
  const interests = new Interests({ ...testCrypto, hash: () => 0n }, () => {});
  const half = limits.channelsElsewhere / 2;

  function accept(who: Identity, from: number, changes: readonly InterestChange[]): string {
    const digest = digestText(0n);
    const signature = who.sign(signedInterest(who.node, from + 1, digest));
    const head = { node: who.node, from, to: from + 1, digest, signature };
    return interests.accept([{ type: 'interest', ...head, changes, part: 0, last: true }], who.publicKey)
      .kind;
  }

  before('fill the tables', function fill() {
    this.timeout(240_000);
    for (const who of [alice, bob])
      accept(
        who,
        0,
        Array.from({ length: half }, (_, i) => [`${who.node} ${i}`, 1]),
      );
  });

  it('is passed over', () => {
    expect(accept(carol, 0, [['one more', 1]])).to.equal('known');
    expect(interests.size).to.equal(limits.channelsElsewhere);
  });

  it('may still become less, which makes room', () => {
    expect(accept(alice, 1, [[`${alice.node} 0`, -1]])).to.equal('news');
    expect(accept(carol, 0, [['one more', 1]])).to.equal('news');
    expect(interests.size).to.equal(limits.channelsElsewhere);
  });
});
