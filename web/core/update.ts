/**
 * Whatever happens to the page -> its next state, and what is to be done: one row for each type of event.
 */
import {
  checkAnyUserName,
  checkChannelName,
  checkText,
  checkUserName,
  normalForm,
} from '../../lib/wire/names.js';
import { directId, removeLine } from './channel-view.js';
import { addressed } from './entered.js';
import { hear } from './hear.js';
import { pageLimits } from './limits.js';
import { loseLink, turnAway } from './lost-link.js';
import { attempt } from './problem.js';
import { ask, askToRejoin, conversationOf, pump } from './requests.js';
import {
  addLineTo,
  changeView,
  type Dialog,
  initialState,
  type PageEvent,
  type Request,
  readCurrent,
  type State,
  type Step,
  showView,
  tellProblem,
  withChannels,
  withDirect,
  withoutChannel,
  withoutDirect,
} from './state.js';

type EventOf<T extends PageEvent['type']> = { [P in T]: { type: P } & Extract<PageEvent, { type: P }> }[T];
type Handlers = {
  readonly [T in PageEvent['type']]: (state: State, event: EventOf<T>, atMs: number) => State | Step;
};

const handlers: Handlers = {
  enter(state, { name, channels, current, returning }) {
    const checked = attempt(() => ({
      me: checkUserName(name),
      current: checkChannelName(current),
      channels: channels.map(checkChannelName),
    }));
    if (!checked.ok) return { ...state, doorProblem: checked.problem };
    const { me, current: shown, channels: wanted } = checked.value;
    const entering = withChannels(state, [...wanted, shown]);
    return {
      state: {
        ...entering,
        phase: 'entering',
        doorProblem: undefined,
        linkProblem: undefined,
        link: 'connecting',
        me,
        nameTriesLeft: returning ? pageLimits.nameTries : 0,
        current: shown,
        atBottom: true,
      },
      effects: [{ type: 'connect' }],
    };
  },

  quit: (state, _event, atMs) => turnAway(state, undefined, atMs),

  join(state, { channel: typed }, atMs) {
    const checked = attempt(() => checkChannelName(typed));
    if (!checked.ok) return tellProblem(state, 'join', checked.problem, atMs);
    const channel = checked.value;
    if (state.channels.has(channel)) return { ...showView(state, channel), dialog: undefined };
    const waiting: State = { ...withBusyDialog(state), selectWhenJoined: channel };
    return ask(withChannels(waiting, [channel]), { type: 'join', channel });
  },

  leave(state, { channel }) {
    // Nobody is left to be asked: leaving the last channel ends the session.
    if (state.channels.size <= 1) return leaveAll(state);
    if (state.channels.get(channel)?.status === 'joined') return ask(state, { type: 'leave', channel });
    const others = state.requests.filter(
      ({ message }) => !('channel' in message) || message.channel !== channel,
    );
    return withoutChannel({ ...state, requests: others }, channel);
  },

  'open-direct': (state, { name }, atMs) => openDirect(state, name, atMs),

  'close-direct'(state, { id }) {
    const requests = state.requests.filter(
      ({ message, inFlight }) => inFlight || message.type !== 'msg' || conversationOf(message) !== id,
    );
    return readCurrent(withoutDirect({ ...state, requests }, id));
  },

  select: (state, { id }) => (isKnown(state, id) ? showView(state, id) : state),

  say(state, { id, text }, atMs) {
    const { to, rest } = addressed(text);
    return to === undefined
      ? sayChecked(state, id, rest, atMs)
      : sayChecked(openDirect(state, to, atMs), directId(to), rest, atMs);
  },

  resend(state, { id, key }, atMs) {
    const lines = (state.directs.get(id) ?? state.channels.get(id))?.lines;
    const line = lines?.find((candidate) => candidate.key === key);
    if (line?.kind !== 'message') return state;
    const without = changeView(state, id, (view) => removeLine(view, key));
    return sayIn({ ...without, atBottom: true }, id, line.text, atMs);
  },

  discard: (state, { id, key }) => changeView(state, id, (view) => removeLine(view, key)),

  rename(state, { name }, atMs) {
    const checked = attempt(() => checkUserName(name));
    if (!checked.ok) return tellProblem(state, 'rename', checked.problem, atMs);
    if (checked.value === state.me) return { ...state, dialog: undefined };
    return ask(withBusyDialog(state), { type: 'nick', name: checked.value });
  },

  'open-dialog'(state, { kind }) {
    const opened = { ...cancelDialog(state), drawer: undefined };
    if (kind === 'rename') return { ...opened, dialog: { kind, busy: false, problem: undefined } };
    const dialog: Dialog = { kind, busy: false, problem: undefined, directory: undefined, more: 0 };
    return ask({ ...opened, dialog }, { type: 'channels' });
  },

  'close-dialog': (state) => cancelDialog(state),

  drawer: (state, { drawer }) => ({ ...state, drawer }),

  scrolled: (state, { atBottom }) => readCurrent({ ...state, atBottom }),

  visibility: (state, { visible }) => readCurrent({ ...state, visible }),

  'link-connecting': (state) => ({ ...state, link: 'connecting' }),

  'link-open'(state) {
    const opened: State = { ...state, link: 'open', identified: false, pause: undefined };
    return askToRejoin(opened, [...state.channels.keys()]);
  },

  'link-lost': (state, _event, atMs) => loseLink(state, atMs),

  'reconnect-now': (state) => ({ state, effects: [{ type: 'connect' }] }),

  heard: (state, { message }, atMs) => hear(state, message, atMs),

  resume: (state, { pause }) => (state.pause === pause ? { ...state, pause: undefined } : state),
};

