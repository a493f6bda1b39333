/** The receiving end of one stream, for tests. It is given events and SYNCs, and keeps what it was ready to deliver. */
import type { Stream } from '../../lib/peer/core/streams/stream.js';
import { InboundStreams, type Step } from '../../lib/peer/core/streams/streams.js';
import type { Sync } from '../../lib/wire/peer-frame.js';
import { type EventFrameOptions, eventFrame } from './event-frames.js';

export const origin = 'a1'.repeat(16);

export function sync(seq: number, members: readonly string[] = []): Sync {
  return { type: 'sync', origin, channel: 'lobby', base: seq, seq, members };
}

/** A step in short: an event's number, or `=` and the number of a SYNC. */
export function shown(steps: readonly Step[]): (number | string)[] {
  return steps.flatMap((step): (number | string)[] => {
    if (step.type === 'sync') return [`=${step.seq}`];
    if (step.type === 'lost') return [];
    const { frame, skipped } = step;
    return Array.from({ length: frame.count - skipped }, (_, i) => frame.seq + skipped + i);
  });
}

/** A receiver of one stream, with the steps that it was ready to take. */
export class Receiver {
  readonly streams = new InboundStreams();
  readonly stream: Stream = this.streams.open(origin, 'lobby', 0);
  readonly done: (number | string)[] = [];
  nowMs = 0;

  /** Gives it events. @returns for each whether it was new */
  take(...seqs: readonly number[]): boolean[] {
    return seqs.map((seq) => this.takeOne(seq));
  }

  takeOne(seq: number, options: EventFrameOptions = {}, sentBy?: string): boolean {
    const steps = this.streams.accept(this.stream, eventFrame(seq, options), sentBy, this.nowMs);
    this.done.push(...shown(steps ?? []));
    return steps !== undefined;
  }

  sync(seq: number): void {
    this.done.push(...shown(this.streams.sync(this.stream, sync(seq), this.nowMs)));
  }

  skip(seq: number): void {
    this.done.push(...shown(this.streams.skip(this.stream, seq, this.nowMs)));
  }

  get isUnsure(): boolean {
    return [...this.streams.needs.all()].includes(this.stream);
  }

  get hasGap(): boolean {
    return [...this.streams.gaps].includes(this.stream);
  }
}

/** A receiver whose stream begins after a number. */
export function begunAt(seq: number): Receiver {
  const receiver = new Receiver();
  receiver.sync(seq);
  receiver.done.length = 0;
  return receiver;
}
