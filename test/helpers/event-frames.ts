/** Events of streams for tests, with the bytes that they have on a link. */
import { asResent, decodeEvent, type EventFrame, encodeEventFrame } from '../../lib/wire/peer-event.js';

export interface EventFrameOptions {
  readonly origin?: string;
  readonly channel?: string;
  readonly number?: number;
  readonly presence?: boolean;
  readonly resent?: boolean;
  readonly json?: string;
  /** How many events it has. */
  readonly count?: number;
}

/**
 * A run of a stream's events that begins at a number. That is also the origin's own number for the run, unless another
 * is given.
 */
export function eventFrame(seq: number, options: EventFrameOptions = {}): EventFrame {
  const { origin = 'a1'.repeat(16), channel = 'lobby', number = seq, presence = false } = options;
  const { count = 1 } = options;
  const texts = Array.from(
    { length: count },
    (_, i) => `{"type":"msg","text":"this is event number ${seq + i}"}`,
  );
  const json = options.json ?? texts.join('\n');
  const bytes = encodeEventFrame({ origin, channel, number, seq, count, view: 0, presence }, json);
  return decodeEvent(options.resent ? asResent(bytes) : bytes);
}
