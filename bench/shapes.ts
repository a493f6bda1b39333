/** The shapes of the load: who speaks to whom, and how much at a time. */
import type { Plan, Pressure } from './load/plan.js';

export interface Shape {
  /** Shapes of one set are measured one after the other on the same running servers. */
  readonly set: string;
  readonly title: string;
  /** How many servers are linked in a chain. People speak at the first and listen at the last. */
  readonly servers: number;
  readonly load: Pick<
    Plan,
    'groups' | 'channelsEach' | 'listenersEach' | 'speakersEach' | 'stuckEach' | 'guestVisits' | 'textBytes'
  >;
  readonly pressure: Pressure;
  /** What the first column counts; deliveries, if not given. */
  readonly counts?: 'joins and leaves' | 'kB a client' | 'MB more' | 'ms of CPU/s';
  /** Whether it is measured once more at half the rate that was reached, to find out how long a message takes. */
  readonly timed?: boolean;
  readonly contestants: readonly string[];
  /**
   * Whether servers and the load generator share all processors, so that only the processor time of each process
   * counts.
   */
  readonly sharesProcessors?: true;
}

const one = { groups: 1, channelsEach: 1, speakersEach: 1, stuckEach: 0, textBytes: 64 };
const fast = ['hearsay', 'hearsay-ws', 'floor', 'nats-server', 'uwebsockets'];
const all = [...fast, 'ws', 'mosquitto'];
const depths = [1, 100, 400];

function words(depth: number): string {
  return depth === 1 ? 'each message alone' : `${depth} under way`;
}

export const shapes: readonly Shape[] = [
  ...[10, 100, 1000].flatMap((members) =>
    depths.map(
      (depth): Shape => ({
        set: 'fan-out',
        title: `one channel, ${members} members, ${words(depth)}`,
        servers: 1,
        load: { ...one, listenersEach: members },
        pressure: { kind: 'closed', depth },
        timed: members === 100 && depth === 100,
        contestants: [...(members === 100 ? all : fast), 'floor-as-long'],
      }),
    ),
  ),
  {
    set: 'one-to-one',
    title: 'one speaker, one listener, 400 under way',
    servers: 1,
    load: { ...one, listenersEach: 1 },
    pressure: { kind: 'closed', depth: 400 },
    timed: true,
    contestants: all,
  },
  {
    set: 'channels',
    title: '1,000 channels, each with 10 members and one who speaks, 4 under way in each',
    servers: 1,
    load: { ...one, groups: 1000, listenersEach: 10 },
    pressure: { kind: 'closed', depth: 4 },
    timed: true,
    contestants: fast,
  },
  {
    set: 'talk',
    title: '20 channels of 50 people who all talk, 2 under way of each',
    servers: 1,
    load: { ...one, groups: 20, speakersEach: 0, listenersEach: 50 },
    pressure: { kind: 'closed', depth: 2 },
    timed: true,
    contestants: fast,
  },
  {
    set: 'large',
    title: '4,000 bytes to 100 members, 20 under way',
    servers: 1,
    load: { ...one, textBytes: 4_000, listenersEach: 100 },
    pressure: { kind: 'closed', depth: 20 },
    timed: true,
    contestants: fast,
  },
  {
    set: 'many-each',
    title: '20 people in 50 channels each, one who speaks in all, 100 under way',
    servers: 1,
    load: { ...one, channelsEach: 50, listenersEach: 20 },
    pressure: { kind: 'closed', depth: 100 },
    timed: true,
    contestants: ['hearsay', 'hearsay-ws', 'nats-server', 'mosquitto'],
  },
  {
    set: 'mixed',
    title: 'one TCP client to 100 WebSocket clients, 100 under way',
    servers: 1,
    load: { ...one, listenersEach: 100 },
    pressure: { kind: 'closed', depth: 100 },
    timed: true,
    contestants: ['hearsay-tcp-to-ws'],
  },
  ...[1, 100].map(
    (members): Shape => ({
      set: 'link',
      title: `over a link to ${members} ${members === 1 ? 'member' : 'members'}, 400 under way`,
      servers: 2,
      load: { ...one, listenersEach: members },
      pressure: { kind: 'closed', depth: 400 },
      timed: true,
      contestants: ['hearsay', 'nats-server'],
    }),
  ),
  {
    set: 'forward',
    title: 'over two links, through a server that only forwards, to one member, 400 under way',
    servers: 3,
    load: { ...one, listenersEach: 1 },
    pressure: { kind: 'closed', depth: 400 },
    timed: true,
    contestants: ['hearsay'],
  },
  {
    set: 'churn',
    title: '50 people join and leave a channel in which 50 others are (of which nats-server tells nobody)',
    servers: 1,
    load: { ...one, speakersEach: 50, listenersEach: 50 },
    pressure: { kind: 'churn' },
    counts: 'joins and leaves',
    contestants: ['hearsay', 'hearsay-ws', 'nats-server'],
  },
  {
    set: 'idle',
    title: '10,000 clients who only listen, in 1,000 channels',
    servers: 1,
    load: { ...one, groups: 1000, speakersEach: 0, listenersEach: 10 },
    pressure: { kind: 'idle' },
    counts: 'kB a client',
    contestants: all,
  },
  {
    set: 'rest',
    title: '4,000 people who say nothing, in 200,000 channels on one of two servers',
    servers: 2,
    load: { ...one, groups: 4000, channelsEach: 50, listenersEach: 0 },
    pressure: { kind: 'idle' },
    counts: 'ms of CPU/s',
    contestants: ['hearsay', 'nats-server'],
  },
  {
    set: 'stuck-memory',
    title: 'memory taken by 1,000 members who read nothing, beside 10 who do, at 2,000 messages a second',
    servers: 1,
    load: { ...one, listenersEach: 10, stuckEach: 1000 },
    pressure: { kind: 'open', perSecond: 2_000 },
    counts: 'MB more',
    contestants: ['hearsay', 'hearsay-ws', 'nats-server'],
  },
  {
    set: 'stuck',
    title:
      'what one more member does to 1,000 others, 50 texts in each turn: ratios to one who reads, with their 95 % intervals',
    servers: 1,
    load: { ...one, channelsEach: 2, listenersEach: 1000, guestVisits: 8 },
    pressure: { kind: 'closed', depth: 50 },
    contestants: ['hearsay', 'hearsay-ws'],
  },
  ...workerShapes(),
];

/**
 * One process beside two, at rates that one process can keep up with. The processor time of each process shows how much
 * they could do if the clients were on another machine.
 */
function workerShapes(): Shape[] {
  const shapeOf = (members: number, perSecond: number): Shape => ({
    set: 'workers',
    title: `${members} members on one process and on two, ${perSecond} messages a second`,
    servers: 1,
    load: { ...one, listenersEach: members },
    pressure: { kind: 'open', perSecond },
    sharesProcessors: true,
    contestants: ['hearsay', 'hearsay-2-workers'],
  });
  return [
    shapeOf(1000, 60),
    shapeOf(1000, 4_000),
    shapeOf(100, 500),
    shapeOf(100, 40_000),
    shapeOf(10, 100_000),
  ];
}
