/** The people of a run: in their channels, ready to speak and to listen. */
import { Connection } from './connection.js';
import type { Hearer } from './group.js';
import { type Attention, Listener } from './listener.js';
import type { Plan } from './plan.js';

const connectingAtOnce = 50;
/** How many listeners time each text, in open runs. */
const timedListeners = 20;

/** A group of people who share channels; they have nothing to do with other groups. */
export interface People {
  readonly speakers: readonly Connection[];
  readonly hearers: readonly Hearer[];
}

/** @param onTime is told, in open runs, how many milliseconds after it was said a text was heard */
export async function gather(plan: Plan, onTime: (ms: number) => void): Promise<People[]> {
  const each = plan.listenersEach + plan.stuckEach + plan.speakersEach;
  const groups: People[] = [];
  while (groups.length < plan.groups) {
    const some = Math.min(Math.max(1, Math.floor(connectingAtOnce / each)), plan.groups - groups.length);
    const from = groups.length;
    groups.push(
      ...(await Promise.all(Array.from({ length: some }, (_, i) => gatherGroup(plan, from + i, onTime)))),
    );
  }
  return groups;
}

async function gatherGroup(plan: Plan, group: number, onTime: (ms: number) => void): Promise<People> {
  const channels = Array.from({ length: plan.channelsEach }, (_, i) => `c${group}x${i}`);
  const all = plan.listenersEach + plan.stuckEach;
  const listening = await openAll(all, (i) =>
    Connection.open(plan.listeners, { name: `l${group}x${i}`, channels, listens: true }),
  );
  for (const stuck of listening.splice(plan.listenersEach)) stuck.getStuck();
  const speaking = await openAll(plan.speakersEach, (i) =>
    Connection.open(plan.speakers, { name: `s${group}x${i}`, channels, listens: false }),
  );
  const speakers = speaking.length > 0 ? speaking : listening;
  const hearers = listening.map((connection, i) => {
    const listener = new Listener(connection, attentionTo(plan, i));
    listener.onTime = (microseconds) => onTime(performance.now() - microseconds / 1000);
    return { connection, listener };
  });
  return { speakers, hearers };
}

function attentionTo({ pressure, speakersEach, channelsEach }: Plan, place: number): Attention {
  if (pressure.kind === 'open') return place < timedListeners ? 'times' : 'counts';
  return speakersEach === 1 && channelsEach === 1 ? 'number of the last' : 'counts';
}

async function openAll(count: number, open: (i: number) => Promise<Connection>): Promise<Connection[]> {
  const opened: Connection[] = [];
  for (let from = 0; from < count; from += connectingAtOnce) {
    const some = Math.min(connectingAtOnce, count - from);
    opened.push(...(await Promise.all(Array.from({ length: some }, (_, i) => open(from + i)))));
  }
  return opened;
}
