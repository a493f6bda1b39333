/**
 * Takes in what clients say, in order and at the rate that each may have, and answers with an error to what is wrong.
 * [PROTOCOL 2, 5, 6]
 *
 * A command that needs the network may take a while; that is its journey. Until it ends, the later commands of the same
 * session wait, and those of other sessions do not. If the network answers at once, the command is carried out at once.
 */
import type { Clock } from '../clock.js';
import { ProtocolError } from '../wire/errors.js';
import type { Ref } from '../wire/messages.js';
import type { Said } from './command-queue.js';
import { runCommand } from './commands.js';
import type { Journey } from './journey.js';
import type { Relay } from './relay.js';
import type { Session } from './session.js';

export class Intake {
  constructor(
    private readonly relay: Relay,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** Takes in one line or frame of a client. Never throws for anything that a client can send. */
  receive(session: Session, said: Said): void {
    if (session.closed) return;
    if (session.queue.isBusy) session.queue.add(said);
    else this.#carryOut(session, said);
  }

  #carryOut(session: Session, said: Said): void {
    const decoded = session.format.decode(said);
    try {
      this.#spendToken(session);
      if (!decoded.ok) throw decoded.error;
      const journey = runCommand(this.relay, session, decoded.message);
      if (journey) this.#follow(session, journey, decoded.message.ref);
    } catch (error) {
      this.#answer(session, error, decoded.ok ? decoded.message.ref : decoded.ref);
    }
  }

  #follow(session: Session, journey: Journey, ref: Ref | undefined): void {
    const progress = { isUnderWay: false, hasArrived: false };
    journey.begin(() => {
      if (progress.hasArrived) return;
      progress.hasArrived = true;
      if (progress.isUnderWay) this.#arrive(session, journey, ref);
    });
    if (progress.hasArrived) {
      journey.end();
      return;
    }
    progress.isUnderWay = true;
    session.queue.hold();
  }

  #arrive(session: Session, journey: Journey, ref: Ref | undefined): void {
    if (session.closed) return;
    session.queue.release();
    try {
      journey.end();
    } catch (error) {
      this.#answer(session, error, ref);
    }
    while (session.queue.isReady) this.#carryOut(session, session.queue.take());
    session.queue.checkIdle();
  }

  #spendToken(session: Session): void {
    const waitMs = session.bucket?.take(this.clock.nowMs()) ?? 0;
    if (waitMs > 0) {
      throw new ProtocolError(
        'rate-limited',
        'Too much at once; this command was not taken. Wait a moment.',
        waitMs,
      );
    }
  }

  #answer(session: Session, error: unknown, ref: Ref | undefined): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.relay.counters.errors++;
    session.sendError(error, ref);
    if (this.#forgives(session, error)) return;
    const abuse = new ProtocolError('rate-limited', 'Too many errors; this connection ends here.');
    this.relay.disconnect(session, 'abuse', abuse);
  }

  /**
   * Whether a session may go on after an error. Correct commands in between make no difference, because otherwise every
   * second command could be an error for ever. To be too fast does not count as an error, as long as the client waits
   * when it is told to.
   */
  #forgives(session: Session, { retryMs }: ProtocolError): boolean {
    const nowMs = this.clock.nowMs();
    if (retryMs !== undefined) {
      const wasToWait = nowMs < session.waitsUntilMs;
      session.waitsUntilMs = nowMs + retryMs;
      if (!wasToWait) return true;
    }
    return session.errorBucket.take(nowMs) === 0;
  }
}
