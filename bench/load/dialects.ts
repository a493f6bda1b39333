/**
 * How each contestant is spoken to: what is sent to join, which answers show that one has joined, and how a text is
 * framed.
 */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { encodeClientMessage } from '../../lib/wire/encode-client-message.js';
import type { DialectName } from './plan.js';

export interface Person {
  readonly name: string;
  readonly channels: readonly string[];
  readonly listens: boolean;
}

/** A step of joining: what to send, and which words of the answers show that the next step may follow. */
export interface Step {
  readonly send: string | Buffer;
  /** How many times they must come after the step began. */
  readonly until?: string;
  readonly times?: number;
}

export interface Dialect {
  steps(person: Person): Step[];
  /** The bytes that say an ASCII text in a channel. */
  say(channel: string, text: string): Buffer;
  /** Leaves a channel and joins it again, if that is possible within a connection. */
  readonly churn?: (channel: string, name: string) => readonly [leave: Step, join: Step];
  /** Asks for an answer that comes after everything sent earlier has been dealt with. */
  readonly ping?: Step;
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'json-tcp': {
    steps: ({ name, channels }) => [
      {
        send: channels.map((channel) => `${join(channel, name)}\n`).join(''),
        until: '"type":"joined"',
        times: channels.length,
      },
    ],
    say: (channel, text) => Buffer.from(`${JSON.stringify({ type: 'msg', channel, text })}\n`),
    churn: (channel, name) => [
      { send: `${JSON.stringify({ type: 'leave', channel })}\n`, until: '"type":"left"' },
      { send: `${join(channel, name)}\n`, until: '"type":"joined"' },
    ],
    ping: { send: `${JSON.stringify({ type: 'ping' })}\n`, until: '"type":"pong"' },
  },
  'json-websocket': {
    steps: ({ name, channels }) => [
      upgrade('/'),
      {
        send: Buffer.concat(channels.map((channel) => frame(join(channel, name)))),
        until: '"type":"joined"',
        times: channels.length,
      },
    ],
    say: (channel, text) => frame(JSON.stringify({ type: 'msg', channel, text })),
    churn: (channel, name) => [
      { send: frame(JSON.stringify({ type: 'leave', channel })), until: '"type":"left"' },
      { send: frame(join(channel, name)), until: '"type":"joined"' },
    ],
    ping: { send: frame(JSON.stringify({ type: 'ping' })), until: '"type":"pong"' },
  },
  nats: {
    steps: ({ channels, listens }) => [
      { send: '', until: 'INFO ' },
      {
        send: [
          'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n',
          ...(listens ? channels.map((channel, i) => `SUB ${channel} ${i}\r\n`) : []),
          'PING\r\n',
        ].join(''),
        until: 'PONG',
      },
    ],
    say: (channel, text) => Buffer.from(`PUB ${channel} ${text.length}\r\n${text}\r\n`),
    // The server does not answer them; a PONG shows that they are done.
    churn: (channel) => [
      { send: 'UNSUB 9\r\nPING\r\n', until: 'PONG' },
      { send: `SUB ${channel} 9\r\nPING\r\n`, until: 'PONG' },
    ],
  },
  'raw-tcp': {
    steps: ({ channels }) => [{ send: `join ${channels.join(' ')}\n`, until: 'joined' }],
    say: (_channel, text) => Buffer.from(`${text}\n`),
  },
  'raw-websocket': {
    steps: ({ channels }) => [upgrade(`/?${channels.join('&')}`), { send: frame('here'), until: 'joined' }],
    say: (_channel, text) => frame(text),
  },
  mqtt: {
    steps: ({ name, channels, listens }) => [
      { send: mqttConnect(name), until: '\x20\x02' },
      ...(listens ? channels.map((channel) => ({ send: mqttSubscribe(channel), until: '\x90\x03' })) : []),
    ],
    say: (channel, text) => mqtt(0x30, mqttText(channel), Buffer.from(text)),
  },
};

/** As our own clients join: they are told in one message who comes and goes. */
function join(channel: string, name: string): string {
  return encodeClientMessage({ type: 'join', channel, name });
}

/** The opening handshake (RFC 6455, 4.1). */
function upgrade(path: string): Step {
  const key = randomBytes(16).toString('base64');
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
  ];
  return { send: `${lines.join('\r\n')}\r\n\r\n`, until: '\r\n\r\n' };
}

/** A text frame with a mask of zeros: legal, and the text stays as it is (RFC 6455, 5.3). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length >= 126;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x81;
  head[1] = 0x80 | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

// ---- MQTT 3.1.1 -----------------------------------------------------------------------------------------------

function mqttConnect(name: string): Buffer {
  const [level, cleanSession, keepAlive] = [4, 2, Buffer.alloc(2)];
  return mqtt(0x10, mqttText('MQTT'), Buffer.of(level, cleanSession), keepAlive, mqttText(name));
}

function mqttSubscribe(channel: string): Buffer {
  const [packetId, atMostOnce] = [Buffer.of(0, 1), Buffer.of(0)];
  return mqtt(0x82, packetId, mqttText(channel), atMostOnce);
}

function mqttText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
}

function mqtt(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>= 7)
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
  return Buffer.concat([Buffer.of(type, ...length), body]);
}
