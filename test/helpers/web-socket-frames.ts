/** Reads and makes WebSocket frames by RFC 6455 alone, independently of the server's own code. */

export interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * The frames in a piece of a stream; RFC 6455, 5.2.
 *
 * @returns the whole frames, and the bytes of the one that is not whole yet
 */
export function readFrames(stream: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let rest = stream;
  for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
    frames.push(frame);
    rest = rest.subarray(frame.end);
  }
  return { frames, rest };
}

function readFrame(stream: Buffer): (Frame & { end: number }) | undefined {
  if (stream.length < 2) return undefined;
  const head = stream.readUInt8(0);
  const shortLength = stream.readUInt8(1) & 0x7f;
  const masked = (stream.readUInt8(1) & 0x80) !== 0;
  const lengthBytes = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (stream.length < start) return undefined;
  const length =
    lengthBytes === 2
      ? stream.readUInt16BE(2)
      : lengthBytes === 8
        ? Number(stream.readBigUInt64BE(2))
        : shortLength;
  const end = start + length;
  if (stream.length < end) return undefined;
  const payload = Buffer.from(stream.subarray(start, end));
  if (masked) applyMask(payload, stream.subarray(start - 4, start));
  return { final: (head & 0x80) !== 0, opcode: head & 0x0f, masked, payload, end };
}

/** A final frame as a client sends it, masked; RFC 6455, 5.3. */
export function clientFrame(payload: string | Buffer, opcode: number = opcodes.text): Buffer {
  return maskedFrame(Buffer.from(payload), 0x80 | opcode);
}

/** A frame that begins or continues a message and does not end it; RFC 6455, 5.4. */
export function unfinishedFrame(payload: string, opcode: number = opcodes.text): Buffer {
  return maskedFrame(Buffer.from(payload), opcode);
}

/** A text message in a number of fragments. Each has one character, except the last, which has the rest. */
export function fragments(text: string, count: number): Buffer {
  const frames = Array.from({ length: count - 1 }, (_, i) =>
    unfinishedFrame(text.slice(i, i + 1), i === 0 ? opcodes.text : opcodes.continuation),
  );
  return Buffer.concat([...frames, clientFrame(text.slice(count - 1), opcodes.continuation)]);
}

function maskedFrame(body: Buffer, head: number): Buffer {
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  applyMask(body, mask);
  return Buffer.concat([Buffer.from([head]), lengthField(body.length), mask, body]);
}

function lengthField(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  const field = Buffer.alloc(length < 65_536 ? 3 : 9);
  if (length < 65_536) {
    field.writeUInt8(0x80 | 126, 0);
    field.writeUInt16BE(length, 1);
  } else {
    field.writeUInt8(0x80 | 127, 0);
    field.writeBigUInt64BE(BigInt(length), 1);
  }
  return field;
}

function applyMask(bytes: Buffer, mask: Buffer): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask[i % 4] ?? 0);
}