/**
 * @param atMs when it happened, in milliseconds since 1970
 * @returns the state after the event, and the effects in the order in which they are to be done
 */
export function update(state: State, event: PageEvent, atMs: number): Step {
  const handled = handle(state, event, atMs);
  const step = 'effects' in handled ? handled : { state: handled, effects: [] };
  const pumped = pump(step.state);
  return { state: pumped.state, effects: [...step.effects, ...pumped.effects] };
}

function handle<T extends PageEvent['type']>(state: State, event: EventOf<T>, atMs: number): State | Step {
  return handlers[event.type](state, event, atMs);
}

function isKnown({ channels, directs }: State, id: string): boolean {
  return channels.has(id) || directs.has(id);
}

/** Nothing happens for what is no name. */
function openDirect(state: State, name: string, atMs: number): State {
  if (!attempt(() => checkAnyUserName(name)).ok) return state;
  if (normalForm(name) !== normalForm(state.me)) return showView(withDirect(state, name), directId(name));
  if (state.current === undefined) return state;
  return addLineTo(state, state.current, { kind: 'notice', text: 'That is your own name.', atMs });
}

/** Nothing happens for what is no text, or where there is no such conversation. */
function sayChecked(state: State, id: string, text: string, atMs: number): State {
  const checked = attempt(() => checkText(text));
  if (!checked.ok || !isKnown(state, id)) return state;
  return sayIn({ ...state, atBottom: true }, id, checked.value, atMs);
}

/** Shows a message as pending and asks the server to pass it on; its ref is its line's key. */
function sayIn(state: State, id: string, text: string, atMs: number): State {
  const own = { status: 'pending' } as const;
  const ref = state.nextNumber;
  const to = state.directs.get(id)?.name;
  const asked = ask(state, to === undefined ? { type: 'msg', channel: id, text } : { type: 'msg', to, text });
  const shown = addLineTo({ ...asked, nextNumber: ref }, id, {
    kind: 'message',
    from: state.me,
    text,
    own,
    atMs,
  });
  return readCurrent(shown);
}

function leaveAll(state: State): Step {
  const { visible, server, me, nextNumber } = state;
  return { state: { ...initialState, visible, server, me, nextNumber }, effects: [{ type: 'disconnect' }] };
}

/** Closes the dialog and takes back what it asked for, unless that is on its way already. */
function cancelDialog(state: State): State {
  const { dialog, selectWhenJoined: wanted } = state;
  if (!dialog) return state;
  const isOfDialog = ({ message, inFlight }: Request) =>
    !inFlight &&
    (message.type === 'nick' ||
      message.type === 'channels' ||
      (message.type === 'join' && message.channel === wanted));
  const requests = state.requests.filter((request) => !isOfDialog(request));
  const closed: State = { ...state, dialog: undefined, selectWhenJoined: undefined, requests };
  const isGone = requests.length < state.requests.length && wanted !== undefined;
  return isGone && state.channels.get(wanted)?.status === 'entering'
    ? withoutChannel(closed, wanted)
    : closed;
}

function withBusyDialog(state: State): State {
  return state.dialog ? { ...state, dialog: { ...state.dialog, busy: true, problem: undefined } } : state;
}
