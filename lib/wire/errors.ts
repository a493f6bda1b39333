/**
 * The errors that clients are sent: stable codes for programs, sentences for people. [PROTOCOL 5]
 *
 * `ProtocolError` is always the other side's mistake. A mistake in our own code is a plain Error.
 */
export const errorCodes = [
  'malformed',
  'not-joined',
  'bad-channel',
  'bad-name',
  'name-taken',
  'too-long',
  'too-many-channels',
  'no-such-user',
  'no-answer',
  'rate-limited',
  'too-slow',
  'server-full',
  'shutting-down',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A client's mistake. The client is told of it in one `error` message. */
export class ProtocolError extends Error {
  /**
   * @param code stable, for programs
   * @param message what was wrong and what to do, for people
   * @param retryMs how long to wait before the same will be taken, where waiting helps
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly retryMs?: number,
  ) {
    super(message);
    this.name = 'ProtocolError';
  }
}
