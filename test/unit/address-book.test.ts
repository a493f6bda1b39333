import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { AddressBook, type Dial, type Neighbourhood } from '../../lib/peer/core/links/address-book.js';
import type { Address } from '../../lib/wire/address.js';

const at = (n: number): Address => ({ host: `192.0.2.${n}`, port: 30303 });

/**
 * An address book, with the servers that its own server has links with and those on its map. Dials are answered at
 * once.
 */
class Situation {
  nowMs = 0;
  readonly linked = new Set<string>();
  readonly reachable = new Set<string>();
  ownLinks = 0;
  readonly book: AddressBook;

  constructor(random = () => 0, discovers = true) {
    this.book = new AddressBook(random, discovers);
  }

  get neighbourhood(): Neighbourhood {
    return {
      isLinked: (node) => this.linked.has(node),
      isReachable: (node) => this.reachable.has(node),
      ownLinks: this.ownLinks,
    };
  }

  /** The addresses that are to be dialled within a time. */
  due(forMs = 0): Dial[] {
    const dials = this.book.due(this.nowMs, this.neighbourhood);
    for (const end = this.nowMs + forMs; this.nowMs < end; ) {
      this.nowMs += limits.peerTickMs;
      dials.push(...this.book.due(this.nowMs, this.neighbourhood));
    }
    return dials;
  }

  /** Tells the book of an address, and of a link with a node there. */
  know(address: Address, node: string): void {
    this.book.heardOf([address], this.nowMs);
    const [dial] = this.due(1000);
    expect(dial?.address).to.deep.equal(address);
    this.book.reached(address, node, address);
    this.linked.add(node);
  }
}

