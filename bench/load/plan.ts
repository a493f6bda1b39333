/** What the load generator is to do, and what it found: all that passes between it and `bench/run.ts`. */

/** How a server is spoken to. */
export type DialectName = 'json-tcp' | 'json-websocket' | 'nats' | 'raw-tcp' | 'raw-websocket' | 'mqtt';

/** A door of a server. */
export interface Door {
  readonly dialect: DialectName;
  readonly port: number;
}

/** Closed: so many messages of each publisher are under way, as fast as they go. Open: so many are sent in each second. */
export type Pressure =
  | { readonly kind: 'closed'; readonly depth: number }
  | { readonly kind: 'open'; readonly perSecond: number };

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
  /** Not counted. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** The run ends when so many were said, whatever its time. */
  readonly mostMessages: number;
  /** Processes whose use of the processor is of interest. */
  readonly pids: readonly number[];
}

export interface Outcome {
  readonly seconds: number;
  /** Messages said, and heard (counted once for each who heard them). */
  readonly said: number;
  readonly heard: number;
  /** Processor time of each process of the plan. */
  readonly cpuSeconds: readonly number[];
  /** Processor time of the load generator itself. */
  readonly loadCpuSeconds: number;
  /** From saying to hearing. Of open runs, each message; of closed ones at depth 1, until all have heard it. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly worst: number };
}
