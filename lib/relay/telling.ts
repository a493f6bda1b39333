/**
 * The telling of a channel's messages to the members of one lane: the bytes that they share, and parts of them for
 * members who are not to get all.
 */
import { type Framed, frameAll } from '../wire/framing.js';
import type { Published } from '../wire/published.js';
import type { LaneFormat } from './connection.js';
import { gatherPresence } from './gather-presence.js';

/** The part of a turn for a member who does not get all: the messages from one on, without the member's own. */
export interface Part {
  readonly from: number;
  readonly own: number[];
}

export interface Told {
  /** How many messages the bytes are. */
  readonly count: number;
  readonly bytes: Buffer;
}

export interface Telling {
  readonly whole: Told;
  part(part: Part): Told;
}

/**
 * Makes the telling of a turn's messages.
 *
 * @param gathers whether joins and leaves that follow one another become one message
 */
export function tellingOf(turn: readonly Published[], format: LaneFormat, gathers: boolean): Telling {
  return gathers ? new GatheredTelling(turn, format) : new PlainTelling(turn, format);
}

const nothing: Told = { count: 0, bytes: Buffer.alloc(0) };

class PlainTelling implements Telling {
  #framed: Framed | undefined;
  #whole: Told | undefined;

  constructor(
    private readonly turn: readonly Published[],
    private readonly format: LaneFormat,
  ) {}

  get whole(): Told {
    this.#whole ??= { count: this.turn.length, bytes: this.#encoded.bytes };
    return this.#whole;
  }

  part(part: Part): Told {
    const count = this.turn.length - part.from - part.own.length;
    return count > 0 ? { count, bytes: partOf(this.#encoded, part) } : nothing;
  }

  /** The encoded turn. Made when somebody is to hear it, since often the only member here is the one who spoke. */
  get #encoded(): Framed {
    this.#framed ??= encode(this.turn, this.format);
    return this.#framed;
  }
}

/**
 * A telling with gathered presence. The joins and leaves since its beginning differ from part to part, so each is
 * encoded by itself.
 */
class GatheredTelling implements Telling {
  #whole: Told | undefined;

  constructor(
    private readonly turn: readonly Published[],
    private readonly format: LaneFormat,
  ) {}

  get whole(): Told {
    this.#whole ??= this.#gather(this.turn);
    return this.#whole;
  }

  part({ from, own }: Part): Told {
    const part = this.turn.slice(from);
    return this.#gather(own.length > 0 ? part.filter((_, i) => !own.includes(i + from)) : part);
  }

  #gather(messages: readonly Published[]): Told {
    if (messages.length === 0) return nothing;
    const gathered = gatherPresence(messages);
    return { count: gathered.length, bytes: encode(gathered, this.format).bytes };
  }
}

function encode(messages: readonly Published[], format: LaneFormat): Framed {
  return frameAll(
    format.framing,
    messages.map((message) => format.encode(message)),
  );
}

/** The bytes of a part. They are a piece of the shared ones, unless messages in their midst are left out. */
function partOf({ bytes, ends }: Framed, { from, own }: Part): Buffer {
  const startOf = (index: number): number => ends[index - 1] ?? 0;
  const runs: Buffer[] = [];
  let start = from;
  for (const left of [...own, ends.length]) {
    const run = bytes.subarray(startOf(start), startOf(left));
    if (run.length > 0) runs.push(run);
    start = left + 1;
  }
  const [only] = runs;
  return runs.length === 1 && only ? only : Buffer.concat(runs);
}
