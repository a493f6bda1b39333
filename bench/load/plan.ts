/** What the load generator is to do, and what it found out: everything that passes between it and `bench/run.ts`. */

/** How a server is spoken to. */
export type DialectName = 'json-tcp' | 'json-websocket' | 'nats' | 'raw-tcp' | 'raw-websocket' | 'mqtt';

/** The address of a server's door. */
export interface Door {
  readonly dialect: DialectName;
  readonly port: number;
}

export type Pressure =
  /** Each speaker has so many messages under way, as fast as the server takes them. */
  | { readonly kind: 'closed'; readonly depth: number }
  /** So many messages are said each second, whether or not the server keeps up. */
  | { readonly kind: 'open'; readonly perSecond: number }
  /** Speakers say nothing, but leave and join again as fast as they are answered. */
  | { readonly kind: 'churn' }
  /** Nobody says anything. */
  | { readonly kind: 'idle' };

export interface Plan {
  /** Where speakers connect, and where listeners do. */
  readonly speakers: Door;
  readonly listeners: Door;
  /** Groups of people that have nothing to do with one another, each with channels of its own. */
  readonly groups: number;
  /** Everybody in a group is in all its channels; what is said goes to each in turn. */
  readonly channelsEach: number;
  readonly listenersEach: number;
  /** How many further people only speak; with 0, all listeners speak. */
  readonly speakersEach: number;
  readonly textBytes: number;
  readonly pressure: Pressure;
  /** How many listeners of each group never read. */
  readonly stuckEach: number;
  /** If given, the run measures how guests affect the others, in at most so many visits of each kind. */
  readonly guestVisits?: number;
  /** Time from when all are there until they begin. */
  readonly settleMs: number;
  /** Time to warm up, which is not counted. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The run ends when so many were said, whatever its time. */
  readonly mostMessages: number;
  /** The ids of the processes whose processor time is wanted. */
  readonly pids: readonly number[];
}

/** How a guest reads: `fifty` stands for a guest and fifty more people who all read. */
export type GuestKind = 'reads' | 'stuck' | 'slow' | 'fifty';

/** A round: some texts said at once. */
export interface Round {
  /** Time until all but the guest had heard them. */
  readonly heardMs: number;
  /** Time until the server had finished with them, and so with the guest, too. */
  readonly doneMs: number;
  /** Processor time of the server's main thread for that. */
  readonly cpuMs: number;
}

/** A round with a guest, and one just before or after it with somebody in its place who reads. */
export interface Pair {
  readonly withGuest: Round;
  readonly without: Round;
}

export interface Visit {
  readonly guest: GuestKind;
  readonly pairs: readonly Pair[];
}

export interface Outcome {
  readonly seconds: number;
  /** Messages said, or joins and leaves answered. */
  readonly said: number;
  /** Messages, counted once for each who heard them. */
  readonly heard: number;
  /** Processor time of each process of the plan. */
  readonly cpuSeconds: readonly number[];
  /** Processor time of the load generator itself. */
  readonly loadCpuSeconds: number;
  /** Memory of all processes of the plan: before anybody came, when all were there, and at the end. */
  readonly residentBytes: { readonly empty: number; readonly full: number; readonly end: number };
  /** Times from saying to hearing: in open runs of each message, in closed ones of depth 1 until all have heard it. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly worst: number };
  /** Only in plans with guests. */
  readonly visits?: readonly Visit[];
}
