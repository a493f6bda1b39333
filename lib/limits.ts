/**
 * Every limit of Hearsay: its number, its unit (in the name), why it is what it is, and what happens when it is hit.
 * The page's own, which no server knows, are in web/core/limits.ts.
 */
export const limits = {
  // What a client may say. Hit: an `error` with the code named; the connection goes on.
  /** `too-long`. Long enough for a pasted page, short enough that 10,000 members' copies of it fit one write. */
  textBytes: 4096,
  /** `bad-name`. IRC networks allow 30 or so; a longer one breaks the columns of a terminal. */
  userNameCharacters: 32,
  /** `bad-channel`. */
  channelNameCharacters: 64,
  /** `malformed`. A `ref` is a client's own bookkeeping; a UUID fits twice. */
  refCharacters: 64,
  /** `too-many-channels`. A session's presence costs every one of its channels a roster entry. */
  channelsPerSession: 50,
  /** The rest is only counted, in `more`. Names in one `joined` or `names`: 1.3 MB of the longest ones, well within an outbox. */
  namesPerReply: 10_000,
  /** The smallest are only counted, in `more`. Channels in one `channels`: 300 kB of those with the longest names. */
  channelsPerReply: 1_000,
  /** `rate-limited`. Commands a second, sustained; twice what somebody who pastes line by line reaches. */
  commandsPerSecond: 20,
  /** `rate-limited`. Commands at once: a reconnecting client rejoins all its channels in one go. */
  commandBurst: 100,
  /** Ends the connection. Errors a second, sustained: a person makes fewer, a broken or hostile program more. */
  errorsPerSecond: 2,
  /** Ends the connection. Errors at once: somebody pastes a long text, most of which comes too fast. */
  errorBurst: 200,

  // A client's connection.
  /** `too-long`, and the connection ends: without an end of line nothing after it can be understood. 4 KiB of text, each byte escaped as \u00XX, fit. */
  lineBytes: 32_768,
  /** `too-long`, and the connection ends; without an `error`, since it is cut off unread. A WebSocket message, in bytes: enough above a line that most who go past that are told. */
  webSocketMessageBytes: 262_144,
  /** `server-full`, and the connection ends. Clients on one server at once. */
  clients: 20_000,
  /** Closed at once, without a word. Connections at one port, whether or not anything is said on them. */
  connections: 24_000,
  /** Closed without a word. For a TCP client to say its first line; until then nobody knows how to speak to it. */
  firstLineMs: 60_000,
  /** The session is marked slow and counted; nothing else happens. Bytes waiting for one client. */
  outboxSoftBytes: 262_144,
  /** `too-slow`, and the connection ends. Bytes waiting for one client; they are shared with other slow clients, not copies. */
  outboxHardBytes: 4_194_304,
  /** `too-slow`, and the connection ends. A client that takes nothing for so long while bytes wait for it is gone. */
  outboxStallMs: 60_000,
  /** How often stalled clients are looked for. */
  outboxSweepMs: 1_000,
  /** A WebSocket client of whom nothing came for a whole interval is pinged, and cut off if nothing comes for another; for TCP the kernel's keep-alive does it. */
  clientIdleMs: 45_000,
  /** The connection is destroyed. How long a client has to take its last words and close. */
  clientCloseMs: 2_000,
  /** The HTTP server answers 408. For a request's headers to arrive. */
  httpHeadersMs: 10_000,

  // A link to another server. Hit: the link ends, with the reason in both logs, unless it says otherwise.
  /** One frame between servers: a roster of 10,000 long names fits with room. */
  peerFrameBytes: 4_194_304,
  /** One event between servers: the longest text, each byte of it escaped, with its names. */
  eventFrameBytes: 16_384,
  /** What is told at length waits while so much has yet to be taken by the link. */
  introductionBytes: 1_048_576,
  /** The first two frames each way, when nobody knows yet who is there. */
  helloFrameBytes: 4_096,
  /** The rest waits in the link's own queue, where what is urgent can overtake it. Bytes handed to a peer's socket and not taken yet. */
  linkSocketBytes: 262_144,
  /** More is dropped and counted; whoever misses it asks for it again. Bytes of messages waiting for one peer: a quarter of a minute of a busy channel. */
  linkDataBytes: 16_777_216,
  /** BYE `too-slow`. Bytes of all else waiting for one peer. */
  linkControlBytes: 67_108_864,
  /** From a connection until each end has proven who it is; before that, for a TCP connection to be made. */
  handshakeMs: 5_000,
  /** A link idle for so long is asked with a PING. */
  linkIdleMs: 1_000,
  /** A link silent for so long is dead: three PINGs unanswered. */
  linkDeadMs: 3_000,
  /** The core of lib/peer looks at its deadlines so often. */
  peerTickMs: 100,
  /** More are refused with a reason. Links at once, if the operator does not say. */
  links: 32,
  /** An operator may choose fewer or more, up to so many. */
  maxLinks: 64,
  /** The oldest makes room (BYE `busy`). Connections at the peer port that have yet to prove who they are: in all, and of one place elsewhere. */
  strangers: 64,
  strangersPerPlace: 8,
  /** No further are dialled. Links of this server's own making that nobody asked for by hand. */
  ownLinks: 4,
  /** The others wait. Dials in progress at once. */
  dialsAtOnce: 3,
  /** The oldest unused are forgotten. Addresses of other servers remembered. */
  knownAddresses: 1_024,
  /** A PEERS frame with more is refused. */
  addressesPerFrame: 64,
  /** The first and the longest pause between two dials of one address; each try doubles it, half of it random. */
  redialMinMs: 1_000,
  redialMaxMs: 60_000,
  /** Dials of servers that this one was told of are so far apart. */
  foundDialMs: 100,
  /** Dials of known servers that are missing from the map, once there are enough links, are so far apart: the network may have come apart, and one of them be on the other side. */
  islandDialMs: 5_000,
  /** A server found by gossip that never answered is forgotten after so many tries. */
  dialTriesIfFound: 5,
  /** A server found by gossip that did answer is forgotten when it last did so long ago. */
  keepReachedMs: 86_400_000,
  /** The one that is out of reach for longest makes room; if none is, further ones are passed over. Other servers known. */
  nodes: 4_096,
  /** Neighbours that one advertisement may name. */
  neighboursPerNode: 64,
  /** Advertisements of this server are at least so far apart. */
  advertiseMs: 100,
  /** A server that no path reaches is lost after so long: its members leave. A shorter outage is not seen by people. */
  lostAfterMs: 10_000,
  /** What is known of a server that went is kept so long, that late frames of it are recognised. */
  forgetNodeMs: 60_000,
  /** A message that came ahead of its predecessors waits so long for them; then they are given up. */
  gapMs: 500,
  /** Rosters that are not known for sure are asked for so often. */
  askMs: 1_000,
  /** The oldest gap is given up at once. Messages of one stream that wait for predecessors. */
  outOfOrderMessages: 256,
  /** The gap of the stream that asks for more is given up. Bytes of all events that wait for predecessors. */
  outOfOrderBytes: 67_108_864,
  /** A channel's stream with nobody in the channel is forgotten after so long. */
  streamIdleMs: 60_000,
  /** Events and SYNCs of further ones are passed over. Channels of one other server that this one keeps track of. */
  channelsPerNode: 200_000,
  /** As for one server, for all others together. */
  channelsElsewhere: 1_000_000,
  /** Further joins are passed over. Members of one channel at one other server. */
  membersPerRoster: 20_000,
  /** Streams of empty channels are forgotten sooner. Streams of this server itself. */
  ownStreams: 200_000,

  // The terminal clients.
  /** The connection ends and is made anew. One message from a server: the names of 400,000 members. */
  serverLineBytes: 16_777_216,
  /** The try has failed. For a connection to be made, and for the server to say welcome. */
  connectMs: 10_000,
  /** The first and the longest pause between two tries to connect; each try doubles it, half of it random. */
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  /** With piped input: the client gives up. Tries in a row to get a lost connection back. */
  reconnectTriesIfPiped: 6,
  /** The user has to choose another name. Tries to get back a name that one's own lost connection may still have. */
  nameTries: 6,
  /** With piped input: the client gives up. Longer than any message, so that a long one still gets its own error. */
  inputLineBytes: 1_048_576,

  // The operator's prompt.
  /** The rest is only counted. Rows of a table that is printed. */
  promptRows: 200,

  // The process.
  /** After it whatever is left is cut off. For clients and peers to take their last words. */
  drainMs: 8_000,
} as const;
