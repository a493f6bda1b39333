/**
 * The price of what a client sends without saying anything: empty lines over TCP, pings and pongs over WebSocket.
 * [PROTOCOL 6]
 *
 * Commands have a price of their own (lib/relay/intake.ts). Without this one, a client could keep a server busy with
 * frames that are no command.
 */
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Relay } from '../relay/relay.js';
import type { Session } from '../relay/session.js';
import { TokenBucket } from '../relay/token-bucket.js';
import { ProtocolError } from '../wire/errors.js';
import type { Transport } from './transport.js';

/** What one client pays. Most clients hardly ever send anything of the kind, so the bucket is made at the first. */
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
 * For a client that could not pay: ends its session. When that has ended already, stops to read from it, as a client
 * that floods would otherwise be listened to until its last words are out.
 *
 * @param session undefined for a client that was turned away
 */
export function refuseWordless(relay: Relay, session: Session | undefined, transport: Transport): void {
  if (!session || session.closed) {
    transport.setReading(false);
    return;
  }
  const text = 'Too many empty lines, pings or pongs at once; this connection ends here.';
  relay.disconnect(session, 'abuse', new ProtocolError('rate-limited', text));
}
