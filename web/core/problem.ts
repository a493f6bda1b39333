/** Why something did not come about. */
import { type ErrorCode, ProtocolError } from '../../lib/wire/errors.js';

/** Why something that was asked for did not come about. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

export type Attempt<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** Runs one of the protocol's checks here, before the server has to. */
export function attempt<T>(check: () => T): Attempt<T> {
  try {
    return { ok: true, value: check() };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ok: false, problem: { code: error.code, message: error.message } };
  }
}
