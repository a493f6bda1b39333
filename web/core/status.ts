/** What the page says of itself: the title of its tab, and the state of its connection. */
import { type State, unreadMessages } from './state.js';

/** With the number of unread messages while nobody looks at the tab. */
export function pageTitle(state: State): string {
  if (state.phase !== 'inside' || state.current === undefined) return 'Hearsay';
  const unread = state.visible ? 0 : unreadMessages(state);
  const where = state.directs.get(state.current)?.name ?? `#${state.current}`;
  return `${unread > 0 ? `(${unread}) ` : ''}${where} – Hearsay`;
}

export interface Status {
  readonly text: string;
  /** What the user can do about it. */
  readonly remedy: 'reconnect-now' | 'quit' | undefined;
}

/** @returns undefined while all is well */
export function statusOf({ phase, link, linkProblem, identified, pause, me }: State): Status | undefined {
  const why = linkProblem === undefined ? '' : ` ${linkProblem}`;
  if (phase === 'door') return undefined;
  if (phase === 'entering' && link !== 'waiting') {
    return { text: pause === undefined ? 'Connecting…' : waitingForName(me), remedy: 'quit' };
  }
  if (phase === 'entering') {
    return { text: `The server cannot be reached; trying again.${why}`, remedy: 'quit' };
  }
  if (link === 'waiting') return { text: `Connection lost. Reconnecting…${why}`, remedy: 'reconnect-now' };
  if (link === 'connecting') return { text: `Reconnecting…${why}`, remedy: undefined };
  if (identified) return undefined;
  return pause === undefined
    ? { text: 'Joining again…', remedy: undefined }
    : { text: waitingForName(me), remedy: 'quit' };
}

function waitingForName(me: string): string {
  return `Waiting until the server lets go of the name ${me}…`;
}
