import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { decodePeerFrame, encodePeerFrame, type JsonType } from '../../lib/wire/peer-frame.js';
import { jsonFrames, nodeA, rawFrame } from '../helpers/peer-frames.js';

/** A valid frame with some of its fields replaced; a field that is `undefined` is left out. */
function wrong(type: JsonType, fields: Readonly<Record<string, unknown>>): Buffer {
  const right = jsonFrames.find((frame) => frame.type === type);
  if (!right) throw new Error(`no ${type} to begin with`);
  const { type: _, ...rest } = right;
  return rawFrame(encodePeerFrame(right)[4] ?? 0, JSON.stringify({ ...rest, ...fields }));
}

/** @param one makes one item; it is given the item's index, so that each can be different */
const tooMany = (one: unknown, most: number): unknown[] =>
  Array.from({ length: most + 1 }, (_, i) => (typeof one === 'function' ? one(i) : one));
const idOf = (i: number): string => i.toString(16).padStart(32, '0');
const notCounts = [-1, 1.5, 2 ** 48, '1', null, undefined];
const notIds = ['xyz', 'AB'.repeat(16), 'ab'.repeat(15), 'ab'.repeat(17), 1, null, undefined];
const notTexts = [1, null, undefined, 'x'.repeat(513)];
const notNameKeys = [1, null, undefined, 'x'.repeat(limits.nameKeyUnits + 1)];

/** For each type, fields with values that they must not have. */
const table: readonly (readonly [JsonType, string, readonly unknown[]])[] = [
  ['hello', 'protocol', notCounts],
  ['hello', 'node', notIds],
  ['hello', 'name', ['a\x1b[2J', '', 'a b', 'x'.repeat(65), 1, undefined]],
  ['hello', 'version', notTexts],
  ['hello', 'port', [...notCounts, 65_536]],
  ['bye', 'reason', [1, undefined, 'x'.repeat(513)]],
  ['bye', 'message', notTexts],
  ['ping', 'view', notCounts],
  ['ping', 'interest', notCounts],
  ['summary', 'view', notCounts],
  ['summary', 'interest', notCounts],
  [
    'peers',
    'addresses',
    [
      [1],
      [null],
      [{ host: '192.0.2.7', port: 0 }],
      [{ host: '192.0.2.7', port: 65_536 }],
      [{ host: 'a b', port: 1 }],
      tooMany({ host: 'a', port: 1 }, limits.addressesPerFrame),
      {},
      undefined,
    ],
  ],
  ['advert', 'node', notIds],
  ['advert', 'key', ['ab'.repeat(31), 'xy'.repeat(32), undefined]],
  ['advert', 'version', [...notCounts, limits.version + 1]],
  ['advert', 'name', ['a\nb', '', undefined]],
  ['advert', 'neighbours', [tooMany(nodeA, limits.neighboursPerNode), ['xyz'], nodeA, undefined]],
  ['advert', 'signature', ['ab'.repeat(63), 'xy'.repeat(64), undefined]],
  [
    'versions',
    'servers',
    [
      [nodeA],
      [[nodeA, 1]],
      [[nodeA, 1, 1, 1]],
      [['xyz', 1, 1]],
      [[nodeA, -1, 1]],
      [[nodeA, 1, 1.5]],
      [[nodeA, 1, limits.version + 1]],
      [
        [nodeA, 1, 1],
        [nodeA, 2, 2],
      ],
      undefined,
    ],
  ],
  [
    'want',
    'servers',
    [
      [[nodeA, 1]],
      [
        [nodeA, 0, 0],
        [nodeA, 0, 0],
      ],
      tooMany((i: number) => [idOf(i), 0, 0], limits.nodes + 1),
      undefined,
    ],
  ],
  ['interest', 'node', notIds],
  ['interest', 'from', [...notCounts, 4, 5]],
  ['interest', 'to', [...notCounts, 3, 2, limits.version + 1]],
  ['interest', 'digest', ['ab'.repeat(15), 'xy'.repeat(16), undefined]],
  ['interest', 'signature', ['ab'.repeat(63), undefined]],
  [
    'interest',
    'changes',
    [
      [['a']],
      [['a', 1, 1]],
      [['a', -2]],
      [['a', 1.5]],
      [[1, 1]],
      [
        ['a', 1],
        ['a', 2],
      ],
      tooMany((i: number) => [`c${i}`, 1], limits.interestPerFrame),
      undefined,
    ],
  ],
  ['interest', 'part', notCounts],
  ['heads', 'origin', notIds],
  ['heads', 'hopsLeft', [...notCounts, limits.hops + 1]],
  [
    'heads',
    'heads',
    [[['a']], [['a', -1]], [[1, 1]], tooMany((i: number) => [`c${i}`, 1], limits.headsPerFrame), undefined],
  ],
  [
    'ask',
    'channels',
    [[1], 'lobby', ['a', 'b', 'a'], tooMany((i: number) => `c${i}`, limits.channelsPerAsk), undefined],
  ],
  ['sync', 'origin', notIds],
  ['sync', 'channel', notTexts],
  ['sync', 'seq', notCounts],
  ['sync', 'members', [[{}], tooMany('a', limits.membersPerRoster), undefined]],
  ['claim', 'request', notCounts],
  [
    'claim',
    'claims',
    [
      [['a']],
      [['a', -1]],
      [[1, 1]],
      [
        ['a', 1],
        ['a', 2],
      ],
      tooMany((i: number) => [`n${i}`, 1], limits.namesPerClaim),
      undefined,
    ],
  ],
  ['claimed', 'request', notCounts],
  [
    'claimed',
    'granted',
    [
      [['a']],
      [['a', -1]],
      [
        ['a', 1],
        ['a', 2],
      ],
      tooMany((i: number) => [`n${i}`, 1], limits.namesPerClaim),
      undefined,
    ],
  ],
  ['claimed', 'refused', [[1], tooMany('a', limits.namesPerClaim), undefined]],
  ['release', 'name', notNameKeys],
  ['release', 'sinceMs', notCounts],
  ['contest', 'name', notNameKeys],
  ['contest', 'sinceMs', notCounts],
  ['find', 'request', notCounts],
  ['find', 'name', notNameKeys],
  ['found', 'request', notCounts],
  ['found', 'node', ['xyz', 1, null]],
  ['direct', 'request', notCounts],
  ['direct', 'message', [1, undefined, 'x'.repeat(limits.eventFrameBytes + 1)]],
  ['directed', 'request', notCounts],
  ...(['pull', 'miss'] as const).flatMap((type): (readonly [JsonType, string, readonly unknown[]])[] => [
    [type, 'origin', notIds],
    [type, 'channel', notTexts],
    [
      type,
      'ranges',
      [
        [[1]],
        [[2, 1]],
        [[-1, 1]],
        [[1, 2 ** 48]],
        [
          [1, 1],
          [1, 1],
        ],
        [
          [1, 5],
          [5, 6],
        ],
        [
          [7, 8],
          [1, 2],
        ],
        tooMany((i: number) => [2 * i, 2 * i], limits.rangesPerFrame),
        undefined,
      ],
    ],
  ]),
];

