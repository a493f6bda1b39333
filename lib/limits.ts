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

  /** No more is read from the client until there is room; what was read already, 64 KiB at most, waits as well. Commands of one session that wait for an earlier one to come back from the network. */
  commandsWaiting: 64,
  /** The name is kept though somebody else has it, with a warning in the log. Tries to find a substitute for a name, the first with four other characters at its end, each next one with one more: that all are taken is next to impossible. */
  substituteTries: 8,

  // A client's connection.
  /** `too-long`, and the connection ends: without an end of line nothing after it can be understood. 4 KiB of text, each byte escaped as \u00XX, fit. */
  lineBytes: 32_768,
  /** `too-long`, and the connection ends; without an `error`, since it is cut off unread. A WebSocket message, in bytes: enough above a line that most who go past that are told. */
  webSocketMessageBytes: 262_144,
  /** `server-full`, and the connection ends. Clients on one server at once. */
  clients: 20_000,
  /** Closed at once, without a word. Connections at one port, whether or not anything is said on them. */
  connections: 24_000,
  /** Further ones are asked to try again by the kernel, or wait for long; it allows no more than its own limit (on Linux `net.core.somaxconn`). Connections that were made and have yet to be taken: clients come back all at once when a server starts anew. */
  backlog: 4_096,
  /** Closed without a word. For a TCP client to say its first line; until then nobody knows how to speak to it. */
  firstLineMs: 60_000,
  /** Closed, and what it said last is dropped. For the commands of a TCP client that has ended its side to be carried out, one after the other. */
  afterEndMs: 5_000,
  /** They go out before the turn is over, lest a turn that takes in very much keeps everybody waiting. Messages of one channel in a turn. */
  turnMessages: 512,
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
  /** One run of events between servers: of short ones as many as a channel has in a turn, or several of the longest, with its head. */
  eventFrameBytes: 65_536,
  /** Events in one run. */
  runEvents: 512,
  /** Further events go in a run of their own. Bytes of events in one run, of which the longest, each byte of its text escaped, has not a third. */
  runBytes: 61_440,
  /** The JSON of one direct message, in UTF-16 units: the longest text, each byte of it escaped, with its names. */
  directUnits: 16_384,
  /** Further ones are left out, and asked for again if they are needed. Things that one link is told at length, or waits to be told. */
  tellings: 64,
  /** What is told at length waits while so much has yet to be taken by the link. */
  introductionBytes: 1_048_576,
  /** The first two frames each way, when nobody knows yet who is there. */
  helloFrameBytes: 4_096,
  /** The rest waits in the link's own queue, where what is urgent can overtake it. Bytes handed to a peer's socket and not taken yet. */
  linkSocketBytes: 262_144,
  /** They go out before the turn is over. Bytes gathered for one peer in a turn. */
  linkTurnBytes: 65_536,
  /** More is dropped and counted; whoever misses it asks for it again. Bytes of messages waiting for one peer: a quarter of a minute of a busy channel. */
  linkDataBytes: 16_777_216,
  /** BYE `too-slow`. Bytes of all else waiting for one peer. */
  linkControlBytes: 67_108_864,
  /** From a connection until each end has proven who it is; before that, for a TCP connection to be made. */
  handshakeMs: 5_000,
  /** A link idle for so long is asked with a PING. */
  linkIdleMs: 1_000,
  /** A busy link is asked, too, and what both ends know is compared. Since the last answer. */
  linkPingMs: 5_000,
  /** A link silent for so long is dead: three PINGs unanswered. */
  linkDeadMs: 3_000,
  /** The core of lib/peer looks at its deadlines so often. */
  peerTickMs: 50,
  /** More are refused with a reason. Links at once, if the operator does not say. */
  links: 32,
  /** An operator may choose fewer or more, up to so many. */
  maxLinks: 64,
  /** The oldest makes room (BYE `busy`). Connections at the peer port that have yet to prove who they are: in all, and of one place elsewhere. */
  strangers: 64,
  strangersPerPlace: 8,
  /** Further ones are only counted. Lines in the log of connections at the peer port that were turned away, in so long. */
  turnedAwayLines: 10,
  turnedAwayMs: 10_000,
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
  /** A frame that names a greater one is refused. Versions of what a server says of itself. */
  version: 4_294_967_295,
  /** Advertisements of this server are at least so far apart. */
  advertiseMs: 100,
  /** So many at that pace; thereafter, for a link that flaps, one in so long. */
  advertiseBurst: 16,
  advertiseSustainedMs: 5_000,
  /** The map is looked at anew at most so often, however many advertisements come. */
  viewMs: 10,
  /** A server that no path reaches is lost after so long: its members leave. A shorter outage is not seen by people. */
  lostAfterMs: 10_000,
  /** Its rosters are asked for anew. A server that was out of reach for so long; after a shorter outage heads tell what was missed. */
  longOutageMs: 2_000,
  /** What is known of a server that went is kept so long, that late frames of it are recognised. */
  forgetNodeMs: 60_000,
  /** Neighbours whose digests go on differing for so long compare versions. */
  compareMs: 2_000,
  /** News of one server is asked for at most so often, whoever has it. */
  wantAgainMs: 1_000,
  /** The frame is dropped. Links that a frame for one server crosses. */
  hops: 255,

  // Interest: which server has members in which channel.
  /** Changes are at least so far apart. */
  interestMs: 50,
  /** So many at that pace; thereafter one in so long. */
  interestBurst: 20,
  interestSustainedMs: 500,
  /** Changes in the number of members alone wait for so long since the last. */
  interestCountsMs: 1_000,
  /** A channel's interest is kept up after its last member left here. */
  interestLingerMs: 30_000,
  /** A longer change is only announced, and sent to whoever asks. Channels in a change that is sent to all at once. */
  pushedInterest: 64,
  /** A longer change comes in parts. Channels in one frame. */
  interestPerFrame: 2_000,
  /** Further ones are left out, and asked for later. Changes of which some parts have come, and some not. */
  changesInParts: 256,
  /** Who lacks older changes gets the whole table. Entries in the last changes that are kept for each server. */
  recentInterest: 1_000,

  // Streams and their repair.
  /** What comes ahead of its predecessors waits for so long before they are asked for; and so much more for each link on the way, so that servers nearer to the gap close it first. */
  pullAfterMs: 50,
  pullAfterHopMs: 50,
  /** Somebody else is asked. For the answer to a PULL. */
  pullAnswerMs: 500,
  /** Events asked for at a time. */
  pullEvents: 512,
  /** Ranges in one PULL or MISS. */
  rangesPerFrame: 64,
  /** What is missing is given up. */
  gapMs: 5_000,
  /** The oldest gap is given up at once. Events of one stream that wait for predecessors. */
  outOfOrderMessages: 4_096,
  /** The gap of the stream that asks for more is given up. Bytes of all events that wait for predecessors. */
  outOfOrderBytes: 67_108_864,
  /** Forgotten, the oldest first. Events of one stream that are kept in flight, in case others miss them. */
  retainedMessages: 4_096,
  /** Forgotten after so long. Events kept in flight. */
  retainedMs: 10_000,
  /** Forgotten, the oldest first. Bytes of all events kept in flight, with what it takes to keep them. */
  retainedBytes: 67_108_864,
  /** How far a stream has got is told when nothing more was said for so long, and once more after so long. */
  headsMs: 400,
  headsAgainMs: 3_000,
  /** After the map changed it is told for all streams that something was said in of late. */
  headsAfterChangeMs: 150,
  /** Besides, some streams' heads are told once in so long; all within so many times, but no more than so many at a time. */
  headsRoundMs: 1_000,
  headsRounds: 30,
  headsPerRound: 64,
  /** Streams in one HEADS. */
  headsPerFrame: 512,
  /** Later ones are dropped, if they come at all. Events of one origin that a server can tell whether it had them. */
  seenNumbers: 16_384,
  /** Routes are worked out anew. Remembered routes of channels. */
  routes: 100_000,
  /** A channel's stream with nobody in the channel is forgotten after so long. */
  streamIdleMs: 60_000,
  /** Streams of empty channels are forgotten sooner. Streams of this server itself. */
  ownStreams: 200_000,
  /** A further interest is passed over. Entries in the tables of all other servers together. */
  channelsElsewhere: 1_000_000,
  /** Further joins are passed over. Members of one channel at one other server. */
  membersPerRoster: 20_000,

  // Joining, names and direct messages over the network.
  /** A SYNC that did not come is asked for again, first after so long, and then ever more seldom. */
  askMs: 250,
  askMaxMs: 4_000,
  /** Channels in one ASK; and how many are asked for in one look at the deadlines, so that a network of many channels is not flooded with questions. */
  channelsPerAsk: 256,
  asksPerTick: 2_048,
  /** `joined` is said even if somebody did not answer. From a `join`. */
  joinBarrierMs: 1_000,
  /** A name is given although its keeper did not answer; two who have it are settled later. */
  claimMs: 1_000,
  /** A claim that was not answered is repeated; the pauses double, as many times as there are tries remembered. */
  claimAgainMs: 300,
  /** An answer to an earlier try is not understood. Tries of one claim that are remembered. */
  claimTries: 4,
  /** Further ones are granted without being written down. Names of other servers' users that this one keeps. */
  namesKept: 1_000_000,
  /** All names are written down anew so often. */
  namesAgainMs: 60_000,
  /** The frame is dropped. UTF-16 units of a name's normal form: 32 characters, of each of which NFKC makes 18 at most, with room. */
  nameKeyUnits: 1_024,
  /** Names in one CLAIM; and how many are claimed anew in one look at the deadlines. */
  namesPerClaim: 256,
  claimsPerTick: 2_048,
  /** `no-answer`. For a direct message to be taken by its receiver's server. */
  directMs: 3_000,
  /** A name that nobody seems to have is looked up once more after so long, for the network may be changing. */
  findAgainMs: 400,
  /** The longest unused are forgotten. Users' servers remembered. */
  foundNames: 10_000,
  /** Direct messages on their way from this server; further ones get `no-answer`. */
  directsAtOnce: 10_000,

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

  // Workers: with `--workers`, all limits of clients and their connections are those of each worker.
  /** An error at the command line. Processes that serve clients, of one server: each of them is a neighbour of the first, and takes its memory. */
  workers: 16,
  /** The server does not start; later, the worker is killed and started anew. For a worker to start and to link with the first. */
  workerStartMs: 20_000,
  /** It is given clients though it may not know all others yet. For a worker that is linked to see the other workers. */
  workerMeetMs: 1_000,
  /** How often workers tell the first how they are, and it tells them how the whole server is. */
  workerReportMs: 1_000,
  /** It is killed and started anew. Reports in a row that a worker missed: it hangs. */
  workerMissedReports: 30,
  /** The first and the longest pause before a worker that died is started anew; each death doubles it, half of it random. */
  workerRestartMinMs: 500,
  workerRestartMaxMs: 30_000,
  /** Its next death counts as its first. A worker that has worked for so long. */
  workerSoundMs: 60_000,
  /** It is left out of `clients`. For a worker to answer the operator. */
  workerAnswerMs: 2_000,
  /** Other servers may not get the rest. For what clients of other workers said last to go out, when the server stops. */
  workerLastWordsMs: 1_000,

  // The process.
  /** After it whatever is left is cut off. For clients and peers to take their last words. */
  drainMs: 8_000,
} as const;
