/** What the page does about an error: it belongs to the request that it answers, or to the connection. [PROTOCOL 5] */

import { backoffMs } from '../../lib/backoff.js';
import type { ErrorCode } from '../../lib/wire/errors.js';
import type { ServerMessage } from '../../lib/wire/messages.js';
import { setDelivery } from './channel-view.js';
import { pageLimits } from './limits.js';
import { turnAway } from './lost-link.js';
import type { Problem } from './problem.js';
import { conversationOf, findRequest, pauseFor, putBack, settle } from './requests.js';
import {
  addLineTo,
  changeChannel,
  changeView,
  type State,
  type Step,
  tellProblem,
  withoutChannel,
} from './state.js';

type ServerError = Extract<ServerMessage, { type: 'error' }>;

/** Errors without a ref that say why the connection ends. */
const endings: ReadonlySet<ErrorCode> = new Set(['server-full', 'shutting-down', 'too-slow', 'too-long']);

/** Takes in an error. */
export function hearError(
  state: State,
  { code, message, retryMs, ref }: ServerError,
  atMs: number,
): State | Step {
  const request = findRequest(state, ref);
  if (!request) return hearGeneralError(state, { code, message }, atMs);
  if (code === 'rate-limited') return pauseFor(putBack(state, request.ref), retryMs ?? 0);
  const question = request.message;
  const problem = { code, message };
  switch (question.type) {
    case 'join':
      return state.identified
        ? failJoin(settle(state, ref), question.channel, problem, atMs)
        : failFirstJoin(state, request.ref, problem, atMs);
    case 'msg': {
      const failed = { status: 'failed', why: message } as const;
      return changeView(settle(state, ref), conversationOf(question), (view) =>
        setDelivery(view, request.ref, failed),
      );
    }
    case 'nick':
      return tellProblem(settle(state, ref), 'rename', problem, atMs);
    case 'leave':
      // The server does not have us in there, which is what was wanted.
      return withoutChannel(settle(state, ref), question.channel);
    case 'channels':
      return tellProblem(settle(state, ref), 'join', problem, atMs);
  }
}

/** Requests for a channel that cannot be had are given up; messages among them are shown as failed. */
export function giveUpChannel(state: State, channel: string, why: string): State {
  const mine = state.requests.filter(({ message }) => 'channel' in message && message.channel === channel);
  return mine.reduce(
    (next, { ref }) =>
      changeChannel(settle(next, ref), channel, (view) => setDelivery(view, ref, { status: 'failed', why })),
    state,
  );
}

function failFirstJoin(state: State, ref: number, problem: Problem, atMs: number): Step {
  const { nameTriesLeft } = state;
  if (problem.code !== 'name-taken' || nameTriesLeft === 0) return turnAway(state, problem, atMs);
  // Perhaps it is we who have it, on a connection whose end the server has not noticed yet.
  const bounds = { minMs: pageLimits.nameRetryMinMs, maxMs: pageLimits.nameRetryMaxMs };
  const waitMs = backoffMs(pageLimits.nameTries - nameTriesLeft, bounds, 1);
  return pauseFor({ ...putBack(state, ref), nameTriesLeft: nameTriesLeft - 1 }, waitMs);
}

function failJoin(state: State, channel: string, problem: Problem, atMs: number): State {
  const selected = state.selectWhenJoined === channel;
  const next: State = { ...state, selectWhenJoined: selected ? undefined : state.selectWhenJoined };
  if (next.channels.get(channel)?.status === 'entering') {
    return tellProblem(withoutChannel(next, channel), 'join', problem, atMs);
  }
  const text = `This channel could not be joined again: ${problem.message}`;
  return addLineTo(giveUpChannel(next, channel, problem.message), channel, { kind: 'notice', text, atMs });
}

function hearGeneralError(state: State, { code, message }: Problem, atMs: number): State {
  const next = endings.has(code) ? { ...state, linkProblem: message } : state;
  return state.current === undefined
    ? next
    : addLineTo(next, state.current, { kind: 'notice', text: message, atMs });
}
