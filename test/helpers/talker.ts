/** A member of a channel who says numbered messages, and checks of what the others heard of them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMessage } from './messages.js';
import type { RawClient } from './raw-client.js';

export class Talker {
  /** The number of the last message. */
  said = 0;
  /** Notes that its server is gone, so that nothing more is expected of it. */
  excused = false;

  constructor(
    readonly name: string,
    readonly client: RawClient,
    private readonly channel: string,
  ) {}

  async join(): Promise<void> {
    await this.client.enter(this.channel, this.name);
  }

  say(): void {
    if (this.excused) return;
    this.client.send({ type: 'msg', channel: this.channel, text: String(++this.said) });
  }

  /** Asks who is there until all of these are; there may be others too. */
  async untilAmong(names: readonly string[]): Promise<void> {
    for (let members: readonly unknown[] = []; !names.every((name) => members.includes(name)); ) {
      this.client.send({ type: 'names', channel: this.channel });
      const answer = await this.client.nextWith({ type: 'names' });
      members = Array.isArray(answer.members) ? answer.members : [];
    }
  }

  /** Resolves when these messages have come: a number for each speaker. */
  async untilHeard(numbers: ReadonlyMap<string, number>): Promise<void> {
    const heard = this.heard();
    const awaited = new Map(
      [...numbers].filter(([speaker, number]) => !heard.get(speaker)?.includes(number)),
    );
    while (awaited.size > 0) {
      const { type, from, text } = await this.client.next();
      const speaker = String(from);
      if (type === 'msg' && awaited.get(speaker) === Number(text)) awaited.delete(speaker);
    }
  }

  /** The numbers of the messages that came, for each speaker, as they came. */
  heard(): Map<string, number[]> {
    const heard = new Map<string, number[]>();
    for (const text of this.client.texts) {
      if (!text.includes('"msg"')) continue;
      const { type, from, text: number } = parseMessage(text);
      if (type !== 'msg') continue;
      const numbers = heard.get(String(from)) ?? [];
      numbers.push(Number(number));
      heard.set(String(from), numbers);
    }
    return heard;
  }
}

/** Messages that came twice, or after a later one, with a sentence for each. */
export function disorders(talkers: readonly Talker[]): string[] {
  return talkers.flatMap((listener) =>
    [...listener.heard()].flatMap(([speaker, numbers]) => {
      const seen = new Set<number>();
      let highest = 0;
      return numbers.flatMap((number) => {
        const isAgain = seen.has(number);
        const isLate = !isAgain && number < highest;
        seen.add(number);
        highest = Math.max(highest, number);
        if (isAgain) return [`${listener.name} heard ${speaker}'s ${number} again`];
        return isLate ? [`${listener.name} heard ${speaker}'s ${number} after ${highest}`] : [];
      });
    }),
  );
}

/** The first message of a speaker from which on a listener must hear all of them. */
export type ExpectedFrom = (listener: Talker, speaker: Talker) => number;

/** Messages that were not heard although both were there all along, with a sentence for each speaker and listener. */
export function losses(talkers: readonly Talker[], expectedFrom: ExpectedFrom): string[] {
  const present = talkers.filter(({ excused }) => !excused);
  return present.flatMap((listener) => {
    const heard = listener.heard();
    return present.flatMap((speaker) => {
      if (speaker === listener) return [];
      const had = new Set(heard.get(speaker.name));
      const missing: number[] = [];
      for (let number = expectedFrom(listener, speaker); number <= speaker.said; number++) {
        if (!had.has(number)) missing.push(number);
      }
      return missing.length === 0
        ? []
        : [`${listener.name} did not hear ${speaker.name}'s ${runs(missing).join(', ')}`];
    });
  });
}

/** `3`, `7 to 12`. */
function runs(numbers: readonly number[]): string[] {
  const told: string[] = [];
  let first = numbers[0];
  for (const [index, number] of numbers.entries()) {
    if (numbers[index + 1] === number + 1) continue;
    told.push(first === number ? String(number) : `${first} to ${number}`);
    first = numbers[index + 1];
  }
  return told;
}

/** Writes everything that each one was sent into files. @returns the folder */
export function keepLogs(talkers: readonly Talker[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-talk-'));
  for (const { name, client } of talkers) {
    writeFileSync(join(folder, `${name}.jsonl`), `${client.texts.join('\n')}\n`);
  }
  return folder;
}
