import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { LinkTable } from '../../lib/peer/core/links/link-table.js';
import { LinkRoom, type LinkRoomOptions, type Newcomer } from '../../lib/peer/edge/link-room.js';

describe('the room for links', () => {
  let links: LinkTable;
  let connections: Map<number, Newcomer>;
  let room: LinkRoom;
  beforeEach(() => make({ maxLinks: 32 }));

  function make(options: LinkRoomOptions): void {
    links = new LinkTable('own');
    connections = new Map();
    room = new LinkRoom(
      options,
      () => links,
      (id) => connections.get(id),
    );
  }

  const from = (remoteHost: string, fields: Partial<Newcomer> = {}): Newcomer => ({
    ...{ remoteHost, isEncrypted: false, isWithinMachine: false },
    ...fields,
  });

  /** How many of a number of different servers are let in. */
  function comeIn(count: number, newcomer: (n: number) => Newcomer): number {
    let admitted = 0;
    for (let n = 0; n < count; n++) {
      const node = `node ${connections.size} ${n}`;
      if (room.whyNoneFor(newcomer(n), node)) continue;
      admitted++;
      add(node, newcomer(n));
    }
    return admitted;
  }

  function add(node: string, newcomer: Newcomer, dialled = false): void {
    const id = connections.size + 1;
    connections.set(id, newcomer);
    // The address at which it says that it listens need not be where it comes from.
    const listensAt = { host: `198.51.100.${id}`, port: 1 };
    links.add(
      { id, node, name: node, listensAt, dialled: dialled ? listensAt : undefined, encrypted: false },
      0,
    );
  }

  it('is for some from each place only, whatever they advertise, so that others find room', () => {
    expect(comeIn(32, () => from('192.0.2.7'))).to.equal(limits.linksPerPlace);
    expect(room.whyNoneFor(from('192.0.2.7'), 'another')?.here).to.equal(
      `this server has as many links as it takes: ${limits.linksPerPlace} from one address`,
    );
    expect(comeIn(32, (n) => from(`2001:db8::${n + 1}`))).to.equal(limits.linksPerPlace);
    expect(comeIn(1, () => from('192.0.2.8'))).to.equal(1);
  });

  it('is for half of all at most, where there are few', () => {
    for (const [maxLinks, most] of [
      [1, 1],
      [2, 1],
      [8, 4],
      [64, limits.linksPerPlace],
    ] as const) {
      make({ maxLinks });
      expect(
        comeIn(64, () => from('192.0.2.7')),
        String(maxLinks),
      ).to.equal(most);
    }
  });

  it('is for all on this machine, and for all who have the network key', () => {
    expect(comeIn(20, () => from('192.0.2.7', { isWithinMachine: true }))).to.equal(20);
    expect(comeIn(20, () => from('192.0.2.8', { isEncrypted: true }))).to.equal(20);
  });

  it('is not taken by links that this server made, and a second link to the same server takes none', () => {
    for (let n = 0; n < 20; n++) add(`dialled ${n}`, from('192.0.2.7'), true);
    expect(comeIn(20, () => from('192.0.2.7'))).to.equal(limits.linksPerPlace);
    expect(room.whyNoneFor(from('192.0.2.7'), 'dialled 3')).to.equal(undefined);
  });

  it('is kept for workers, whose links are none of others', () => {
    make({ maxLinks: 4, workers: { count: 3, isWorker: (node) => node.startsWith('worker') } });
    expect(room.most).to.equal(7);
    for (let n = 0; n < 3; n++) add(`worker ${n}`, from('192.0.2.1'));
    for (let n = 0; n < 4; n++) add(`other ${n}`, from(`192.0.2.${n}`), true);
    expect(room.whyNone('another')?.reason).to.equal('full');
    expect(room.whyNone('worker 7')).to.equal(undefined);
    expect(room.whyNoneFor(from('192.0.2.1'), 'worker 7')).to.equal(undefined);
  });
});
