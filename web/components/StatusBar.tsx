/** Says what is wrong with the connection, while something is. */

import type { State } from '../core/state.js';
import { type Status, statusOf } from '../core/status.js';
import type { Dispatch } from '../runtime.js';

const remedies: Readonly<Record<NonNullable<Status['remedy']>, string>> = {
  'reconnect-now': 'Try now',
  quit: 'Use another name',
};

export function StatusBar({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  const status = statusOf(state);
  const remedy = status?.remedy;
  return (
    <div class="status" role="status">
      {status && (
        <p>
          <span>{status.text}</span>
          {remedy && (
            <button type="button" onClick={() => dispatch({ type: remedy })}>
              {remedies[remedy]}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
