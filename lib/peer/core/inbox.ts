/**
 * What comes in: one row for each type of frame, and what is done with it. To add one: its type in
 * wire/peer-frame-types.ts, its number in wire/peer-frame.ts, its fields in wire/peer-fields.ts, a row here. [PEERING 2]
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
import type { Asks } from './streams/asks.js';
import type { Exchange } from './streams/exchange.js';
import type { Repair } from './streams/repair.js';
import type { Directs } from './users/directs.js';
import type { Names } from './users/names.js';

/** A frame of one type, or of several: in this form a handler from a table takes it without being told its type. */
type LinkFrameOf<T extends LinkFrame['type'] = LinkFrame['type']> = {
  [P in T]: { readonly type: P } & Extract<LinkFrame, { type: P }>;
}[T];
type RoutableFrameOf<T extends RoutableFrame['type'] = RoutableFrame['type']> = {
  [P in T]: { readonly type: P } & Extract<RoutableFrame, { type: P }>;
}[T];

type LinkHandlers = {
  readonly [T in LinkFrame['type']]: (frame: LinkFrameOf<T>, link: LinkState, bytes: Buffer) => void;
};
type RoutedHandlers = {
  readonly [T in RoutableFrame['type']]: (frame: RoutableFrameOf<T>, from: string) => void;
};

/** Who the frames are for. */
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
  readonly nowMs: () => number;
  readonly log: Log;
}

export class Inbox {
  constructor(private readonly parts: InboxParts) {}

  /**
   * A frame that came on a link.
   *
   * @param bytes the whole frame
   * @throws PeerProtocolError the neighbour broke the protocol
   */
  receive(frame: PeerFrame, link: LinkState, bytes: Buffer): void {
    if (isRoutable(frame)) throw new PeerProtocolError(`a ${frame.type} frame that says not for whom it is`);
    this.#handle(frame, link, bytes);
  }

  /**
   * A frame from another server, which need not be a neighbour: what is wrong with it is not the neighbour's fault.
   *
   * @param inner the whole frame
   */
  receiveFrom(from: string, inner: Buffer): void {
    try {
      const frame = decodePeerFrame(inner);
      if (frame?.type === 'event') this.parts.exchange.receiveEvents(frame, undefined, this.parts.nowMs());
      else if (frame && isRoutable(frame)) this.#handleRouted(frame, from);
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
    ping: (digests, link) => {
      const { post, reconciler, nowMs } = this.parts;
      post.toLink(link, encodePeerFrame({ type: 'pong', ...reconciler.digests() }));
      reconciler.receiveDigests(digests, link, nowMs());
    },
    pong: (digests, link) => {
      this.parts.neighbours.answered(link);
      this.parts.reconciler.receiveDigests(digests, link, this.parts.nowMs());
    },
    peers: ({ addresses }, link) => this.parts.neighbours.told(addresses, link),
    advert: (advert, link, bytes) =>
      this.parts.reconciler.receiveAdvert(advert, bytes, link, this.parts.nowMs()),
    versions: ({ servers }, link) => this.parts.reconciler.receiveVersions(servers, link, this.parts.nowMs()),
    want: ({ servers }, link) => this.parts.reconciler.receiveWant(servers, link),
    summary: (digests, link) => this.parts.reconciler.receiveSummary(digests, link),
    interest: (frame, link, bytes) => {
      const nowMs = this.parts.nowMs();
      this.parts.reconciler.receiveInterest(frame, bytes, link);
      this.parts.asks.askFresh(this.parts.view(), nowMs);
    },
    heads: (frame, link) =>
      this.parts.repair.receiveHeads(frame, link.node, this.parts.view(), this.parts.nowMs()),
    event: (event, link) => this.parts.exchange.receiveEvents(event, link.node, this.parts.nowMs()),
    routed: (routed, _link, bytes) => {
      // Of this server itself nothing comes over a link.
      if (routed.from === this.parts.ownNode) return;
      if (routed.to === this.parts.ownNode) this.receiveFrom(routed.from, routed.inner);
      else this.parts.post.passOn(routed, bytes);
    },
  };

  readonly #routedHandlers: RoutedHandlers = {
    pull: (frame, from) => this.parts.repair.receivePull(frame, from),
    miss: (frame, from) => this.parts.repair.receiveMiss(frame, from, this.parts.nowMs()),
    ask: ({ channels }, from) => this.parts.asks.receiveAsk(channels, from, this.parts.nowMs()),
    sync: (sync, from) => {
      if (sync.origin === from) this.parts.exchange.receiveSync(sync, this.parts.nowMs());
    },
    claim: (frame, from) => this.parts.names.receiveClaim(frame, from, this.parts.nowMs()),
    claimed: (frame, from) => this.parts.names.receiveClaimed(frame, from),
    release: ({ name, sinceMs }, from) => this.parts.names.receiveRelease(name, sinceMs, from),
    contest: ({ name, sinceMs }, from) => this.parts.names.receiveContest(name, sinceMs, from),
    find: (frame, from) => this.parts.directs.receiveFind(frame, from),
    found: (frame, from) => this.parts.directs.receiveFound(frame, from, this.parts.nowMs()),
    direct: (frame, from) => this.parts.directs.receiveDirect(frame, from),
    directed: (frame, from) => this.parts.directs.receiveDirected(frame, from, this.parts.nowMs()),
  };

  #handle<T extends LinkFrame['type']>(frame: LinkFrameOf<T>, link: LinkState, bytes: Buffer): void {
    this.#linkHandlers[frame.type](frame, link, bytes);
  }

  #handleRouted<T extends RoutableFrame['type']>(frame: RoutableFrameOf<T>, from: string): void {
    this.#routedHandlers[frame.type](frame, from);
  }
}
