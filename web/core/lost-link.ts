/** What the end of a connection means for what was under way. */
import { setDelivery } from './channel-view.js';
import type { Problem } from './problem.js';
import { conversationOf, settle } from './requests.js';
import type { Step } from './state.js';
import { changeChannel, changeView, type State, withoutChannel } from './state.js';

const unconfirmed = 'The connection broke before this was confirmed; it may not have arrived.';

/** Channels wait to be rejoined, and requests to be sent again; a message that was on its way is told as failed. */
export function loseLink(state: State, atMs: number): State {
  let next: State = { ...state, link: 'waiting', identified: false, pause: undefined };
  for (const { ref, message } of state.requests.filter(({ inFlight }) => inFlight)) {
    // Whether the server took it nobody knows; sent again it might be said twice.
    if (message.type === 'msg') {
      next = changeView(settle(next, ref), conversationOf(message), (view) =>
        setDelivery(view, ref, { status: 'failed', why: unconfirmed }),
      );
    }
    if (message.type === 'leave') next = withoutChannel(settle(next, ref), message.channel);
  }
  next = { ...next, requests: next.requests.map((request) => ({ ...request, inFlight: false })) };
  for (const [name, view] of next.channels) {
    if (view.status !== 'joined') continue;
    next = changeChannel(next, name, (old) => ({ ...old, status: 'away', awaySinceMs: atMs }));
  }
  return next;
}

/**
 * Back to the join form. Channels that were joined stay, to be joined again under another name, and so does what
 * was said in them and not sent yet.
 *
 * @param problem why, if it was not the user's wish
 */
export function turnAway(state: State, problem: Problem | undefined, atMs: number): Step {
  const lost = loseLink(state, atMs);
  const channels = new Map([...lost.channels].filter(([, { status }]) => status !== 'entering'));
  const isDirect = lost.current !== undefined && lost.directs.has(lost.current);
  const turned: State = {
    ...lost,
    phase: 'door',
    doorProblem: problem,
    link: 'idle',
    channels,
    current: isDirect ? channels.keys().next().value : lost.current,
    selectWhenJoined: undefined,
    requests: lost.requests.filter(({ message }) => message.type === 'msg'),
    dialog: undefined,
    drawer: undefined,
  };
  return { state: turned, effects: [{ type: 'disconnect' }] };
}
