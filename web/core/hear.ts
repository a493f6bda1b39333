/** What a server says -> what the page knows then. One row for each type of message. [PROTOCOL 3] */
import type { ServerMessage } from '../../lib/wire/messages.js';
import {
  addMember,
  addMembers,
  type DirectView,
  directId,
  hasMember,
  type NewLine,
  removeMembers,
  setDelivery,
  setMembers,
} from './channel-view.js';
import { giveUpChannel, hearError } from './hear-error.js';
import { pageLimits } from './limits.js';
import { conversationOf, findRequest, readdressed, settle } from './requests.js';
import {
  addHeard,
  addLineTo,
  changeChannel,
  changeView,
  type State,
  type Step,
  showView,
  withChannels,
  withDirect,
  withoutChannel,
} from './state.js';

/** As a mapped type, so that the compiler sees that a message and its row in the table belong together. */
type Heard<T extends ServerMessage['type'] = ServerMessage['type']> = {
  [P in T]: { type: P } & Extract<ServerMessage, { type: P }>;
}[T];
type Handlers = {
  readonly [T in ServerMessage['type']]: (state: State, message: Heard<T>, atMs: number) => State | Step;
};

const handlers: Handlers = {
  welcome: (state, { server }) => ({ ...state, server }),

  joined(state, { channel, name, members, ref }, atMs) {
    const before = withChannels(settle(state, ref), [channel]);
    const selected = state.selectWhenJoined === channel;
    const inside: State = {
      ...before,
      phase: 'inside',
      doorProblem: undefined,
      linkProblem: undefined,
      me: name,
      identified: true,
      nameTriesLeft: pageLimits.nameTries,
      selectWhenJoined: selected ? undefined : state.selectWhenJoined,
      dialog: selected && state.dialog?.kind === 'join' ? undefined : state.dialog,
    };
    const shown = selected || before.current === undefined ? showView(inside, channel) : inside;
    const wasAwaySinceMs = state.channels.get(channel)?.awaySinceMs;
    const joined = changeChannel(shown, channel, (view) => ({
      ...setMembers(view, members),
      status: 'joined',
      awaySinceMs: undefined,
    }));
    if (wasAwaySinceMs === undefined) return joined;
    const text = `Connected again after ${duration(atMs - wasAwaySinceMs)}. What was said meanwhile is kept nowhere.`;
    return addLineTo(joined, channel, { kind: 'notice', text, atMs });
  },

  left: (state, { channel, ref }) =>
    withoutChannel(giveUpChannel(settle(state, ref), channel, 'You left the channel.'), channel),

  msg: (state, { channel, from, text, at }) =>
    channel === undefined
      ? addHeard(withDirect(state, from), directId(from), from, text, at)
      : addHeard(state, channel, from, text, at),

  join(state, { channel, name }, atMs) {
    const members = changeChannel(state, channel, (view) => addMember(view, name));
    return addLineTo(members, channel, presence('join', [name], undefined, atMs));
  },

  leave(state, { channel, name, reason }, atMs) {
    const members = changeChannel(state, channel, (view) => removeMembers(view, [name]));
    return addLineTo(members, channel, presence('leave', [name], reason, atMs));
  },

  presence(state, { channel, joined = [], left = [] }, atMs) {
    const members = changeChannel(state, channel, (view) => addMembers(removeMembers(view, left), joined));
    const told = addPresence(members, channel, 'leave', left, atMs);
    return addPresence(told, channel, 'join', joined, atMs);
  },

  nick(state, message, atMs) {
    const { from, name } = message;
    if (message.channel !== undefined) {
      return renameDirect(rename(state, message.channel, from, name, atMs), from, name, atMs);
    }
    // One's own: the reply, or one is renamed by the server. Somebody on another server may be called the same.
    const next = { ...state, me: name };
    const asked = findRequest(state, message.ref) !== undefined;
    const dialog = asked && state.dialog?.kind === 'rename' ? undefined : state.dialog;
    return [...state.channels.keys()].reduce(
      (renamed, channel) => rename(renamed, channel, from, name, atMs),
      { ...settle(next, message.ref), dialog },
    );
  },

  names: (state, { channel, members, ref }) =>
    changeChannel(settle(state, ref), channel, (view) => setMembers(view, members)),

  channels(state, { channels, more = 0, ref }) {
    const next = settle(state, ref);
    if (next.dialog?.kind !== 'join') return next;
    return { ...next, dialog: { ...next.dialog, directory: channels, more } };
  },

  ok(state, { ref }) {
    const request = findRequest(state, ref);
    if (request?.message.type !== 'msg') return state;
    return changeView(settle(state, ref), conversationOf(request.message), (view) =>
      setDelivery(view, request.ref, { status: 'done' }),
    );
  },

  pong: (state) => state,

  notice(state, { text, channel, left }, atMs) {
    const where = channel === undefined ? [...state.channels.keys()] : [channel];
    return where.reduce((next, name) => {
      const members = left ? changeChannel(next, name, (view) => removeMembers(view, left)) : next;
      return addLineTo(members, name, { kind: 'notice', text, atMs });
    }, state);
  },

  error: hearError,
};

/** Takes in one message of the server. */
export function hear<T extends ServerMessage['type']>(
  state: State,
  message: Heard<T>,
  atMs: number,
): State | Step {
  return handlers[message.type](state, message, atMs);
}

function presence(
  change: 'join' | 'leave',
  names: readonly string[],
  reason: string | undefined,
  atMs: number,
): NewLine {
  const shown = names.slice(0, pageLimits.namesPerLine);
  return { kind: 'presence', change, names: shown, count: names.length, reason, atMs };
}

function addPresence(
  state: State,
  channel: string,
  change: 'join' | 'leave',
  names: readonly string[],
  atMs: number,
): State {
  return names.length === 0 ? state : addLineTo(state, channel, presence(change, names, undefined, atMs));
}

/** Nothing happens where nobody has the old name. */
function rename(state: State, channel: string, from: string, to: string, atMs: number): State {
  const view = state.channels.get(channel);
  if (from === to || !view || !hasMember(view, from)) return state;
  const members = changeChannel(state, channel, (old) => addMember(removeMembers(old, [from]), to));
  return addLineTo(members, channel, { kind: 'nick', from, to, atMs });
}

/** A conversation goes on under the other's new name, unless there is one of that name already. */
function renameDirect(state: State, from: string, to: string, atMs: number): State {
  const [before, after] = [directId(from), directId(to)];
  const view = state.directs.get(before);
  if (!view || (before !== after && state.directs.has(after))) return state;
  const directs = [...state.directs].map(([id, other]): [string, DirectView] =>
    id === before ? [after, { ...view, name: to }] : [id, other],
  );
  const current = state.current === before ? after : state.current;
  const renamed: State = { ...readdressed(state, before, to), directs: new Map(directs), current };
  return addLineTo(renamed, after, { kind: 'nick', from, to, atMs });
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
