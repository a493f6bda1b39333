/** What a speaker says at once: ready-made bytes into which only numbers and times are filled. */
import { Buffer } from 'node:buffer';
import type { Connection } from './connection.js';
import { nextText, numberDigits, templateText, timeDigits, writeDigits } from './text.js';

export class Script {
  readonly #marks: number[] = [];

  private constructor(private readonly bytes: Buffer) {
    for (let at = nextText(bytes, 0); at >= 0; at = nextText(bytes, at + 1)) this.#marks.push(at);
  }

  /**
   * @param texts how many texts; each goes to the speaker's next channel
   * @param from the channel of the first text
   */
  static of(
    { dialect, person: { channels } }: Pick<Connection, 'dialect' | 'person'>,
    texts: number,
    textBytes: number,
    from = 0,
  ): Script {
    const says = channels.map((channel) => dialect.say(channel, templateText(textBytes)));
    const parts = Array.from({ length: texts }, (_, i) => says[(from + i) % says.length] ?? Buffer.alloc(0));
    return new Script(Buffer.concat(parts));
  }

  /** @returns the same Buffer each time: it must have been written before it is filled again */
  fill(number: number, microseconds: number): Buffer {
    for (const [i, at] of this.#marks.entries()) {
      writeDigits(this.bytes, at + 1, numberDigits, number + i);
      writeDigits(this.bytes, at + 1 + numberDigits, timeDigits, microseconds);
    }
    return this.bytes;
  }
}
