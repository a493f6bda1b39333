/**
 * Every limit of Hearsay. Each line says what is bounded, with the unit in the name; why it is this number, where that is
 * not plain; and after 'Hit:' what happens at the limit. The page's own limits, which no server knows, are in
 * web/core/limits.ts.
 */
export const limits = {
  // ---- What a client may say. Hit, unless it says otherwise: an `error` with the code named; the connection goes on.

  /** UTF-8 bytes of a message's text: a pasted page fits, and the copies for 10,000 members fit one write each. Hit: `too-long`. */
  textBytes: 4096,
  /** Characters of a user's name: IRC networks allow about 30, and longer ones break the columns of a terminal. Hit: `bad-name`. */
  userNameCharacters: 32,
  /** Characters of a channel's name. Hit: `bad-channel`. */
  channelNameCharacters: 64,
  /** Marks that fit any letter, such as accents, on one letter after composition: no language writes more. Hit: `bad-name`, `bad-channel`; further ones of a text are not shown. */
  generalMarksPerLetter: 2,
  /** Marks of any kind on one letter: Hebrew with points and accents has four. Hit: as above. */
  marksPerLetter: 4,
  /** Characters of a `ref`, which is a client's own bookkeeping: a UUID fits in almost twice. Hit: `malformed`. */
  refCharacters: 64,
  /** Channels of one session: each of them has to be told when the session comes, goes or changes its name. Hit: `too-many-channels`. */
  channelsPerSession: 50,
  /** Names in one `joined` or `names`: 1.3 MB if all are as long as can be, which is well within an outbox. Hit: the rest is only counted, in `more`. */
  namesPerReply: 10_000,
  /** Channels in one `channels`: 300 kB if their names are as long as can be. Hit: the smallest are only counted, in `more`. */
  channelsPerReply: 1_000,
  /** Members of a channel here that are told at the end of each turn who came and left. Hit: in a larger channel that may wait for the next round, and is told together with what happens by then. */
  presenceAtOnceMembers: 32,
  /** Between two rounds in which members of large channels are told who came and left: nobody sees so short a delay. */
  presenceRoundMs: 50,
  /** Members that are told in one round: this takes a quarter of it. Hit: further channels wait for the next round; the members of one that is larger count for the next rounds, too. */
  presencePerRound: 2_500,
  /** For who came and left to be told, in a large channel. Hit: it is told in the next round, whatever that costs. */
  presenceWaitMs: 1_000,
  /** Channels of the network, or names of a channel that nobody here is in: a list of fewer takes less than a millisecond to make. Hit: the list that is made may be given to all who ask for it within `listKeptMs`. */
  listedAnew: 1_000,
  /** Age of a list that is given once more. Hit: it is made anew. */
  listKeptMs: 1_000,
  /** Lists of names that are kept to be given once more: each has up to `namesPerReply`. Hit: the oldest is forgotten. */
  listsKept: 16,
  /** Names in one reply that are paid for by one token more than its command takes: about as much work as many a message makes. Hit: the reply takes a further token for each so many names. */
  namesPerToken: 1_000,
  /** Channels in one reply that are paid for by one token more, as above; to make this list is dearer. Hit: the reply takes a further token for each so many channels. */
  channelsPerToken: 100,
  /** Commands of one session per second, sustained: twice what a person reaches who pastes line by line. Hit: `rate-limited`. */
  commandsPerSecond: 20,
  /** Commands of one session at once: a client that reconnects joins all its channels in one go. Hit: `rate-limited`. */
  commandBurst: 100,
  /** Errors of one session per second, sustained: a person makes fewer, a broken or hostile program more. Hit: the connection ends. */
  errorsPerSecond: 2,
  /** Errors of one session at once: somebody may paste a long text, most of which comes too fast. Hit: the connection ends. */
  errorBurst: 200,
  /** Empty lines, pings and pongs of one session a second, sustained: programs that ping do so every few seconds. Hit: the connection ends. */
  wordlessPerSecond: 10,
  /** Empty lines, pings and pongs of one session at once: a client that was out of reach sends what it has gathered. Hit: the connection ends. */
  wordlessBurst: 100,

  /** Commands of one session that wait while an earlier one is on its way through the network. Hit: nothing more is read from the client until there is room; up to 64 KiB that were read already wait as well. */
  commandsWaiting: 64,
  /** Tries to find a substitute for a name that is taken: the first appends four random characters, each further try one more, so that it is next to impossible that all are taken. Hit: the name is kept although somebody else has it, and the log has a warning. */
  substituteTries: 8,

  // ---- A client's connection.

  /** Bytes of one line: 4 KiB of text fit even if each byte is escaped as \u00XX. Hit: `too-long`, and the connection ends, because without an end of line nothing that follows can be understood. */
  lineBytes: 32_768,
  /** Bytes of one WebSocket message. It is far above `lineBytes`, so that nearly everybody who sends too much can still be told `too-long`. Hit: the connection ends without an `error`, since the message is never read. */
  webSocketMessageBytes: 262_144,
  /** Fragments of one WebSocket message: each is kept until the message is whole, with some 100 bytes around it. Browsers make at most a handful of the longest message. Hit: the connection ends with close code 1008, without an `error`. */
  webSocketFragments: 64,
  /** Pieces in which one WebSocket frame comes from the network: each is kept as a fragment is. The longest message comes in 500 of the smallest segments that a TCP connection has. Hit: as for fragments. */
  webSocketChunks: 512,
  /** Clients on one server at once. Hit: `server-full`, and the connection ends. */
  clients: 20_000,
  /** Connections of clients to one process, over all its doors, whether or not anything is said on them. More than `clients`, so that one client too many can be told. Fewer where the process may not have as many file descriptors (see lib/descriptors.ts). Hit: a connection that was told goodbye makes room, or one on which nothing was ever said; without one, the new one is closed. Without a word in each case. */
  connections: 24_000,
  /** Connections, even where the process may have next to no file descriptors: a server that takes nobody is of no use. */
  connectionsLeast: 16,
  /** Connections looked at for one that makes room: a flood should not cost a look at all of them each time. Hit: the new one is closed; the next look begins behind these. */
  silentLooks: 64,
  /** Connections given to a worker beyond those it has room for, so that it can have others make room. Hit: a further one is closed without a word. */
  handedBeyondRoom: 64,
  /** File descriptors kept free of connections, besides one for each link and stranger: a process at rest has 23, listens on three ports, and for a moment opens some for dials, for the operator's commands and for the start of a worker. */
  descriptorReserve: 48,
  /** File descriptors that the main process has open for each worker process: two channels, and one for a connection that is being handed over. */
  descriptorsPerWorker: 3,
  /** Pause between two looks whether a file descriptor is left, for the warning in the log. */
  descriptorLookMs: 5_000,
  /** Time between two lines of a warning about a shortage that lasts. */
  shortageWarnMs: 60_000,
  /** Connections that the kernel has made and that have yet to be accepted: when a server starts anew, all clients come back at once. The kernel has a limit of its own (on Linux `net.core.somaxconn`), and the lower one counts. Hit: the kernel lets further ones wait and try again. */
  backlog: 4_096,
  /** Time for a TCP client to send its first line; until then the server does not know how to speak to it. Hit: closed without a word. */
  firstLineMs: 60_000,
  /** Time from the beginning of a client's message to its end: the longest line takes 10 s over a modem. Hit: `too-slow`, and the connection ends. */
  messageMs: 60_000,
  /** Time for the commands of a TCP client that has ended its side to be carried out one after the other. Hit: closed; what it said last is dropped. */
  afterEndMs: 5_000,
  /** Messages of one channel in a turn of the event loop: a turn that takes in very much should not keep everybody waiting. Hit: they are sent before the turn is over. */
  turnMessages: 512,
  /** Bytes waiting for one client from which on it counts as slow. Hit: the session is marked and counted, nothing else. */
  outboxSoftBytes: 262_144,
  /** Bytes waiting for one client; slow clients share them, so they are no copies. Hit: `too-slow`, and the connection ends. */
  outboxHardBytes: 4_194_304,
  /** Time in which a client takes nothing although bytes wait for it. Hit: it is held to be gone: `too-slow`, and the connection ends. */
  outboxStallMs: 60_000,
  /** Interval at which the server looks for stalled clients. */
  outboxSweepMs: 1_000,
  /** Time in which nothing comes from a WebSocket client; for TCP the kernel's keep-alive does the same. Hit: it is pinged, and cut off if nothing comes for as long again. */
  clientIdleMs: 45_000,
  /** Time for a client to take its last words and close. Hit: the connection is destroyed. */
  clientCloseMs: 2_000,
  /** Time for the headers of an HTTP request to arrive. Hit: 408. */
  httpHeadersMs: 10_000,
  /** Time for one HTTP request to arrive whole and for its answer to be taken: the page's script takes 5 s over the slowest mobile networks. Hit: the connection is destroyed. */
  httpExchangeMs: 30_000,
  /** Time that an HTTP connection is kept open without a request. Hit: it is closed. */
  httpIdleMs: 5_000,

  // ---- A link to another server. Hit, unless it says otherwise: the link ends, with the reason in both logs.

  /** Bytes of one frame between servers: a roster of 10,000 long names fits with room to spare. */
  peerFrameBytes: 4_194_304,
  /** Bytes of one frame with a run of events: `runBytes` and its head. */
  eventFrameBytes: 65_536,
  /** Events in one run. */
  runEvents: 512,
  /** Bytes of the events in one run. The longest event, with each byte of its text escaped, takes less than a third. Hit: further events go in a run of their own. */
  runBytes: 61_440,
  /** UTF-16 units of the JSON of one direct message: the longest text with each byte escaped, and both names. */
  directUnits: 16_384,
  /** Long tellings (tables of other servers) that one link is being given or waits to be given. Hit: further ones are left out, and asked for again if they are needed. */
  tellings: 64,
  /** Bytes of long tellings that wait for one link. Hit: the telling pauses until the link has taken them. */
  introductionBytes: 1_048_576,
  /** Bytes of each of the first two frames each way, while neither end knows who the other is. */
  helloFrameBytes: 4_096,
  /** Bytes handed to a peer's socket that it has yet to take. Hit: the rest waits in the link's own queue, where urgent frames can overtake it. */
  linkSocketBytes: 262_144,
  /** Bytes gathered for one peer in a turn of the event loop. Hit: they are written before the turn is over. */
  linkTurnBytes: 65_536,
  /** Bytes of messages waiting for one peer: a quarter of a minute of a busy channel. Hit: further messages are dropped and counted; servers that miss them ask for them again. */
  linkDataBytes: 16_777_216,
  /** Bytes of everything else waiting for one peer. Hit: BYE `too-slow`. */
  linkControlBytes: 67_108_864,
  /** Time for a TCP connection to be made; and then, from the connection on, for each end to prove who it is. */
  handshakeMs: 5_000,
  /** Addresses of one host name that are tried in one dial: as many servers as a network is likely to have under one name. Hit: so many are chosen by chance, others the next time. */
  addressesPerName: 16,
  /** Time for one address to answer, as RFC 8305 recommends. Hit: the next one is tried as well, while the first may still answer. */
  nextAddressMs: 250,
  /** Time for a host name to be looked up: what a resolver takes for two tries. Hit: the dial has failed, and is tried again. */
  lookUpMs: 10_000,
  /** Time in which nothing comes over a link. Hit: the other end is asked with a PING. */
  linkIdleMs: 1_000,
  /** Time since the last PONG on a link that is busy. Hit: it is asked as well, so that both ends compare what they know. */
  linkPingMs: 5_000,
  /** Time in which nothing comes although PINGs were sent: three of them are unanswered. Hit: the link is dead. */
  linkDeadMs: 3_000,
  /** Interval at which the core of lib/peer looks at its deadlines. */
  peerTickMs: 50,
  /** Links at once, if the operator does not say (`--max-peers`). Hit: a further one is refused with a reason. */
  links: 32,
  /** The most links that an operator may allow. Hit: an error at the command line. */
  maxLinks: 64,
  /** Links that servers of one place (an IPv4 address, an IPv6 /64) made without a network key, but no more than half of all: room for a few servers behind one router. Hit: a further one is refused (BYE `full`). */
  linksPerPlace: 8,
  /** Connections at the peer port that have yet to prove who they are: in all, and from one place (an IPv4 address, an IPv6 /64). Hit: the oldest makes room (BYE `busy`). */
  strangers: 64,
  strangersPerPlace: 8,
  /** The fewest of them, where the process may not have as many file descriptors as it needs. */
  strangersLeast: 8,
  /** Links that this server makes by itself, beside those that somebody asked for. Hit: no further server is dialled. */
  ownLinks: 4,
  /** Dials under way at once. Hit: others wait. */
  dialsAtOnce: 3,
  /** Addresses of other servers that are remembered. Hit: the oldest unused ones are forgotten. */
  knownAddresses: 1_024,
  /** Addresses in one PEERS frame. Hit: the frame is refused. */
  addressesPerFrame: 64,
  /** The first and the longest pause between two dials of one address; each try doubles it, and half of it is random. */
  redialMinMs: 1_000,
  redialMaxMs: 60_000,
  /** Time between two dials of servers that this one was told of. */
  foundDialMs: 100,
  /** Time between two dials of known servers that are missing from the map, once there are enough links: the network may have come apart, and one of them may be on the other side. */
  islandDialMs: 5_000,
  /** Tries to dial a server that gossip named and that never answered. Hit: it is forgotten. */
  dialTriesIfFound: 5,
  /** Time since a server that gossip named last answered. Hit: it is forgotten. */
  keepReachedMs: 86_400_000,
  /** Other servers that this one knows of. Hit: the one that is out of reach for longest makes room; if none is, the new one is ignored. */
  nodes: 4_096,
  /** Other servers that one neighbour was the first to tell of: keys cost nothing to make, so that one neighbour alone should not fill the map. Hit: a new one from it is ignored. */
  nodesPerNeighbour: 2_048,
  /** Advertisements of one server: a burst, and then one per `advertsMs`; both are more than `advertiseBurst` and `advertiseSustainedMs` allow a server. Hit: passed over, and not handed on; who needs it asks for it later. */
  advertsAtOnce: 40,
  advertsMs: 1_000,
  /** What a link may spend on its frames per second, and at once, in tokens of about a microsecond of work (`core/prices.ts`): under half of a processor, and enough for the map of 4,000 servers at once. Hit: nothing is read from it until there are tokens again, for a second at most. */
  linkTokensPerSecond: 400_000,
  linkTokensAtOnce: 800_000,
  /** What a link may spend before others have a turn: 10 ms. Hit: nothing is read from it until the next turn of the event loop. */
  linkTokensInTurn: 10_000,
  /** Answers to PINGs on one link: a burst, and then one per `pongsMs`; a server asks once a second. Hit: not answered. */
  pongsAtOnce: 20,
  pongsMs: 200,
  /** Answers to SUMMARYs on one link: a burst, and then one per `compareMs`; a server sends one at the beginning of a link. Hit: not answered; what differs is found by PINGs. */
  summariesAtOnce: 5,
  /** Neighbours that one ADVERT may name. */
  neighboursPerNode: 64,
  /** The greatest version number of what a server says of itself. Hit: the frame is refused. */
  version: 4_294_967_295,
  /** Time between two ADVERTs of this server. */
  advertiseMs: 100,
  /** ADVERTs at that pace. Hit: for a link that goes on flapping, one ADVERT in `advertiseSustainedMs`. */
  advertiseBurst: 16,
  advertiseSustainedMs: 5_000,
  /** Time between two looks at the map, however many ADVERTs come. */
  viewMs: 10,
  /** Time for which a server may be out of reach before its members leave. People do not see a shorter outage. Hit: it is lost. */
  lostAfterMs: 10_000,
  /** Time for which a server may be out of reach before its rosters are asked for anew; after a shorter outage HEADS tell what was missed. */
  longOutageMs: 2_000,
  /** Time for which a server that went is remembered, so that its late frames are recognised. */
  forgetNodeMs: 60_000,
  /** Time for which the digests of two neighbours may differ. Hit: they compare versions. */
  compareMs: 2_000,
  /** Time between two questions for news of the same server, to however many neighbours. */
  wantAgainMs: 1_000,
  /** Links that a frame for one server may cross. Hit: the frame is dropped. */
  hops: 255,

  // ---- Interest: which server has members in which channel.

  /** Time between two changes that this server tells. */
  interestMs: 50,
  /** Changes at that pace. Hit: one in `interestSustainedMs`. */
  interestBurst: 20,
  interestSustainedMs: 500,
  /** Time that changes in the number of members alone wait for, since the last change. */
  interestCountsMs: 1_000,
  /** Time for which the interest in a channel is kept up after its last member left here. */
  interestLingerMs: 30_000,
  /** Channels in a change that is sent to all at once. Hit: the change is only announced, and sent to servers that ask. */
  pushedInterest: 64,
  /** Channels in one INTEREST frame. Hit: the change comes in several. */
  interestPerFrame: 2_000,
  /** Changes of which some parts have come and others have not. Hit: further ones are left out, and asked for later. */
  changesInParts: 256,
  /** Entries in the latest changes that are kept for each server. Hit: a server that lacks older ones gets the whole table. */
  recentInterest: 1_000,

  // ---- Streams and their repair.

  /** Time that a gap in a stream may stand before what is missing is asked for; and so much more for each link on the way, so that the servers nearest to the gap close it first. */
  pullAfterMs: 50,
  pullAfterHopMs: 50,
  /** Time for the answer to a PULL. Hit: another server is asked. */
  pullAnswerMs: 500,
  /** Events asked for at a time. */
  pullEvents: 512,
  /** Ranges in one PULL or MISS. */
  rangesPerFrame: 64,
  /** Bytes per second, and at once, with which one other server is answered: of events that it asked for, and apart from these of all else. A question of some hundred bytes asks for megabytes, and may come in the name of a third server. It is enough for a server that comes back to ask for 100,000 channels. Hit: its questions are not answered until there is room; it asks again, or asks others. */
  answerBytesPerSecond: 4_194_304,
  answerBurstBytes: 33_554_432,
  /** Time for what is missing to come. Hit: it is given up. */
  gapMs: 5_000,
  /** Time for which what was given up of one stream is gathered, so that members are told of it once and not for each gap. */
  lossGatherMs: 2_000,
  /** Streams of forgotten servers of which it is remembered how far they had got, while members here are in their channels. Hit: the oldest is dropped; if its server comes back, nobody is told what was missed. */
  forgottenStreams: 100_000,
  /** Events of one stream that wait for earlier ones. Hit: the oldest gap is given up at once. */
  outOfOrderMessages: 4_096,
  /** Bytes of all events that wait for earlier ones. Hit: the gap of the stream that needs more is given up. */
  outOfOrderBytes: 67_108_864,
  /** Events of one stream that are kept in flight, in case others miss them. Hit: the oldest are forgotten. */
  retainedMessages: 4_096,
  /** Time for which events are kept in flight. */
  retainedMs: 10_000,
  /** Bytes of all events kept in flight, with what it takes to keep them. Hit: the oldest are forgotten. */
  retainedBytes: 67_108_864,
  /** Times after the last event of a stream at which others are told how far it has got. */
  headsMs: 400,
  headsAgainMs: 3_000,
  /** Time after a change of the map at which that is told for all streams in which something was said lately. */
  headsAfterChangeMs: 150,
  /** Besides, some streams' heads are told every `headsRoundMs`, and all of them within `headsRounds` such rounds, unless that takes more than `headsPerRound` a round. */
  headsRoundMs: 1_000,
  headsRounds: 30,
  headsPerRound: 64,
  /** Streams in one HEADS. */
  headsPerFrame: 512,
  /** Runs of events of one origin for which a server remembers whether it had them. Hit: older ones are taken for known, and dropped if they come. */
  seenNumbers: 16_384,
  /** Routes of channels that are remembered. Hit: routes are worked out anew. */
  routes: 100_000,
  /** Time for which the stream of a channel with nobody in it is kept. */
  streamIdleMs: 60_000,
  /** Streams of this server itself. Hit: those of empty channels are forgotten sooner. */
  ownStreams: 200_000,
  /** Entries in the interest tables of all other servers together. Hit: a further interest is ignored. */
  channelsElsewhere: 1_000_000,
  /** Of these, entries of one server. Hit: as above. */
  channelsPerServer: 500_000,
  /** Members of one channel at one other server. Hit: further joins are ignored. */
  membersPerRoster: 20_000,
  /** Members of all channels at one other server: `clients` in `channelsPerSession` each. Hit: further joins are ignored. */
  membersPerServer: 1_000_000,

  // ---- Joining, names and direct messages over the network.

  /** Time for a SYNC to come. Hit: it is asked for again, first after `askMs`, then ever more seldom, up to `askMaxMs`. */
  askMs: 250,
  askMaxMs: 4_000,
  /** Time in which one server is sent one SYNC of a channel: less than `askMs`. Hit: a further ASK for it is not answered. */
  syncAgainMs: 200,
  /** Channels in one ASK; and channels that are asked for in one look at the deadlines, so that a network of many channels is not flooded with questions. */
  channelsPerAsk: 256,
  asksPerTick: 2_048,
  /** Time from a `join` until every server with members has told who they are. Hit: `joined` is said without the rest. */
  joinBarrierMs: 1_000,
  /** Time for a name's keeper to answer. Hit: the name is given; if two users come to have it, that is settled later. */
  claimMs: 1_000,
  /** Milliseconds since 1970 of a claim: frames between servers carry numbers below 2^48, and later claims have greater ones. Hit: a clock beyond it counts as one at it. */
  claimMomentMs: 140_737_488_355_328,
  /** Pause before a claim that was not answered is repeated; it doubles with each try. */
  claimAgainMs: 300,
  /** Tries of one claim that are remembered. Hit: an answer to an earlier try is not understood. */
  claimTries: 4,
  /** Names of other servers' users that this server keeps. Hit: further ones are granted without being written down. */
  namesKept: 1_000_000,
  /** Of these, names of one server: more than twice as many as it may have clients. Hit: as above. */
  namesPerServer: 50_000,
  /** Interval at which all names are written down anew. */
  namesAgainMs: 60_000,
  /** UTF-16 units of a name's normal form: NFKC makes at most 18 of each of 32 characters, and there is room to spare. Hit: the frame is refused. */
  nameKeyUnits: 1_024,
  /** Names in one CLAIM; and names that are claimed anew in one look at the deadlines. */
  namesPerClaim: 256,
  claimsPerTick: 2_048,
  /** Time for a direct message to be taken by its receiver's server. Hit: `no-answer`. */
  directMs: 3_000,
  /** Time after which a name that nobody seems to have is looked up once more, since the network may be changing. */
  findAgainMs: 400,
  /** Users of whom the server is remembered. Hit: the longest unused ones are forgotten. */
  foundNames: 10_000,
  /** Direct messages on their way from this server. Hit: `no-answer`. */
  directsAtOnce: 10_000,

  // ---- The terminal clients.

  /** Bytes of one message from a server: the names of 400,000 members. Hit: the connection is ended and made anew. */
  serverLineBytes: 16_777_216,
  /** Time for a connection to be made and for the server to say welcome. Hit: the try has failed. */
  connectMs: 10_000,
  /** The first and the longest pause between two tries to connect; each try doubles it, and half of it is random. */
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  /** Tries in a row to get a lost connection back, when the input is piped. Hit: the client gives up. */
  reconnectTriesIfPiped: 6,
  /** Tries to get back a name that the client's own lost connection may still hold. Hit: the user has to choose another one. */
  nameTries: 6,
  /** Bytes of a line of piped input: more than any message has, so that a long one still gets an error of its own. Hit: the client gives up. */
  inputLineBytes: 1_048_576,

  // ---- The log, and the operator's prompt.

  /** Log lines of an event that strangers can cause as often as they like (clients disconnected, peers turned away), in `brakedLinesMs`. Hit: further ones are only counted. */
  brakedLines: 10,
  brakedLinesMs: 10_000,
  /** Rows of a table that are printed. Hit: the rest is only counted. */
  promptRows: 200,

  // ---- Workers. With `--workers`, all limits of clients and their connections are those of each worker.

  /** Processes of one server that serve clients: each of them is a neighbour of the first, and takes its memory. Hit: an error at the command line. */
  workers: 16,
  /** Time for a worker to start and to link with the first. Hit: the server does not start; later on, the worker is killed and started anew. */
  workerStartMs: 20_000,
  /** Time for a worker that is linked to see all other workers. Hit: it is given clients although it may not know all yet. */
  workerMeetMs: 1_000,
  /** Interval at which workers tell the first how they are, and it tells them how the whole server is. */
  workerReportMs: 1_000,
  /** Reports in a row that a worker missed. Hit: it hangs, so it is killed and started anew. */
  workerMissedReports: 30,
  /** The first and the longest pause before a worker that died is started anew; each death doubles it, and half of it is random. */
  workerRestartMinMs: 500,
  workerRestartMaxMs: 30_000,
  /** Time after which a worker counts as sound. Hit: its next death counts as its first. */
  workerSoundMs: 60_000,
  /** Time for a worker to answer the operator. Hit: it is left out of `clients`. */
  workerAnswerMs: 2_000,
  /** Time, when the server stops, for the last messages of other workers' clients to go out. Hit: other servers may not get the rest. */
  workerLastWordsMs: 1_000,

  // ---- The process.

  /** Time for clients and peers to take their last words when the server stops. Hit: all that is left is cut off. */
  drainMs: 8_000,
} as const;
