/**
 * All that the page knows, as one value, and what can happen to it.
 *
 * web/core is the page without a browser: events in, state and effects out. It is compiled with the tests as well,
 * where there is no DOM, so it cannot touch one.
 */
import type { ChannelSummary, ClientMessage, ServerMessage } from '../../lib/wire/messages.js';
import { addLine, type ChannelView, type NewLine, newChannelView } from './channel-view.js';
import type { Problem } from './problem.js';

/** Something asked of the server that it has not answered yet. They are kept in the order in which they were asked. */
export interface Request {
  readonly ref: number;
  readonly message: ClientMessage<'join' | 'leave' | 'msg' | 'nick' | 'channels'>;
  /** Given to the connection; otherwise it waits for its turn. */
  readonly inFlight: boolean;
}

export type Dialog =
  | {
      readonly kind: 'join';
      readonly busy: boolean;
      readonly problem: Problem | undefined;
      /** The channels of the network; undefined until they are told. */
      readonly directory: readonly ChannelSummary[] | undefined;
      /** How many channels the directory has no room for. */
      readonly more: number;
    }
  | { readonly kind: 'rename'; readonly busy: boolean; readonly problem: Problem | undefined };

export interface State {
  /** `door`: the join form, and no connection. `entering`: it was sent. `inside`: the chat, connected or not. */
  readonly phase: 'door' | 'entering' | 'inside';
  readonly doorProblem: Problem | undefined;
  readonly link: 'idle' | 'connecting' | 'open' | 'waiting';
  /** The server's last word on why a connection ended. */
  readonly linkProblem: string | undefined;
  /** What people call the server. */
  readonly server: string | undefined;
  /** One's own name, as typed. */
  readonly me: string;
  /** Whether the server knows that name on this connection. */
  readonly identified: boolean;
  /** How often the name may still be found taken: by one's own earlier connection, as far as one can tell. */
  readonly nameTriesLeft: number;
  /** By name, in the order in which they were joined. */
  readonly channels: ReadonlyMap<string, ChannelView>;
  /** The channel that is shown. */
  readonly current: string | undefined;
  /** To be shown as soon as it is joined. */
  readonly selectWhenJoined: string | undefined;
  readonly requests: readonly Request[];
  /** While set, nothing is sent: until a `resume` with this number. */
  readonly pause: number | undefined;
  readonly dialog: Dialog | undefined;
  /** What is drawn over the chat on a narrow screen. */
  readonly drawer: 'channels' | 'members' | undefined;
  /** Whether the page's tab is the one that is looked at. */
  readonly visible: boolean;
  /** Whether the newest line of the current channel is in sight. */
  readonly atBottom: boolean;
  /** The next ref, line key or pause number. */
  readonly nextNumber: number;
}

export type PageEvent =
  /** `returning`: the page was here before, under this name, and its earlier connection may still hold it. */
  | { type: 'enter'; name: string; channels: readonly string[]; current: string; returning: boolean }
  /** Back to the join form. */
  | { type: 'quit' }
  | { type: 'join'; channel: string }
  | { type: 'leave'; channel: string }
  | { type: 'select'; channel: string }
  | { type: 'say'; channel: string; text: string }
  | { type: 'resend'; channel: string; key: number }
  | { type: 'discard'; channel: string; key: number }
  | { type: 'rename'; name: string }
  | { type: 'open-dialog'; kind: Dialog['kind'] }
  | { type: 'close-dialog' }
  | { type: 'drawer'; drawer: State['drawer'] }
  | { type: 'scrolled'; atBottom: boolean }
  | { type: 'visibility'; visible: boolean }
  /** Do not wait for the next attempt to connect. */
  | { type: 'reconnect-now' }
  | { type: 'link-connecting' }
  | { type: 'link-open' }
  | { type: 'link-lost' }
  | { type: 'heard'; message: ServerMessage }
  /** The end of a pause. */
  | { type: 'resume'; pause: number };

export type Effect =
  | { type: 'connect' }
  | { type: 'disconnect' }
  | { type: 'send'; message: ClientMessage }
  | { type: 'wait'; ms: number; then: PageEvent };

/** What became of an event: the state after it, and what is to be done in the world. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const initialState: State = {
  phase: 'door',
  doorProblem: undefined,
  link: 'idle',
  linkProblem: undefined,
  server: undefined,
  me: '',
  identified: false,
  nameTriesLeft: 0,
  channels: new Map(),
  current: undefined,
  selectWhenJoined: undefined,
  requests: [],
  pause: undefined,
  dialog: undefined,
  drawer: undefined,
  visible: true,
  atBottom: true,
  nextNumber: 1,
};

/** Replaces one channel by what `change` makes of it; nothing happens if the page does not know it. */
export function changeChannel(state: State, name: string, change: (view: ChannelView) => ChannelView): State {
  const view = state.channels.get(name);
  if (!view) return state;
  return { ...state, channels: new Map(state.channels).set(name, change(view)) };
}

export function withChannels(state: State, names: readonly string[]): State {
  const channels = new Map(state.channels);
  for (const name of names) if (!channels.has(name)) channels.set(name, newChannelView(name));
  return { ...state, channels };
}

/** Forgets a channel; another one is shown if it was that. */
export function withoutChannel(state: State, name: string): State {
  const channels = new Map(state.channels);
  channels.delete(name);
  const current = state.current === name ? channels.keys().next().value : state.current;
  return { ...state, channels, current, atBottom: state.current === name || state.atBottom };
}

/** Adds a line at the end of a channel; nothing happens if the page does not know the channel. */
export function addLineTo(state: State, channel: string, line: NewLine): State {
  const key = state.nextNumber;
  return changeChannel({ ...state, nextNumber: key + 1 }, channel, (view) => addLine(view, { ...line, key }));
}

/** Shows a channel, at its newest line. */
export function showChannel(state: State, channel: string): State {
  return readCurrent({ ...state, current: channel, atBottom: true, drawer: undefined });
}

/** Whether somebody sees what comes into a channel. */
export function isRead({ phase, visible, atBottom, current }: State, channel: string): boolean {
  return phase === 'inside' && visible && atBottom && current === channel;
}

/** Nothing is unread in the current channel, if somebody sees it. */
export function readCurrent(state: State): State {
  const { current } = state;
  if (current === undefined || !isRead(state, current)) return state;
  return changeChannel(state, current, (view) => (view.unread === 0 ? view : { ...view, unread: 0 }));
}

/** Unread messages in all channels. */
export function unreadMessages(state: State): number {
  let unread = 0;
  for (const view of state.channels.values()) unread += view.unread;
  return unread;
}
