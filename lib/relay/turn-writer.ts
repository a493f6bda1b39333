/** Hands members what channels have for them at the end of a turn: in one write a member, in however many channels it is. */
import type { Session } from './session.js';

export class TurnWriter {
  readonly #gathered = new Map<Session, Buffer[]>();

  /** @param several whether more than one channel has something to say in this turn */
  constructor(private readonly several: boolean) {}

  write(session: Session, bytes: Buffer): void {
    if (!this.several || session.channels.size < 2) {
      session.outbox.write(bytes);
      return;
    }
    const gathered = this.#gathered.get(session);
    if (gathered) gathered.push(bytes);
    else this.#gathered.set(session, [bytes]);
  }

  end(): void {
    for (const [session, parts] of this.#gathered) if (!session.closed) session.outbox.writeAll(parts);
  }
}
