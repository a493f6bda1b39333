/**
 * Gathers presence: for clients that have asked for it, joins and leaves that follow one another are one message.
 * [PROTOCOL 3]
 */
import { type Published, PublishedMessage } from '../wire/published.js';

/**
 * Makes one message of joins and leaves with nothing else between them. Members who both came and left, or left and
 * came back, are not in it, because nothing has changed for the list of members. A single change stays the message that
 * it was.
 *
 * @param messages the messages of one channel; each join or leave changes the list of its members
 */
export function gatherPresence(messages: readonly Published[]): readonly Published[] {
  const told: Published[] = [];
  let run: Published[] = [];
  for (const message of messages) {
    if (message.type === 'join' || message.type === 'leave') {
      run.push(message);
      continue;
    }
    if (run.length > 0) {
      told.push(...gathered(run));
      run = [];
    }
    told.push(message);
  }
  if (run.length > 0) told.push(...gathered(run));
  return told;
}

/** @param run joins and leaves of one channel */
function gathered(run: readonly Published[]): readonly Published[] {
  if (run.length < 2) return run;
  // A name is in the list or not, so its joins and leaves alternate, and only an odd number of them changes the list.
  const changed = new Map<string, Published>();
  let channel = '';
  for (const published of run) {
    const { message } = published;
    if (message.type !== 'join' && message.type !== 'leave') continue;
    channel = message.channel;
    if (!changed.delete(message.name)) changed.set(message.name, published);
  }
  if (changed.size < 2) return [...changed.values()];
  const joined: string[] = [];
  const left: string[] = [];
  for (const [name, { type }] of changed) (type === 'join' ? joined : left).push(name);
  return [
    new PublishedMessage({
      type: 'presence',
      channel,
      ...(joined.length > 0 && { joined }),
      ...(left.length > 0 && { left }),
    }),
  ];
}
