/** What servers say to each other, as types; how it travels is in peer-frame.ts. [PEERING 2] */
import type { Address } from './address.js';
import type { EventFrame, RoutedFrame } from './peer-event.js';
import type { Auth, Bye, Hello } from './peer-greeting.js';

/** What a server tells the network about itself, signed by it. */
export interface Advertisement {
  readonly type: 'advert';
  readonly node: string;
  readonly key: string;
  /** Grows with each advertisement of the server. */
  readonly version: number;
  readonly name: string;
  /** The node ids that it has links with. */
  readonly neighbours: readonly string[];
  /** Whether it is going down; no advertisement follows then. */
  readonly leaving: boolean;
  readonly signature: string;
}

/** A server, and which versions of its advertisement and its interest are known; 0 for none. */
export type VersionRow = readonly [node: string, advert: number, interest: number];

/** A channel and how many members it has at a server, rounded; -1 when the server is not interested any more. */
export type InterestChange = readonly [channel: string, members: number];

/** How a server's interest changed from one version to another; from version 0 it is the whole table. */
export interface InterestFrame {
  readonly type: 'interest';
  readonly node: string;
  readonly from: number;
  readonly to: number;
  /** The digest of the whole table at version `to`; this is what is signed. */
  readonly digest: string;
  readonly signature: string;
  readonly changes: readonly InterestChange[];
  /** Which part of several this is, from 0, and whether it is the last. */
  readonly part: number;
  readonly last: boolean;
}

/** How far an origin's streams have got. */
export interface Heads {
  readonly type: 'heads';
  readonly origin: string;
  /** Links that it may still cross. */
  readonly hopsLeft: number;
  readonly heads: readonly (readonly [channel: string, seq: number])[];
}

/** Ranges of numbers of a stream, each from its first to its last, both included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Where a stream stands, and who is in its channel at its origin. */
export interface Sync {
  readonly type: 'sync';
  readonly origin: string;
  readonly channel: string;
  /**
   * Where it stood when its origin learned that the other server is interested: all later events are sent to that
   * server.
   */
  readonly base: number;
  /** Where it stands now. */
  readonly seq: number;
  readonly members: readonly string[];
}

/** A name, and when it was claimed for its user, in milliseconds since 1970. */
export type NameClaim = readonly [name: string, sinceMs: number];

/** The answer to a CLAIM: which claims were written down, and which names others have. */
export interface Claimed {
  readonly type: 'claimed';
  readonly request: number;
  readonly granted: readonly NameClaim[];
  readonly refused: readonly string[];
}

export type JsonFrame =
  | Hello
  | Auth
  | Bye
  /** With the digests of the map and of all interest, as the sender has them. */
  | { readonly type: 'ping'; readonly view: number; readonly interest: number }
  /** The same digests without the two ends of a new link. */
  | { readonly type: 'summary'; readonly view: number; readonly interest: number }
  | { readonly type: 'pong'; readonly view: number; readonly interest: number }
  | { readonly type: 'peers'; readonly addresses: readonly Address[] }
  | Advertisement
  /** Which versions the sender has. */
  | { readonly type: 'versions'; readonly servers: readonly VersionRow[] }
  /** Asks for what is newer than the versions named. */
  | { readonly type: 'want'; readonly servers: readonly VersionRow[] }
  | InterestFrame
  | Heads
  | RoutableFrame;

/** Frames from one server to another, which need not be its neighbour. */
export type RoutableFrame =
  /** Asks for events of a stream. */
  | { readonly type: 'pull'; readonly origin: string; readonly channel: string; readonly ranges: Ranges }
  /** Says which of the events asked for are not there. */
  | { readonly type: 'miss'; readonly origin: string; readonly channel: string; readonly ranges: Ranges }
  /** Asks for a SYNC of its streams in these channels. */
  | { readonly type: 'ask'; readonly channels: readonly string[] }
  | Sync
  /** Claims names at the server that keeps them. */
  | {
      readonly type: 'claim';
      readonly request: number;
      /** Whether a user wants it just now. Otherwise a user has it already, and the keeper did not know. */
      readonly fresh: boolean;
      readonly claims: readonly NameClaim[];
    }
  | Claimed
  /** Takes back the claim that was made at the given time, and no other. */
  | { readonly type: 'release'; readonly name: string; readonly sinceMs: number }
  /** Somebody claimed this name earlier. */
  | { readonly type: 'contest'; readonly name: string; readonly sinceMs: number }
  | { readonly type: 'find'; readonly request: number; readonly name: string }
  | { readonly type: 'found'; readonly request: number; readonly node: string | undefined }
  | { readonly type: 'direct'; readonly request: number; readonly message: string }
  | { readonly type: 'directed'; readonly request: number; readonly delivered: boolean };

export type PeerFrame = JsonFrame | EventFrame | RoutedFrame;

/** Frames for the neighbour itself. */
export type LinkFrame = Exclude<PeerFrame, RoutableFrame>;

export type JsonType = JsonFrame['type'];
