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
  const { phase, current: id, channels, directs } = state;
  const view = id === undefined ? undefined : (channels.get(id) ?? directs.get(id));
  if (phase === 'inside' && id !== undefined && view) {
    return <Chat state={state} id={id} view={view} dispatch={dispatch} />;
  }
  return <Door state={state} dispatch={dispatch} firstName={firstName} firstChannel={firstChannel} />;
}
