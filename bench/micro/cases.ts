/** One case for each step on the way of a message; each works on many messages at once, as a busy server does. */
import { Buffer } from 'node:buffer';
import { systemClock } from '../../lib/clock.js';
import { jsonDialect } from '../../lib/dialect/json.js';
import { limits } from '../../lib/limits.js';
import { silentLog } from '../../lib/log.js';
import { OwnStreams } from '../../lib/peer/core/streams/own-streams.js';
import { RetainedEvents } from '../../lib/peer/core/streams/retained-events.js';
import { Channel } from '../../lib/relay/channel.js';
import type { LaneFormat } from '../../lib/relay/connection.js';
import { Intake } from '../../lib/relay/intake.js';
import { Relay } from '../../lib/relay/relay.js';
import type { Session } from '../../lib/relay/session.js';
import { TurnWriter } from '../../lib/relay/turn-writer.js';
import { decodeChannelEvents } from '../../lib/wire/decode-channel-event.js';
import { decodeClientMessage } from '../../lib/wire/decode-client-message.js';
import { type Framing, lineFraming, webSocketFraming } from '../../lib/wire/framing.js';
import { LineDecoder } from '../../lib/wire/line-decoder.js';
import { checkChannelName, checkText } from '../../lib/wire/names.js';
import { decodeEvent, encodeEventFrame } from '../../lib/wire/peer-event.js';
import { PublishedMessage } from '../../lib/wire/published.js';

export interface Case {
  readonly name: string;
  /** How many messages one run handles. */
  readonly messages: number;
  readonly run: () => void;
}

const many = 100;
const text = 'x'.repeat(64);
const said = JSON.stringify({ type: 'msg', channel: 'lobby', text });
const accented = JSON.stringify({ type: 'msg', channel: 'lobby', text: 'ä'.repeat(32) });
const event = {
  type: 'msg',
  id: 'abcdefgh-1x2',
  channel: 'lobby',
  from: 'ann',
  text,
  at: 1_800_000_000_000,
} as const;
const json = JSON.stringify(event);
const head = {
  origin: '0123456789abcdef'.repeat(2),
  channel: 'lobby',
  number: 1,
  seq: 1,
  count: many,
  view: 1,
  presence: false,
};
const run = Array(many).fill(json).join('\n');
const frame = encodeEventFrame(head, run);
const lines = Buffer.from(`${said}\n`.repeat(many));
const accentedLines = Buffer.from(`${accented}\n`.repeat(many));

function times(run: () => void): () => void {
  return () => {
    for (let i = 0; i < many; i++) run();
  };
}

function of(name: string, run: () => void): Case {
  return { name, messages: many, run: times(run) };
}

function batch(name: string, run: () => void): Case {
  return { name, messages: many, run };
}

/** A relay that flushes when it is told to, and members whose outboxes take everything at once. */
function quietRelay(framing: Framing, members: number) {
  const format: LaneFormat = { framing, ...jsonDialect };
  let flush = (): void => {};
  const relay = new Relay({
    serverName: 'micro',
    version: '0',
    idPrefix: 'abcdefgh',
    commandsPerSecond: undefined,
    clock: {
      ...systemClock,
      endOfTurn: (task) => {
        flush = task;
      },
    },
    random: Math.random,
    log: silentLog,
  });
  const intake = new Intake(relay, systemClock);
  const sessions = Array.from({ length: members }, (_, i) => {
    const outbox = { write() {}, writeAll() {}, reply() {}, close() {}, waitingBytes: 0, slow: false };
    const session = relay.open({ format, outbox, address: 'micro' });
    if (!session) throw new Error('the relay is full');
    intake.receive(session, JSON.stringify({ type: 'join', channel: 'lobby', name: `user${i}` }));
    return session;
  });
  flush();
  return { intake, sessions, flush: () => flush() };
}

function throughRelay(framing: Framing, members: number): () => void {
  const { intake, sessions, flush } = quietRelay(framing, members);
  const [speaker] = sessions as [Session];
  return () => {
    for (let i = 0; i < many; i++) intake.receive(speaker, said);
    flush();
  };
}

function flushing(framing: Framing, speakers: number): () => void {
  const { sessions } = quietRelay(framing, 50);
  const channel = new Channel('lobby');
  const writer = new TurnWriter(false);
  for (const session of sessions) channel.add(session);
  return () => {
    for (let i = 0; i < many; i++) channel.publish(new PublishedMessage(event), sessions[i % speakers]);
    channel.flush(writer);
  };
}

const restingStreams = 170_000;

/** What the network looks at in each tick, with nothing due. */
function keptAtRest(): () => void {
  const kept = new RetainedEvents();
  for (let i = 0; i < restingStreams; i++) kept.add(head.origin, `c${i}`, { seq: 1, count: 1 }, tiny, 0);
  return () => kept.expire(limits.headsAgainMs);
}

function headsAtRest(): () => void {
  const own = new OwnStreams();
  for (let i = 0; i < restingStreams; i++) {
    own.next(`c${i}`, 1, 0);
    own.noteSent(`c${i}`);
  }
  for (const nowMs of [limits.headsMs, limits.headsAgainMs]) own.takeHeads(nowMs);
  return () => own.takeHeads(limits.headsAgainMs);
}

/** Streams of one run each, as many as there is room for; each further one pushes another out. */
function pushingOut(): () => void {
  const kept = new RetainedEvents();
  let next = 0;
  const add = () => kept.add(head.origin, `c${next++}`, { seq: 1, count: 1 }, tiny, 0);
  for (let before = -1; before < kept.bytes; ) {
    before = kept.bytes;
    add();
  }
  return add;
}

/** A case that takes long to prepare, which is done when it is first run. */
function later(prepare: () => () => void): () => void {
  let run: (() => void) | undefined;
  return () => {
    run ??= prepare();
    run();
  };
}

const tiny = Buffer.alloc(100);
const decoder = new LineDecoder();

export const cases: readonly Case[] = [
  batch('decode: 100 lines of one read', () => decoder.push(lines, () => {})),
  batch('decode: 100 lines that are not ASCII', () => decoder.push(accentedLines, () => {})),
  of('decode: a msg', () => decodeClientMessage(said)),
  of('validate: channel name', () => checkChannelName('lobby')),
  of('validate: channel name that is not ASCII', () => checkChannelName('größe')),
  of('validate: text', () => checkText(text)),
  of('encode: JSON of an event', () => new PublishedMessage(event).json),
  batch('publish and flush: 1 of 50 speaks, TCP', flushing(lineFraming, 1)),
  batch('publish and flush: 1 of 50 speaks, WebSocket', flushing(webSocketFraming, 1)),
  batch('publish and flush: all 50 speak, TCP', flushing(lineFraming, 50)),
  batch('publish and flush: all 50 speak, WebSocket', flushing(webSocketFraming, 50)),
  batch('all of the relay: text in, 2 members, TCP', throughRelay(lineFraming, 2)),
  batch('all of the relay: text in, 2 members, WebSocket', throughRelay(webSocketFraming, 2)),
  batch('peers: encode an EVENT of 100', () => encodeEventFrame(head, run)),
  batch('peers: decode the head of an EVENT of 100', () => decodeEvent(frame)),
  batch('peers: decode what an EVENT of 100 carries', () => decodeChannelEvents(run, 'lobby', many)),
  of('at rest: a look at what is kept of 170,000 streams', later(keptAtRest)),
  of('at rest: a look at heads of 170,000 live streams', later(headsAtRest)),
  of('keep an event where all is full', later(pushingOut)),
];
