/**
 * Clients that know the protocol's bytes and use none of this project's own code. They keep what they are sent as it
 * came, and can send any bytes.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { type Message, parseMessage } from './messages.js';
import { clientFrame } from './web-socket-frames.js';

export type TransportName = 'tcp' | 'websocket';

export abstract class RawClient {
  abstract readonly transport: TransportName;
  abstract readonly socket: Socket;
  /** Each message as it came. */
  readonly texts: string[] = [];
  /** Resolves when the connection has ended, with the close code if the transport has one. */
  readonly ended: Promise<number | undefined>;
  #taken = 0;
  #hasEnded = false;
  #onChange: () => void = () => {};
  #resolveEnded: (code: number | undefined) => void = () => {};
  #pings = 0;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** The bytes that carry one text. */
  abstract bytesOf(text: string): Buffer;

  /** Closes the connection properly, in the transport's own way. */
  abstract close(): Promise<void>;

  send(message: object): void {
    this.sendRaw(JSON.stringify(message));
  }

  /** Sends any text as one message. */
  sendRaw(text: string): void {
    this.write(this.bytesOf(text));
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next message, which must have this type if one is given. */
  async next(type?: string): Promise<Message> {
    while (this.texts.length === this.#taken) {
      if (this.#hasEnded) throw new Error(`the connection ended instead of ${type ?? 'a message'}`);
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
    const text = this.texts[this.#taken++] ?? '';
    const message = parseMessage(text);
    if (type === undefined || message.type === type) return message;
    throw new Error(`expected ${type}, and got ${text}`);
  }

  /** The next message with all of these fields; those before it are passed over. */
  async nextWith(fields: Message): Promise<Message> {
    for (;;) {
      const message = await this.next();
      if (Object.entries(fields).every(([field, value]) => message[field] === value)) return message;
    }
  }

  /** Asks for something, and takes the next message for its answer. */
  ask(message: object): Promise<Message> {
    this.send(message);
    return this.next();
  }

  /** Sends something that has no effect, and returns the welcome, which is the first thing that the server says. */
  async greet(): Promise<Message> {
    this.send({ type: 'ping', ref: 'greeting' });
    const welcome = await this.next('welcome');
    await this.next('pong');
    return welcome;
  }

  /** Joins for the first time. */
  async enter(channel: string, name: string): Promise<Message> {
    this.send({ type: 'join', channel, name });
    await this.next('welcome');
    return await this.next('joined');
  }

  /**
   * What was said to this client until a ping returned, so that nothing is missing that was under way when it was
   * called.
   */
  async settle(): Promise<Message[]> {
    const ref = `settle-${++this.#pings}`;
    this.send({ type: 'ping', ref });
    const heard: Message[] = [];
    for (;;) {
      const message = await this.next();
      if (message.type === 'pong' && message.ref === ref) return heard;
      heard.push(message);
    }
  }

  /** All that is said until the connection ends. */
  async rest(): Promise<Message[]> {
    await this.ended;
    const rest = this.texts.slice(this.#taken).map(parseMessage);
    this.#taken = this.texts.length;
    return rest;
  }

  protected received(text: string): void {
    this.texts.push(text);
    this.#onChange();
  }

  protected end(code?: number): void {
    this.#hasEnded = true;
    this.#onChange();
    this.#resolveEnded(code);
  }
}

class TcpClient extends RawClient {
  readonly transport = 'tcp';
  #rest = '';

  constructor(readonly socket: Socket) {
    super();
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.received(line);
    });
    socket.on('error', () => {});
    socket.on('close', () => this.end());
  }

  override bytesOf(text: string): Buffer {
    return Buffer.from(`${text}\n`);
  }

  override async close(): Promise<void> {
    this.socket.end();
    await this.ended;
  }
}

class WebSocketClient extends RawClient {
  readonly transport = 'websocket';

  constructor(
    readonly socket: Socket,
    private readonly webSocket: WebSocket,
  ) {
    super();
    webSocket.on('message', (data, isBinary) => this.received(isBinary ? '"binary"' : data.toString()));
    webSocket.on('error', () => {});
    webSocket.on('close', (code) => this.end(code));
  }

  override bytesOf(text: string): Buffer {
    return clientFrame(text);
  }

  override async close(): Promise<void> {
    this.webSocket.close();
    await this.ended;
  }
}

/** Connects over loopback; resolves once messages can be sent. */
export async function connectRaw(
  transport: TransportName,
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  if (transport === 'tcp') {
    const client = new TcpClient(socket);
    await once(socket, 'connect');
    return client;
  }
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/`, {
    createConnection: () => socket,
    headers: { ...headers },
  });
  const client = new WebSocketClient(socket, webSocket);
  await once(webSocket, 'open');
  return client;
}
