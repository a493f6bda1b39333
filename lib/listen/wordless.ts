/**
 * The price of what a client sends that is not a command: empty lines over TCP, pings and pongs over WebSocket.
 * [PROTOCOL 6]
 *
 * Commands have a price of their own (lib/relay/intake.ts). Without this one, a client could keep a server busy with
 * frames that are not commands.
 */
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Relay } from '../relay/relay.js';
import type { Session } from '../relay/session.js';
import { TokenBucket } from '../relay/token-bucket.js';
import { ProtocolError } from '../wire/errors.js';
import type { Transport } from './transport.js';

/** The toll of one client. Most clients hardly ever have to pay it, so its bucket is made at the first payment. */
export class WordlessToll {
  #bucket: TokenBucket | undefined;

  constructor(private readonly clock: Pick<Clock, 'nowMs'>) {}

  /** Takes the price of one. @returns whether the client could pay it */
  take(): boolean {
    const nowMs = this.clock.nowMs();
    this.#bucket ??= new TokenBucket(limits.wordlessPerSecond, limits.wordlessBurst, nowMs);
    return this.#bucket.take(nowMs) === 0;
  }
}

/**
 * Ends the session of a client that could not pay. If it has ended already, it stops reading from the client; otherwise
 * a client that floods would be read from until its last words are sent.
 *
 * @param session undefined for a client that was turned away
 */
export function refuseWordless(relay: Relay, session: Session | undefined, transport: Transport): void {
  if (!session || session.closed) {
    transport.setReading(false);
    return;
  }
  const text = 'Too many empty lines, pings or pongs at once. This connection ends here.';
  relay.disconnect(session, 'abuse', new ProtocolError('rate-limited', text));
}
