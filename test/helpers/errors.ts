import { type ErrorCode, ProtocolError } from '../../lib/wire/errors.js';

/** The code of the ProtocolError that a task throws; undefined if it throws nothing. */
export function codeOf(task: () => unknown): ErrorCode | undefined {
  try {
    task();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
}
