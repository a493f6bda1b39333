/** The chat: one conversation in the middle, all of them on the left; on the right who is in it. */
import type { ChannelView, DirectView } from '../core/channel-view.js';
import { type State, unreadMessages } from '../core/state.js';
import type { Dispatch } from '../runtime.js';
import { ChannelList } from './ChannelList.js';
import { Composer } from './Composer.js';
import { Drawer } from './Drawer.js';
import { Icon, IconButton } from './Icon.js';
import { JoinDialog } from './JoinDialog.js';
import { MemberList } from './MemberList.js';
import { MessageLog } from './MessageLog.js';
import { Name } from './Name.js';
import { RenameDialog } from './RenameDialog.js';
import { StatusBar } from './StatusBar.js';

interface Props {
  readonly state: State;
  /** The conversation that is shown. */
  readonly id: string;
  readonly view: ChannelView | DirectView;
  readonly dispatch: Dispatch;
}

export function Chat({ state, id, view, dispatch }: Props) {
  const { dialog, drawer, atBottom, me } = state;
  const { name } = view;
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
          <h1>{view.kind === 'channel' ? <bdi>#{name}</bdi> : <Name name={name} />}</h1>
          {view.kind === 'channel' ? (
            <ChannelButtons view={view} dispatch={dispatch} />
          ) : (
            <IconButton
              icon="close"
              label={`Close the talk with ${name}`}
              onClick={() => dispatch({ type: 'close-direct', id })}
            />
          )}
        </header>
        <StatusBar state={state} dispatch={dispatch} />
        <MessageLog key={id} id={id} view={view} atBottom={atBottom} dispatch={dispatch} />
        <Composer id={id} name={name} isDirect={view.kind === 'direct'} dispatch={dispatch} />
      </main>
      {view.kind === 'channel' ? (
        <Drawer side="members" label="Members" open={drawer === 'members'} onClose={closeDrawer}>
          <MemberList members={view.members} me={me} dispatch={dispatch} />
        </Drawer>
      ) : (
        <aside class="drawer members wide-only" aria-label="About this talk">
          <section>
            <h2>Direct messages</h2>
            <p class="hint">
              Between you and <Name name={name} /> alone, whatever channels you are in.
            </p>
          </section>
        </aside>
      )}
      {dialog?.kind === 'join' && <JoinDialog dialog={dialog} dispatch={dispatch} />}
      {dialog?.kind === 'rename' && <RenameDialog dialog={dialog} me={me} dispatch={dispatch} />}
    </div>
  );
}

function ChannelButtons({ view: { name, members }, dispatch }: { view: ChannelView; dispatch: Dispatch }) {
  return (
    <>
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
    </>
  );
}
