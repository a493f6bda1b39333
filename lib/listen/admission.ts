/**
 * A client that is let in: what its outbox and its session have to know of its connection, and of each other.
 *
 * One object with methods, and not closures for each: there may be many thousands of them.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import type { CloseReason, Connection, LaneFormat } from '../relay/connection.js';
import type { Session } from '../relay/session.js';
import { ProtocolError } from '../wire/errors.js';
import { SocketOutbox } from './outbox.js';
import type { DoorOptions, OutboxOptions, Transport } from './transport.js';

export class Admission implements Connection, OutboxOptions {
  readonly outbox: SocketOutbox;
  /** Undefined until the relay has opened it, and if that turned the client away. */
  session: Session | undefined;

  constructor(
    socket: Socket,
    readonly format: LaneFormat,
    readonly address: string,
    private readonly transport: Transport,
    private readonly door: Pick<DoorOptions, 'relay' | 'clock' | 'log'>,
  ) {
    this.outbox = new SocketOutbox(socket, this);
  }

  get clock(): Clock {
    return this.door.clock;
  }

  isOpen(): boolean {
    return this.transport.isOpen();
  }

  sayGoodbye(reason: CloseReason): void {
    this.transport.sayGoodbye(reason);
  }

  setReading(reading: boolean): void {
    this.transport.setReading(reading);
  }

  onSlow(): void {
    this.door.log.info('client is slow', {
      client: this.address,
      name: this.session?.name,
      waitingBytes: this.outbox.waitingBytes,
    });
  }

  onTooSlow(why: string): void {
    if (!this.session) return;
    const error = new ProtocolError('too-slow', `You read too slowly (${why}); connect again to go on.`);
    this.door.relay.disconnect(this.session, 'too-slow', error);
  }
}
