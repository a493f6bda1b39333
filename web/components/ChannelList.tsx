/** The channels one is in, the users one talks with alone, and what one is called oneself. */
import type { ComponentChildren } from 'preact';
import type { State } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { Icon, IconButton } from './Icon.js';
import { Name } from './Name.js';

export function ChannelList({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  const views = [...state.channels.values()].filter(({ status }) => status !== 'entering');
  return (
    <>
      <nav aria-label="Your conversations">
        <h2>Channels</h2>
        <ul>
          {views.map(({ name, unread }) => (
            <Entry key={name} id={name} unread={unread} state={state} dispatch={dispatch}>
              <bdi>#{name}</bdi>
            </Entry>
          ))}
        </ul>
        <button type="button" class="add" onClick={() => dispatch({ type: 'open-dialog', kind: 'join' })}>
          <Icon name="add" /> Join a channel
        </button>
        {state.directs.size > 0 && (
          <>
            <h2>Direct messages</h2>
            <ul>
              {[...state.directs].map(([id, { name, unread }]) => (
                <Entry key={id} id={id} unread={unread} state={state} dispatch={dispatch}>
                  <Name name={name} />
                </Entry>
              ))}
            </ul>
          </>
        )}
      </nav>
      <div class="me">
        <div>
          <Name name={state.me} />
          {state.server !== undefined && <span class="server">on {state.server}</span>}
        </div>
        <IconButton
          icon="edit"
          label="Change your name"
          onClick={() => dispatch({ type: 'open-dialog', kind: 'rename' })}
        />
      </div>
    </>
  );
}

interface EntryProps {
  readonly id: string;
  readonly unread: number;
  readonly state: State;
  readonly dispatch: Dispatch;
  readonly children: ComponentChildren;
}

/** One conversation, to be shown by a click. */
function Entry({ id, unread, state, dispatch, children }: EntryProps) {
  return (
    <li>
      <button
        type="button"
        class={unread > 0 ? 'channel has-unread' : 'channel'}
        aria-current={id === state.current ? 'true' : undefined}
        onClick={() => dispatch({ type: 'select', id })}
      >
        {children}
        {unread > 0 && (
          <span class="badge">
            {unread > 999 ? '999+' : unread}
            <span class="unseen"> unread</span>
          </span>
        )}
      </button>
    </li>
  );
}