describe('a frame between servers is refused with a reason', () => {
  for (const [type, field, values] of table) {
    it(`when the ${field} of a ${type.toUpperCase()} is not as it must be`, () => {
      for (const value of values) {
        const shown = `${JSON.stringify(value)}`.slice(0, 60);
        expect(() => decodePeerFrame(wrong(type, { [field]: value })), shown).to.throw(
          PeerProtocolError,
          `a ${type} frame`,
        );
      }
    });
  }

  it('when any field that it must have is missing', () => {
    for (const { type } of jsonFrames) {
      if (type === 'pong') continue;
      const number = wrong(type, {})[4] ?? 0;
      expect(() => decodePeerFrame(rawFrame(number, '{}')), type).to.throw(PeerProtocolError, type);
      expect(() => decodePeerFrame(rawFrame(number, '')), type).to.throw(PeerProtocolError, type);
    }
  });

  for (const [what, bytes] of [
    ['no type', Buffer.from([0, 0, 0, 0])],
    ['text instead of JSON', rawFrame(1, 'hello')],
    ['a list instead of an object', rawFrame(1, '[1]')],
    ['null instead of an object', rawFrame(6, 'null')],
  ] as const) {
    it(`when it has ${what}`, () => {
      expect(() => decodePeerFrame(bytes)).to.throw(PeerProtocolError);
    });
  }

  it('but not for a flag that is none: that is as good as false', () => {
    for (const [type, flag] of [
      ['hello', 'probe'],
      ['advert', 'leaving'],
      ['interest', 'last'],
      ['claim', 'fresh'],
      ['directed', 'delivered'],
    ] as const) {
      for (const value of [undefined, 1, 'true', null])
        expect(decodePeerFrame(wrong(type, { [flag]: value }))).to.include({ type, [flag]: false });
    }
  });

  it('but not for a FOUND without a node: nobody has the name', () => {
    expect(decodePeerFrame(wrong('found', { node: undefined }))).to.include({
      type: 'found',
      node: undefined,
    });
  });
});
