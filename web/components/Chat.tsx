/** The chat: one channel in the middle, all of one's channels on the left, its members on the right. */
import type { ChannelView } from '../core/channel-view.js';
import { type State, unreadMessages } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { ChannelList } from './ChannelList.js';
import { Composer } from './Composer.js';
import { Drawer } from './Drawer.js';
import { Icon, IconButton } from './Icon.js';
import { JoinDialog } from './JoinDialog.js';
import { MemberList } from './MemberList.js';
import { MessageLog } from './MessageLog.js';
import { RenameDialog } from './RenameDialog.js';
import { StatusBar } from './StatusBar.js';

interface Props {
  readonly state: State;
  /** The channel that is shown. */
  readonly view: ChannelView;
  readonly dispatch: Dispatch;
}

export function Chat({ state, view, dispatch }: Props) {
  const { dialog, drawer, atBottom, me } = state;
  const { name, members } = view;
  const unreadElsewhere = unreadMessages(state) - view.unread;
  const closeDrawer = () => dispatch({ type: 'drawer', drawer: undefined });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the drawer, wherever the focus is.
    <div
      class="chat"
      onKeyDown={({ key }) => {
        if (key === 'Escape' && drawer) closeDrawer();
      }}
    >
      <Drawer side="channels" label="Channels" open={drawer === 'channels'} onClose={closeDrawer}>
        <ChannelList state={state} dispatch={dispatch} />
      </Drawer>
      <main>
        <header>
          <IconButton
            icon="channels"
            label={unreadElsewhere > 0 ? `Channels (${unreadElsewhere} unread)` : 'Channels'}
            class={unreadElsewhere > 0 ? 'narrow-only marked' : 'narrow-only'}
            onClick={() => dispatch({ type: 'drawer', drawer: 'channels' })}
          />
          <h1>
            <bdi>#{name}</bdi>
          </h1>
          <IconButton
            icon="leave"
            label={`Leave #${name}`}
            onClick={() => dispatch({ type: 'leave', channel: name })}
          />
          <button
            type="button"
            class="icon-button members-button narrow-only"
            aria-label={`${members.length} members`}
            onClick={() => dispatch({ type: 'drawer', drawer: 'members' })}
          >
            <Icon name="members" />
            {members.length}
          </button>
        </header>
        <StatusBar state={state} dispatch={dispatch} />
        <MessageLog key={name} view={view} atBottom={atBottom} dispatch={dispatch} />
        <Composer channel={name} dispatch={dispatch} />
      </main>
      <Drawer side="members" label="Members" open={drawer === 'members'} onClose={closeDrawer}>
        <MemberList members={members} me={me} />
      </Drawer>
      {dialog?.kind === 'join' && <JoinDialog dialog={dialog} dispatch={dispatch} />}
      {dialog?.kind === 'rename' && <RenameDialog dialog={dialog} me={me} dispatch={dispatch} />}
    </div>
  );
}
