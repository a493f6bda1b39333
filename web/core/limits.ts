/**
 * The limits of the page itself: number, unit, why, and what happens when it is hit. What the protocol limits is in
 * lib/limits.ts.
 */
export const pageLimits = {
  /**
   * The oldest lines of a conversation are dropped. More than anybody scrolls back through, and still quick to draw.
   */
  linesPerChannel: 1_000,
  /** The one that was begun first is closed. Conversations with single users. */
  directs: 100,
  /** Lines that are dropped at a time: so many that a reader who has scrolled up is not moved at every message. */
  linesDroppedAtOnce: 100,
  /** The rest of a channel's members are told as a number. */
  membersShown: 500,
  /** The rest of those who came or went one after the other are told as a number. */
  namesPerLine: 5,
  /** Messages of one speaker that are no further apart stand under one heading. */
  sameHeadingMs: 300_000,

  /** The longest pause before the first and before any later attempt to connect again; half of it is random. */
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  /** A connection that held so long was a good one: the pauses begin anew after it. */
  stableMs: 10_000,
  /** A connection over which nothing came for so long is asked with a `ping`. */
  silenceMs: 30_000,
  /** It is given up, and another one made, when it does not open or does not answer within this. */
  answerMs: 8_000,

  /** After a reconnect the server may hold the old connection, and so one's name, until it misses two pings. */
  nameTries: 8,
  nameRetryMinMs: 1_000,
  nameRetryMaxMs: 30_000,
  /** Nothing is sent for at least so long after `rate-limited`. */
  pauseMinMs: 50,
} as const;
