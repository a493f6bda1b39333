/**
 * What the page has asked of the server, and when each request may go out.
 *
 * Of the requests that concern one conversation only the first is in flight, so that one that must be sent again
 * (`rate-limited`) is still ahead of those behind it. The first join of a connection goes alone: it says who we are.
 */
import type { Ref } from '../../lib/wire/messages.js';
import { directId } from './channel-view.js';
import { pageLimits } from './limits.js';
import type { Effect, PageEvent, Request, State, Step } from './state.js';

/** A request's message without its ref. */
type WithoutRef<M> = M extends Request['message'] ? Omit<M, 'ref'> : never;
export type Question = WithoutRef<Request['message']>;

/** Adds a request behind all others. Its ref is `state.nextNumber` of the state that was given. */
export function ask(state: State, question: Question): State {
  const ref = state.nextNumber;
  const request: Request = { ref, message: { ...question, ref }, inFlight: false };
  return { ...state, requests: [...state.requests, request], nextNumber: ref + 1 };
}

/** Adds a join for each channel ahead of all other requests, and takes away earlier ones for them. */
export function askToRejoin(state: State, channels: readonly string[]): State {
  const others = state.requests.filter(
    ({ message }) => message.type !== 'join' || !channels.includes(message.channel),
  );
  const withoutOthers: State = { ...state, requests: [] };
  const joins = channels.reduce((next, channel) => ask(next, { type: 'join', channel }), withoutOthers);
  return { ...joins, requests: [...joins.requests, ...others] };
}

export function findRequest(state: State, ref: Ref | undefined): Request | undefined {
  return state.requests.find((request) => request.ref === ref);
}

/** What was to be said to a user is for the same one, who has another name now. */
export function readdressed(state: State, id: string, to: string): State {
  const requests = state.requests.map((request) =>
    request.message.type === 'msg' && conversationOf(request.message) === id
      ? { ...request, message: { ...request.message, to } }
      : request,
  );
  return { ...state, requests };
}

/** Takes a request away: it is answered, or given up. */
export function settle(state: State, ref: Ref | undefined): State {
  return { ...state, requests: state.requests.filter((request) => request.ref !== ref) };
}

/** Puts a request back to be sent again, at its old place in the order. */
export function putBack(state: State, ref: Ref): State {
  const requests = state.requests.map((request) =>
    request.ref === ref ? { ...request, inFlight: false } : request,
  );
  return { ...state, requests };
}

/** Sends nothing for a while; a new pause takes the place of one that is under way. */
export function pauseFor(state: State, ms: number): Step {
  const pause = state.nextNumber;
  const then: PageEvent = { type: 'resume', pause };
  return {
    state: { ...state, pause, nextNumber: pause + 1 },
    effects: [{ type: 'wait', ms: Math.max(ms, pageLimits.pauseMinMs), then }],
  };
}

/** Sends whatever may be sent now. */
export function pump(state: State): Step {
  if (state.link !== 'open' || state.pause !== undefined) return { state, effects: [] };
  const busy = new Set<string>();
  const effects: Effect[] = [];
  const requests = state.requests.map((request) => {
    const lane = laneOf(request, state.identified);
    if (lane === undefined || busy.has(lane)) return request;
    busy.add(lane);
    if (request.inFlight) return request;
    effects.push({ type: 'send', message: asSent(request, state) });
    return { ...request, inFlight: true };
  });
  return effects.length === 0 ? { state, effects } : { state: { ...state, requests }, effects };
}

/** The conversation that a message is for. */
export function conversationOf({ channel = '', to }: Extract<Request['message'], { type: 'msg' }>): string {
  return to === undefined ? channel : directId(to);
}

/** Requests of the same lane go one at a time; one without a lane cannot go yet. */
function laneOf({ message }: Request, identified: boolean): string | undefined {
  if (!identified) return message.type === 'join' ? 'identity' : undefined;
  if (message.type === 'msg') return `in ${conversationOf(message)}`;
  return 'channel' in message ? `in ${message.channel}` : message.type;
}

function asSent({ message }: Request, { identified, me }: State): Request['message'] {
  return message.type === 'join' && !identified ? { ...message, name: me } : message;
}
