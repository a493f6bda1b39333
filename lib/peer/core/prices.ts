/**
 * The prices of frames, and how much each link may spend. The price of a type is about the number of microseconds that
 * it takes to deal with a frame of it. A link that spends too much is not read for a while, so that others have their
 * turn and nothing from the link is lost. [PEERING 8]
 */
import { limits } from '../../limits.js';
import { isEventBytes } from '../../wire/peer-event.js';
import { isRoutable, type LinkFrame, type PeerFrame } from '../../wire/peer-frame.js';
import type { LinkId } from './links/link-table.js';

/** A frame of one type, or of several. In this form, a function from a table accepts it without a cast. */
export type LinkFrameOf<T extends LinkFrame['type'] = LinkFrame['type']> = {
  [P in T]: { readonly type: P } & Extract<LinkFrame, { type: P }>;
}[T];

type PriceList = { readonly [T in LinkFrame['type']]: (frame: LinkFrameOf<T>) => number };

const prices: PriceList = {
  hello: () => 10,
  auth: () => 10,
  bye: () => 0,
  ping: () => 10,
  pong: () => 10,
  summary: () => 20,
  peers: ({ addresses }) => 10 + 5 * addresses.length,
  // An ADVERT costs a check of its signature, a new map, and a frame to each neighbour.
  advert: () => 200,
  // An INTEREST costs a check of its signature, and the hash of each entry.
  interest: ({ changes }) => 200 + 5 * changes.length,
  versions: ({ servers }) => 20 + servers.length,
  want: ({ servers }) => 20 + 5 * servers.length,
  heads: ({ heads }) => 10 + 2 * heads.length,
  // Events are so cheap that no regular use of a link is held up: a link may send as many as a server can take.
  event: ({ bytes }) => 1 + bytes.length / 16_384,
  routed: ({ inner }) => (isEventBytes(inner) ? 2 + inner.length / 16_384 : 5 + inner.length / 10),
};

interface Purse {
  /** The tokens that are left; if they are below 0, the link has to wait until they are refilled. */
  tokens: number;
  atMs: number;
  /** The tokens spent since others had their turn. */
  spentInTurn: number;
}

export class Prices {
  readonly #purses = new Map<LinkId, Purse>();

  /**
   * Charges a link for a frame that came on it.
   *
   * @returns for how long the link is not to be read: 0 to let others have their turn, undefined for no rest
   */
  charge(link: LinkId, frame: PeerFrame, nowMs: number): number | undefined {
    const perSecond = limits.linkTokensPerSecond;
    const atOnce = limits.linkTokensAtOnce;
    let purse = this.#purses.get(link);
    if (!purse) {
      purse = { tokens: atOnce, atMs: nowMs, spentInTurn: 0 };
      this.#purses.set(link, purse);
    }
    const price = isRoutable(frame) ? 0 : priceOf(frame);
    const refill = ((nowMs - purse.atMs) / 1000) * perSecond;
    // A link never has to wait longer than a second, because it would be taken for dead.
    purse.tokens = Math.max(-perSecond, Math.min(atOnce, purse.tokens + refill) - price);
    purse.atMs = nowMs;
    purse.spentInTurn += price;
    const isPoor = purse.tokens < 0;
    if (!isPoor && purse.spentInTurn < limits.linkTokensInTurn) return undefined;
    purse.spentInTurn = 0;
    return isPoor ? Math.ceil((-purse.tokens / perSecond) * 1000) : 0;
  }

  forgetLink(link: LinkId): void {
    this.#purses.delete(link);
  }
}

function priceOf<T extends LinkFrame['type']>(frame: LinkFrameOf<T>): number {
  return prices[frame.type](frame);
}
