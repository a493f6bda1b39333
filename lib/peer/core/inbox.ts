/**
 * The inbox for frames: one row for each type, which says what is done with it. To add one, add its type in
 * wire/peer-frame-types.ts, its number in wire/peer-frame.ts, its fields in wire/peer-fields.ts, and a row here.
 * [PEERING 2]
 */
import type { Buffer } from 'node:buffer';
import type { Log } from '../../log.js';
import { PeerProtocolError } from '../../wire/peer-error.js';
import {
  decodePeerFrame,
  encodePeerFrame,
  isRoutable,
  type LinkFrame,
  type PeerFrame,
  type RoutableFrame,
} from '../../wire/peer-frame.js';
import type { LinkState } from './links/link-table.js';
import type { Neighbours } from './links/neighbours.js';
import type { Reconciler } from './map/reconciler.js';
import type { View } from './map/view.js';
import type { Post } from './post.js';
import type { LinkFrameOf } from './prices.js';
import type { Asks } from './streams/asks.js';
import type { Exchange } from './streams/exchange.js';
import type { Repair } from './streams/repair.js';
import type { Directs } from './users/directs.js';
import type { Names } from './users/names.js';

/** The same as `LinkFrameOf`, for frames that are routed. */
type RoutableFrameOf<T extends RoutableFrame['type'] = RoutableFrame['type']> = {
  [P in T]: { readonly type: P } & Extract<RoutableFrame, { type: P }>;
}[T];

type LinkHandlers = {
  readonly [T in LinkFrame['type']]: (
    frame: LinkFrameOf<T>,
    link: LinkState,
    bytes: Buffer,
    nowMs: number,
  ) => void;
};
type RoutedHandlers = {
  readonly [T in RoutableFrame['type']]: (frame: RoutableFrameOf<T>, from: string, nowMs: number) => void;
};

/** The parts of the mesh that frames are for. */
export interface InboxParts {
  readonly ownNode: string;
  readonly neighbours: Neighbours;
  readonly reconciler: Reconciler;
  readonly exchange: Exchange;
  readonly repair: Repair;
  readonly asks: Asks;
  readonly names: Names;
  readonly directs: Directs;
  readonly post: Post;
  readonly view: () => View;
  readonly log: Log;
}

export class Inbox {
  constructor(private readonly parts: InboxParts) {}

  /**
   * Receives a frame that came on a link.
   *
   * @param bytes the whole frame
   * @throws PeerProtocolError if the neighbour broke the protocol
   */
  receive(frame: PeerFrame, link: LinkState, bytes: Buffer, nowMs: number): void {
    if (isRoutable(frame)) throw new PeerProtocolError(`a ${frame.type} frame that says not for whom it is`);
    this.#handle(frame, link, bytes, nowMs);
  }

  /**
   * Receives a frame from any server in reach. An error in it is only logged, because it need not be the neighbour's
   * fault.
   *
   * @param inner the whole frame
   */
  receiveFrom(from: string, inner: Buffer, nowMs: number): void {
    try {
      const frame = decodePeerFrame(inner);
      if (frame?.type === 'event') this.parts.exchange.receiveEvents(frame, undefined, nowMs);
      else if (frame && isRoutable(frame)) this.#handleRouted(frame, from, nowMs);
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.parts.log.debug('unusable, left out', { origin: from, what: error.message });
    }
  }

  readonly #linkHandlers: LinkHandlers = {
    hello: () => {
      throw new PeerProtocolError('a second HELLO');
    },
    auth: () => {
      throw new PeerProtocolError('a second AUTH');
    },
    bye: () => {
      // The edge has noted the reason; the end of the connection follows.
    },
    ping: (digests, link, _bytes, nowMs) => {
      const { post, reconciler } = this.parts;
      if (link.pongs.mayGo(nowMs))
        post.toLink(link, encodePeerFrame({ type: 'pong', ...reconciler.digests() }));
      reconciler.receiveDigests(digests, link, nowMs);
    },
    pong: (digests, link, _bytes, nowMs) => {
      this.parts.neighbours.answered(link);
      this.parts.reconciler.receiveDigests(digests, link, nowMs);
    },
    peers: ({ addresses }, link) => this.parts.neighbours.told(addresses, link),
    advert: (advert, link, bytes, nowMs) => this.parts.reconciler.receiveAdvert(advert, bytes, link, nowMs),
    versions: ({ servers }, link, _bytes, nowMs) =>
      this.parts.reconciler.receiveVersions(servers, link, nowMs),
    want: ({ servers }, link) => this.parts.reconciler.receiveWant(servers, link),
    summary: (digests, link, _bytes, nowMs) => {
      if (link.summaries.mayGo(nowMs)) this.parts.reconciler.receiveSummary(digests, link);
    },
    interest: (frame, link, bytes, nowMs) => {
      this.parts.reconciler.receiveInterest(frame, bytes, link);
      this.parts.asks.askFresh(this.parts.view(), nowMs);
    },
    heads: (frame, link, _bytes, nowMs) =>
      this.parts.repair.receiveHeads(frame, link.node, this.parts.view(), nowMs),
    event: (event, link, _bytes, nowMs) => this.parts.exchange.receiveEvents(event, link.node, nowMs),
    routed: (routed, _link, bytes, nowMs) => {
      // A frame in this server's own name is ignored: it sends itself nothing over a link.
      if (routed.from === this.parts.ownNode) return;
      if (routed.to === this.parts.ownNode) this.receiveFrom(routed.from, routed.inner, nowMs);
      else this.parts.post.passOn(routed, bytes);
    },
  };

  readonly #routedHandlers: RoutedHandlers = {
    pull: (frame, from) => this.parts.repair.receivePull(frame, from),
    miss: (frame, from, nowMs) => this.parts.repair.receiveMiss(frame, from, nowMs),
    ask: ({ channels }, from, nowMs) => this.parts.asks.receiveAsk(channels, from, nowMs),
    sync: (sync, from, nowMs) => {
      if (sync.origin === from) this.parts.exchange.receiveSync(sync, nowMs);
    },
    claim: (frame, from, nowMs) => this.parts.names.receiveClaim(frame, from, nowMs),
    claimed: (frame, from) => this.parts.names.receiveClaimed(frame, from),
    release: ({ name, sinceMs }, from) => this.parts.names.receiveRelease(name, sinceMs, from),
    contest: ({ name, sinceMs }, from) => this.parts.names.receiveContest(name, sinceMs, from),
    find: (frame, from) => this.parts.directs.receiveFind(frame, from),
    found: (frame, from, nowMs) => this.parts.directs.receiveFound(frame, from, nowMs),
    direct: (frame, from) => this.parts.directs.receiveDirect(frame, from),
    directed: (frame, from, nowMs) => this.parts.directs.receiveDirected(frame, from, nowMs),
  };

  #handle<T extends LinkFrame['type']>(
    frame: LinkFrameOf<T>,
    link: LinkState,
    bytes: Buffer,
    nowMs: number,
  ): void {
    this.#linkHandlers[frame.type](frame, link, bytes, nowMs);
  }

  #handleRouted<T extends RoutableFrame['type']>(
    frame: RoutableFrameOf<T>,
    from: string,
    nowMs: number,
  ): void {
    this.#routedHandlers[frame.type](frame, from, nowMs);
  }
}
