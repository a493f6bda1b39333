/**
 * Hands members the bytes that channels have for them at the end of a turn, with one write for each member, even if it
 * is in several channels.
 */
import type { Member, MemberWriter } from './channel.js';

export class TurnWriter implements MemberWriter {
  readonly #gathered = new Map<Member, Buffer[]>();

  /** @param several whether more than one channel has something to say in this turn */
  constructor(private readonly several: boolean) {}

  write(member: Member, bytes: Buffer): void {
    if (!this.several || member.channels.size < 2) {
      member.outbox.write(bytes);
      return;
    }
    const gathered = this.#gathered.get(member);
    if (gathered) gathered.push(bytes);
    else this.#gathered.set(member, [bytes]);
  }

  /** Writes what was gathered for members of several channels. */
  end(): void {
    for (const [member, parts] of this.#gathered) if (!member.closed) member.outbox.writeAll(parts);
  }
}
