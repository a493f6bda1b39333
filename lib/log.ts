/**
 * The log. Each line has a time, a level, a sentence and fields, and never the text of a message.
 */
import type { Clock } from './clock.js';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
}

/** Takes a finished line, without its line end. */
export type LogSink = (line: string, level: LogLevel) => void;

/**
 * Makes a log.
 *
 * @param level lines less urgent than this are dropped
 * @param sink takes the lines
 * @param clock for the time at the head of each line
 */
export function createLog(level: LogLevel, sink: LogSink, clock: Clock): Log {
  const threshold = logLevels.indexOf(level);
  const writer = (own: LogLevel) =>
    logLevels.indexOf(own) > threshold
      ? () => {}
      : (event: string, fields: LogFields = {}) => sink(formatLine(own, event, fields, clock.wallMs()), own);
  return { error: writer('error'), warn: writer('warn'), info: writer('info'), debug: writer('debug') };
}

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };

function formatLine(level: LogLevel, event: string, fields: LogFields, wallMs: number): string {
  const time = new Date(wallMs).toISOString();
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${formatValue(String(value))}`);
  return [time, level.padEnd(5), event, ...parts].join(' ');
}

/**
 * The text of a field. It is quoted if it could be misread otherwise, and characters that control a terminal are
 * escaped.
 */
function formatValue(value: string): string {
  return /^[^\s"=\\\p{C}]+$/u.test(value)
    ? value
    : JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

/** Escapes each UTF-16 unit as in JSON; a character beyond the first 65,536 has two. */
function escapeUnits(char: string): string {
  return char.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
