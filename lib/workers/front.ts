/**
 * The client ports of a server with workers. Connections are accepted here, and each is given to the worker that has
 * the fewest. It is handed over unread, so that the worker that serves it gets it from its first byte.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { limits } from '../limits.js';
import type { Capacity } from '../listen/capacity.js';
import { type Door, listen } from '../listen/door.js';
import type { DoorOptions } from '../listen/transport.js';
import type { DoorName } from '../options.js';

/** A process that serves connections: this one, or a worker's. */
export interface Taker {
  /** Whether it can be given connections now. */
  readonly isReady: boolean;
  /** How many connections it has been given that have not ended, as far as is known here. */
  readonly connections: number;
  /**
   * Gives it a connection.
   *
   * @param gone to be called when this process no longer has a descriptor for the connection
   */
  take(door: DoorName, socket: Socket, gone: () => void): void;
}

export interface FrontOptions extends Pick<DoorOptions, 'log' | 'clock'> {
  /**
   * The room of this process. The connections that it serves and those that it has not handed over yet share it. Each
   * worker has a room of its own.
   */
  readonly capacity: Capacity;
}

export class Front {
  readonly #servers: Server[] = [];
  #last = -1;

  constructor(
    private readonly takers: readonly Taker[],
    private readonly options: FrontOptions,
  ) {}

  /**
   * Opens the port of a door.
   *
   * @returns the number of the port
   * @throws ListenError
   */
  async open(name: DoorName, { what }: Door, host: string, port: number): Promise<number> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.handOut(name, socket));
    this.#servers.push(server);
    return listen(server, host, port, what, this.options);
  }

  /** Gives a connection to the process that has the fewest; where several have as few, they take turns. */
  handOut(door: DoorName, socket: Socket): void {
    const { capacity } = this.options;
    capacity.enter(socket);
    if (socket.destroyed) return;
    const { length } = this.takers;
    // A process that has as many as it can serve still gets some more, because it makes room for them by itself.
    const most = capacity.connections + limits.handedBeyondRoom;
    let chosen: Taker | undefined;
    let place = this.#last;
    for (let i = 1; i <= length; i++) {
      const taker = this.takers[(this.#last + i) % length];
      if (!taker?.isReady || taker.connections >= (chosen?.connections ?? most)) continue;
      chosen = taker;
      place = (this.#last + i) % length;
    }
    this.#last = place;
    const gone = (): void => capacity.leave(socket);
    if (chosen) {
      chosen.take(door, socket, gone);
    } else {
      gone();
      socket.destroy();
    }
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }
}

/** The main process, as one of those that serve connections. */
export class ThisProcess implements Taker {
  readonly isReady = true;
  connections = 0;

  constructor(private readonly doors: ReadonlyMap<DoorName, Door>) {}

  take(door: DoorName, socket: Socket, gone: () => void): void {
    this.connections++;
    socket.once('close', () => {
      this.connections--;
      gone();
    });
    this.doors.get(door)?.take(socket);
  }
}
