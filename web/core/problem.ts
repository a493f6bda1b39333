/** Problems, and where people are told of them. */
import { type ErrorCode, ProtocolError } from '../../lib/wire/errors.js';
import { addLineTo, type Dialog, type State } from './state.js';

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

/** Tells a problem in the dialog that asked for what failed, or else in the channel that is shown. */
export function tellProblem(state: State, kind: Dialog['kind'], problem: Problem, atMs: number): State {
  if (state.dialog?.kind === kind) {
    return { ...state, dialog: { ...state.dialog, busy: false, problem } };
  }
  if (state.current === undefined) return state;
  return addLineTo(state, state.current, { kind: 'notice', text: problem.message, atMs });
}