describe('the address book', () => {
  it('dials found servers one after the other, at a pace, until there are links enough', () => {
    const situation = new Situation();
    situation.book.heardOf([at(1), at(2), at(3)], 0);
    situation.nowMs = 1000;
    expect(situation.due()).to.have.length(1);
    expect(situation.due()).to.have.length(0);
    expect(situation.due(1000)).to.have.length(2);
    situation.book.heardOf([at(4)], situation.nowMs);
    expect(situation.due(1000), 'three are under way').to.have.length(0);
  });

  it('dials what was asked for at once, however many links there are', () => {
    const situation = new Situation();
    situation.ownLinks = 99;
    situation.book.want(at(1), 0);
    situation.book.want(at(2), 0);
    expect(situation.due()).to.deep.equal([
      { address: at(1), probe: false },
      { address: at(2), probe: false },
    ]);
  });

  it('chooses among those found by chance', () => {
    const first = (chance: number): Address | undefined => {
      const situation = new Situation(() => chance);
      situation.book.heardOf([at(1), at(2), at(3)], -1000);
      return situation.due()[0]?.address;
    };
    expect([0, 0.5, 0.999].map(first)).to.deep.equal([at(1), at(2), at(3)]);
  });

  describe('with links enough', () => {
    let situation: Situation;
    beforeEach(() => {
      situation = new Situation();
      situation.know(at(1), 'there');
      situation.know(at(2), 'missing');
      situation.linked.delete('missing');
      situation.book.lost('missing', situation.nowMs);
      situation.ownLinks = limits.ownLinks;
      situation.reachable.add('there');
      situation.nowMs += limits.islandDialMs;
    });

    it('looks whether a server that is missing from the map is there, and links with it if so', () => {
      expect(situation.due(1000)).to.deep.equal([{ address: at(2), probe: true }]);
      situation.book.reached(at(2), 'missing', at(2));
      expect(situation.due(1000)).to.deep.equal([{ address: at(2), probe: false }]);
    });

    it('does not link with another run of it that is in the map', () => {
      expect(situation.due(1000)).to.deep.equal([{ address: at(2), probe: true }]);
      situation.reachable.add('missing again');
      situation.book.reached(at(2), 'missing again', at(2));
      expect(situation.due(60_000)).to.deep.equal([]);
    });

    it('looks at one at a time, with pauses that grow', () => {
      situation.due();
      const triesIn = (ms: number): number => {
        let tries = 0;
        for (const end = situation.nowMs + ms; situation.nowMs < end; ) {
          for (const { address } of situation.due(limits.peerTickMs)) {
            tries++;
            situation.book.failed(address, situation.nowMs);
          }
        }
        return tries;
      };
      situation.book.failed(at(2), situation.nowMs);
      expect(triesIn(60_000)).to.be.within(3, 12);
      expect(triesIn(3_600_000)).to.be.within(50, 130);
    });

    it('forgets one that answered only after a day without an answer', () => {
      expect(situation.due(60_000)).to.have.length(1);
      expect(situation.book.failed(at(2), situation.nowMs)).not.to.equal(undefined);
      expect(situation.book.failed(at(2), situation.nowMs + limits.keepReachedMs)).to.equal(undefined);
    });
  });

  it('gives up what was asked for or is being dialled, and nothing else; it is not found again until it is asked for', () => {
    const situation = new Situation();
    situation.book.heardOf([at(1)], 0);
    expect(situation.book.giveUp(at(1)), 'only known').to.equal(false);
    expect(situation.due()).to.deep.equal([{ address: at(1), probe: false }]);
    expect(situation.book.giveUp(at(1)), 'being dialled').to.equal(true);
    expect(situation.book.giveUp(at(1)), 'given up').to.equal(false);
    expect(situation.book.isGivenUp(at(1))).to.equal(true);
    situation.book.heardOf([at(1)], 0);
    expect(situation.due(1000)).to.deep.equal([]);
    situation.book.want(at(1), situation.nowMs);
    expect(situation.book.isGivenUp(at(1))).to.equal(false);
    expect(situation.due()).to.deep.equal([{ address: at(1), probe: false }]);
  });

  it('keeps what was asked for and led to this server itself, and forgets what others told', () => {
    const situation = new Situation();
    situation.book.want(at(1), 0);
    situation.book.heardOf([at(2)], 0);
    situation.due(1000);
    expect(situation.book.metSelf(at(1), situation.nowMs)).to.deep.include({ tries: 1 });
    expect(situation.book.wanted()).to.containSubset([{ address: at(1), isSelf: true }]);
    expect(situation.book.metSelf(at(2), situation.nowMs)).to.equal(undefined);
    situation.book.heardOf([at(2)], situation.nowMs);
    expect(situation.due(limits.redialMinMs)).to.deep.equal([{ address: at(1), probe: false }]);
    situation.book.reached(at(1), 'other', at(1));
    expect(situation.book.wanted()).to.containSubset([
      { address: at(1), isSelf: false, node: 'other', tries: 0 },
    ]);
    expect(situation.book.reachedAt(at(1))).to.deep.equal(at(1));
  });

  it('knows a new run of a server by its address, and not by a name, which may lead to several', () => {
    const { book } = new Situation();
    const name = { host: 'all.example', port: 30303 };
    for (const address of [at(1), name]) book.want(address, 0);
    expect(book.reached(at(1), 'first', at(1))).to.equal(undefined);
    expect(book.reached(at(1), 'second', at(1))).to.equal('first');
    expect(book.reached(name, 'first', at(2))).to.equal(undefined);
    expect(book.reached(name, 'second', at(3))).to.equal(undefined);
    expect(book.reached(name, 'third', at(3))).to.equal('second');
  });

  it('forgets one that never answered after some tries', () => {
    const situation = new Situation();
    situation.book.heardOf([at(1)], 0);
    const tries = Array.from(
      { length: limits.dialTriesIfFound },
      () => situation.book.failed(at(1), 0)?.tries,
    );
    expect(tries).to.deep.equal([1, 2, 3, 4, undefined]);
  });

  it('keeps those it has reached when others make up addresses', () => {
    const situation = new Situation();
    situation.know(at(1), 'real');
    const made = Array.from({ length: 2 * limits.knownAddresses }, (_, i) => ({
      host: '192.0.2.9',
      port: i + 1,
    }));
    situation.book.heardOf(made, 0);
    expect(situation.book.tellable(() => true)).to.deep.equal([at(1)]);
  });

  it('without discovery believes nobody, tells nobody, and dials only what it was told to', () => {
    const situation = new Situation(() => 0, false);
    situation.book.heardOf([at(1)], 0);
    situation.book.claimed(at(2), 'other', 0);
    situation.book.want(at(3), 0);
    expect(situation.due(60_000)).to.deep.equal([{ address: at(3), probe: false }]);
    situation.book.reached(at(3), 'third', at(3));
    expect(situation.book.tellable(() => true)).to.deep.equal([]);
  });
});
