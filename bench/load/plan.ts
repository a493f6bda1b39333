/** What the load generator is to do, and what it found: all that passes between it and `bench/run.ts`. */

/** How a server is spoken to. */
export type DialectName = 'json-tcp' | 'json-websocket' | 'nats' | 'raw-tcp' | 'raw-websocket' | 'mqtt';

/** A door of a server. */
export interface Door {
  readonly dialect: DialectName;
  readonly port: number;
}

export type Pressure =
  /** So many messages of each speaker are under way, as fast as they go. */
  | { readonly kind: 'closed'; readonly depth: number }
  /** So many are said in each second, whatever becomes of them. */
  | { readonly kind: 'open'; readonly perSecond: number }
  /** Speakers say nothing, but leave and join again as fast as they are answered. */
  | { readonly kind: 'churn' }
  /** Nobody says anything. */
  | { readonly kind: 'idle' };

export interface Plan {
  /** Where those are who speak, and those who listen. */
  readonly speakers: Door;
  readonly listeners: Door;
  /** Groups of people that have nothing to do with one another, each with channels of its own. */
  readonly groups: number;
  /** Everybody in a group is in all its channels; what is said goes to each in turn. */
  readonly channelsEach: number;
  readonly listenersEach: number;
  /** Further people who only speak; with none, all who listen speak. */
  readonly speakersEach: number;
  readonly textBytes: number;
  readonly pressure: Pressure;
  /** Listeners of each group who never read. */
  readonly stuckEach: number;
  /** If given, what is measured is what guests do to the others, in so many visits of each kind at most. */
  readonly guestVisits?: number;
  /** From when all are there until they begin. */
  readonly settleMs: number;
  /** Not counted. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The run ends when so many were said, whatever its time. */
  readonly mostMessages: number;
  /** Processes whose use of the processor is of interest. */
  readonly pids: readonly number[];
}

/** How somebody reads who comes for a visit: `fifty` stands for him and fifty more who read. */
export type GuestKind = 'reads' | 'stuck' | 'slow' | 'fifty';

/** Some texts said at once. */
export interface Round {
  /** Until all had heard them, but for the guest. */
  readonly heardMs: number;
  /** Until the server had done with them, and so with the guest, too. */
  readonly doneMs: number;
  /** Time of the server's main thread on a processor for that. */
  readonly cpuMs: number;
}

/** A round where a guest is, and one just before or after it where somebody else is, who reads. */
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
  /** From saying to hearing. Of open runs, each message; of closed ones at depth 1, until all have heard it. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly worst: number };
  /** Of plans with guests. */
  readonly visits?: readonly Visit[];
}
