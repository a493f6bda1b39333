/** The whole page: outside or inside. */
import type { State } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { Chat } from './Chat.js';
import { Door } from './Door.js';

interface Props {
  readonly state: State;
  readonly dispatch: Dispatch;
  /** What the join form suggests. */
  readonly firstName: string;
  readonly firstChannel: string;
}

export function App({ state, dispatch, firstName, firstChannel }: Props) {
  const view = state.current === undefined ? undefined : state.channels.get(state.current);
  if (state.phase === 'inside' && view) return <Chat state={state} view={view} dispatch={dispatch} />;
  return <Door state={state} dispatch={dispatch} firstName={firstName} firstChannel={firstChannel} />;
}
