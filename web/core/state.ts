/**
 * All that the page knows, as one value, and what can happen to it.
 *
 * web/core is the page without a browser: events in, state and effects out. It is compiled with the tests as well,
 * where there is no DOM, so it cannot touch one.
 */
import type { ChannelSummary, ClientMessage, ServerMessage } from '../../lib/wire/messages.js';
import {
  addLine,
  type ChannelView,
  type DirectView,
  directId,
  type NewLine,
  newChannelView,
  newDirectView,
} from './channel-view.js';
import { pageLimits } from './limits.js';
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
  /** Conversations with single users, by their ids, in the order in which they were begun. */
  readonly directs: ReadonlyMap<string, DirectView>;
  /** The conversation that is shown: a channel's name, or the id of one with a user. */
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
  /** Shows the conversation with a user, and begins it if there is none. */
  | { type: 'open-direct'; name: string }
  | { type: 'close-direct'; id: string }
  /** `id`, here and below: a conversation of either kind. */
  | { type: 'select'; id: string }
  /** `text` as it was entered: `/msg <name> <text>` goes to that user. */
  | { type: 'say'; id: string; text: string }
  | { type: 'resend'; id: string; key: number }
  | { type: 'discard'; id: string; key: number }
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
  directs: new Map(),
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

/** Replaces a conversation of either kind by what `change` makes of it; nothing happens if there is none. */
export function changeView(
  state: State,
  id: string,
  change: <V extends ChannelView | DirectView>(view: V) => V,
): State {
  const direct = state.directs.get(id);
  if (!direct) return changeChannel(state, id, change);
  return { ...state, directs: new Map(state.directs).set(id, change(direct)) };
}

/** The conversation with a user, begun if there is none; the oldest one makes room if there are too many. */
export function withDirect(state: State, name: string): State {
  const id = directId(name);
  if (state.directs.has(id)) return changeView(state, id, (view) => ({ ...view, name }));
  const directs = new Map(state.directs).set(id, newDirectView(name));
  const oldest = [...directs.keys()].find((other) => other !== state.current && other !== id);
  if (directs.size > pageLimits.directs && oldest !== undefined) directs.delete(oldest);
  return { ...state, directs };
}

/** Forgets the conversation with a user; a channel is shown if it was that. */
export function withoutDirect(state: State, id: string): State {
  const directs = new Map(state.directs);
  directs.delete(id);
  if (state.current !== id) return { ...state, directs };
  return { ...state, directs, current: state.channels.keys().next().value, atBottom: true };
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

/** Adds a line at the end of a conversation; nothing happens if there is none of this id. */
export function addLineTo(state: State, id: string, line: NewLine): State {
  const key = state.nextNumber;
  return changeView({ ...state, nextNumber: key + 1 }, id, (view) => addLine(view, { ...line, key }));
}

/** Adds what somebody else said; it is unread unless somebody sees it. */
export function addHeard(state: State, id: string, from: string, text: string, atMs: number): State {
  const heard = addLineTo(state, id, { kind: 'message', from, text, atMs });
  if (isRead(state, id)) return heard;
  return changeView(heard, id, (view) => ({ ...view, unread: view.unread + 1 }));
}

/** Tells a problem in the dialog that asked for what failed, or else in the channel that is shown. */
export function tellProblem(state: State, kind: Dialog['kind'], problem: Problem, atMs: number): State {
  if (state.dialog?.kind === kind) {
    return { ...state, dialog: { ...state.dialog, busy: false, problem } };
  }
  if (state.current === undefined) return state;
  return addLineTo(state, state.current, { kind: 'notice', text: problem.message, atMs });
}

/** Shows a conversation, at its newest line. */
export function showView(state: State, id: string): State {
  return readCurrent({ ...state, current: id, atBottom: true, drawer: undefined });
}

/** Whether somebody sees what comes into a conversation. */
export function isRead({ phase, visible, atBottom, current }: State, id: string): boolean {
  return phase === 'inside' && visible && atBottom && current === id;
}

/** Nothing is unread in the current conversation, if somebody sees it. */
export function readCurrent(state: State): State {
  const { current } = state;
  if (current === undefined || !isRead(state, current)) return state;
  return changeView(state, current, (view) => (view.unread === 0 ? view : { ...view, unread: 0 }));
}

/** Unread messages in all conversations. */
export function unreadMessages(state: State): number {
  let unread = 0;
  for (const view of state.channels.values()) unread += view.unread;
  for (const view of state.directs.values()) unread += view.unread;
  return unread;
}
