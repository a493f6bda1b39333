/** Connections without sockets, in which a test plays the server's part. */
import type { Dial, Transport, TransportHandlers } from '../../lib/client/transport.js';
import type { ServerMessage } from '../../lib/wire/messages.js';

export class FakeConnection implements Transport {
  /** What the client said, decoded. */
  readonly sent: Record<string, unknown>[] = [];
  ended = false;

  constructor(private readonly handlers: TransportHandlers) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  end(): void {
    this.lose('ended');
  }

  destroy(): void {
    this.lose('destroyed');
  }

  // ---- The server's part.

  open(): void {
    this.handlers.onOpen();
  }

  say(message: ServerMessage | Record<string, unknown>): void {
    this.handlers.onText(JSON.stringify(message));
  }

  welcome(): void {
    this.open();
    this.say(welcome);
  }

  sayText(text: string): void {
    this.handlers.onText(text);
  }

  /** Ends the connection a little later, as sockets do. */
  lose(why: string): void {
    if (this.ended) return;
    this.ended = true;
    setImmediate(() => this.handlers.onEnd(why));
  }
}

export const welcome = {
  type: 'welcome',
  server: 'alpha',
  version: '1.0.0',
  protocol: 1,
  limits: {
    textBytes: 100,
    userNameCharacters: 32,
    channelNameCharacters: 64,
    channelsPerSession: 50,
    lineBytes: 1000,
  },
} as const satisfies ServerMessage;

/** Keeps every connection that was dialled, in order. */
export function fakeDial(): {
  readonly dial: Dial;
  readonly made: FakeConnection[];
  latest(): FakeConnection;
} {
  const made: FakeConnection[] = [];
  return {
    made,
    dial: (handlers) => {
      const connection = new FakeConnection(handlers);
      made.push(connection);
      return connection;
    },
    latest: () => {
      const latest = made.at(-1);
      if (!latest) throw new Error('nothing was dialled');
      return latest;
    },
  };
}
