/**
 * The clients' protocol, version 1, as types: what clients send and what they are sent. [PROTOCOL 2, 3]
 *
 * Pure data: the server, the terminal clients and the browser page all import it.
 */
import type { ErrorCode } from './errors.js';

export const protocolVersion = 1;

/** What a server has besides what every server of this version has: told in `welcome`, asked for in `join`. */
export const features = ['presence'] as const;

export type Feature = (typeof features)[number];

/** A client's own mark on a request, which the reply repeats. */
export type Ref = string | number;

/** What each type of message from a client carries besides its type. */
export interface ClientFields {
  /** `features`: what the client understands besides what every client does. */
  join: {
    channel: string;
    name?: string | undefined;
    features?: readonly string[] | undefined;
    ref?: Ref | undefined;
  };
  leave: { channel: string; ref?: Ref | undefined };
  /** To a channel, or to one user: `channel` and `to` are never both given. */
  msg: { text: string; channel?: string | undefined; to?: string | undefined; ref?: Ref | undefined };
  nick: { name: string; ref?: Ref | undefined };
  names: { channel: string; ref?: Ref | undefined };
  channels: { ref?: Ref | undefined };
  ping: { ref?: Ref | undefined };
}

export type ClientMessage<T extends keyof ClientFields = keyof ClientFields> = {
  [P in T]: { type: P } & ClientFields[P];
}[T];

/** The server's limits, which `welcome` tells a client. */
export interface ClientLimits {
  textBytes: number;
  userNameCharacters: number;
  channelNameCharacters: number;
  channelsPerSession: number;
  lineBytes: number;
  /** Commands a second; absent when the server does not limit them. */
  commandsPerSecond?: number | undefined;
  commandBurst?: number | undefined;
}

export interface ChannelSummary {
  channel: string;
  members: number;
}

/** Something said or done in a channel, in the order of its speaker. It travels between servers in this very form. */
export type ChannelEvent =
  | { type: 'msg'; id: string; channel: string; from: string; text: string; at: number }
  | { type: 'join'; channel: string; name: string }
  | { type: 'leave'; channel: string; name: string; reason?: string | undefined }
  | { type: 'nick'; channel: string; name: string; from: string };

/** Who comes to a channel, goes, or is called otherwise. */
export type Presence = Exclude<ChannelEvent, { type: 'msg' }>;

/** A message to one user, from a user of any server. It travels between servers in this very form. */
export interface DirectMessage {
  readonly type: 'msg';
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
  readonly channel?: undefined;
}

export type ServerMessage =
  | ChannelEvent
  | DirectMessage
  | {
      type: 'welcome';
      server: string;
      version: string;
      protocol: number;
      limits: ClientLimits;
      /** Absent where a server is older than all features. */
      features?: readonly string[] | undefined;
    }
  /** `more`, here and below: how many are left out, where a reply has no room for all. */
  | {
      type: 'joined';
      channel: string;
      name: string;
      members: readonly string[];
      more?: number | undefined;
      ref?: Ref | undefined;
    }
  /** Who came to a channel and who left it, in one message, for clients that asked for this: first `left`, then `joined`. */
  | {
      type: 'presence';
      channel: string;
      joined?: readonly string[] | undefined;
      left?: readonly string[] | undefined;
    }
  | { type: 'left'; channel: string; ref?: Ref | undefined }
  /**
   * The receiver's own name has changed, because it asked for that or (then without a `ref`) for another reason. Others
   * get a `nick` for each channel that they share.
   */
  | { type: 'nick'; name: string; from: string; channel?: undefined; ref?: Ref | undefined }
  | {
      type: 'names';
      channel: string;
      members: readonly string[];
      more?: number | undefined;
      ref?: Ref | undefined;
    }
  | {
      type: 'channels';
      channels: readonly ChannelSummary[];
      more?: number | undefined;
      ref?: Ref | undefined;
    }
  | { type: 'ok'; id: string; ref: Ref }
  | { type: 'pong'; ref?: Ref | undefined }
  /** `left`: members of `channel` who are gone with a lost server. */
  | { type: 'notice'; text: string; channel?: string | undefined; left?: string[] | undefined }
  | {
      type: 'error';
      code: ErrorCode;
      message: string;
      retryMs?: number | undefined;
      ref?: Ref | undefined;
    };
