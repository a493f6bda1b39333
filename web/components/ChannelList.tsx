/** The channels one is in, and what one is called there. */
import type { State } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { Icon, IconButton } from './Icon.js';
import { Name } from './Name.js';

export function ChannelList({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  const views = [...state.channels.values()].filter(({ status }) => status !== 'entering');
  return (
    <>
      <nav aria-label="Your channels">
        <h2>Channels</h2>
        <ul>
          {views.map(({ name, unread }) => (
            <li key={name}>
              <button
                type="button"
                class={unread > 0 ? 'channel has-unread' : 'channel'}
                aria-current={name === state.current ? 'true' : undefined}
                onClick={() => dispatch({ type: 'select', channel: name })}
              >
                <bdi>#{name}</bdi>
                {unread > 0 && (
                  <span class="badge">
                    {unread > 999 ? '999+' : unread}
                    <span class="unseen"> unread</span>
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
        <button type="button" class="add" onClick={() => dispatch({ type: 'open-dialog', kind: 'join' })}>
          <Icon name="add" /> Join a channel
        </button>
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
