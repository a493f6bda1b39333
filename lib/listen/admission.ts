/**
 * A client that has been let in. It joins the connection, the outbox and the session, which know one another only
 * through it.
 *
 * It is an object with methods, which takes less memory than closures for each client; there may be many thousands.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { LogBrake } from '../log-brake.js';
import type { CloseReason, Connection, LaneFormat } from '../relay/connection.js';
import type { Session } from '../relay/session.js';
import { ProtocolError } from '../wire/errors.js';
import type { Capacity } from './capacity.js';
import { SocketOutbox } from './outbox.js';
import type { DoorOptions, OutboxOptions, Transport } from './transport.js';
import { UnfinishedWatch } from './unfinished.js';

/** What all clients of a door share. */
export interface Shared {
  readonly capacity: Capacity;
  readonly slowClients: LogBrake;
}

export class Admission implements Connection, OutboxOptions {
  readonly outbox: SocketOutbox;
  readonly #unfinished = new UnfinishedWatch();
  /** The client's session; undefined before the relay has opened it, and if the relay turned the client away. */
  session: Session | undefined;

  constructor(
    private readonly socket: Socket,
    readonly format: LaneFormat,
    readonly address: string,
    private readonly transport: Transport,
    private readonly door: Pick<DoorOptions, 'relay' | 'clock'>,
    private readonly shared: Shared,
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
    this.shared.capacity.dismiss(this.socket);
  }

  setReading(reading: boolean): void {
    this.transport.setReading(reading);
  }

  onSlow(): void {
    this.shared.slowClients.note({
      client: this.address,
      name: this.session?.name,
      waitingBytes: this.outbox.waitingBytes,
    });
  }

  onTooSlow(why: string): void {
    this.#endTooSlow(`You read too slowly: ${why}. Connect again to go on.`);
  }

  /** Checks whether the client has become too slow in reading or in writing. It is to be called every now and then. */
  sweep(): void {
    this.outbox.sweep();
    if (this.#unfinished.isOverdue(this.transport.unfinished(), this.clock.nowMs())) {
      this.#endTooSlow(
        `A message may take at most ${limits.messageMs / 1000} s to arrive. Connect again to go on.`,
      );
    }
  }

  #endTooSlow(text: string): void {
    if (this.session)
      this.door.relay.disconnect(this.session, 'too-slow', new ProtocolError('too-slow', text));
  }
}
