/**
 * One conversation as the page knows it, in a channel or with one user: the lines to show, and who is in the channel.
 * Values are never changed, only replaced.
 */
import { normalForm } from '../../lib/wire/names.js';
import { pageLimits } from './limits.js';

export interface Member {
  /** The normal form of the name; members are sorted by it. */
  readonly key: string;
  readonly name: string;
}

/** How far a message of one's own has got. */
export type Delivery =
  | { readonly status: 'pending' }
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly why: string };

/** `key` tells the lines of all conversations apart. */
export type Line = { readonly key: number; readonly atMs: number } & (
  | { readonly kind: 'message'; readonly from: string; readonly text: string; readonly own?: Delivery }
  | {
      readonly kind: 'presence';
      readonly change: 'join' | 'leave';
      /** The first few of them; `count` is all. */
      readonly names: readonly string[];
      readonly count: number;
      readonly reason: string | undefined;
    }
  | { readonly kind: 'nick'; readonly from: string; readonly to: string }
  | { readonly kind: 'notice'; readonly text: string }
);

type WithoutKey<L> = L extends Line ? Omit<L, 'key'> : never;
export type NewLine = WithoutKey<Line>;

/** What is shown of a conversation of either kind. */
interface View {
  readonly lines: readonly Line[];
  /** Messages that came while nobody looked. */
  readonly unread: number;
}

export interface ChannelView extends View {
  readonly kind: 'channel';
  readonly name: string;
  /** `entering`: asked for the first time, and not yet answered. `away`: lost with the connection, to be rejoined. */
  readonly status: 'entering' | 'joined' | 'away';
  readonly awaySinceMs: number | undefined;
  readonly members: readonly Member[];
}

/** A conversation with one user, in direct messages. */
export interface DirectView extends View {
  readonly kind: 'direct';
  /** Whom one talks with, as last told. */
  readonly name: string;
}

/**
 * By which the page tells conversations apart: for a channel its name, and for a user something that no channel can be
 * called, since it has a space.
 */
export function directId(name: string): string {
  return `user ${normalForm(name)}`;
}

export function newDirectView(name: string): DirectView {
  return { kind: 'direct', name, lines: [], unread: 0 };
}

export function newChannelView(name: string): ChannelView {
  return {
    kind: 'channel',
    name,
    status: 'entering',
    awaySinceMs: undefined,
    members: [],
    lines: [],
    unread: 0,
  };
}

/** Adds a line at the end; joins or leaves in a row become one line. */
export function addLine<V extends View>(view: V, line: Line): V {
  const last = view.lines.at(-1);
  const merged = last && mergePresence(last, line);
  const lines = merged ? [...view.lines.slice(0, -1), merged] : [...view.lines, line];
  const tooMany = lines.length > pageLimits.linesPerChannel;
  return { ...view, lines: tooMany ? lines.slice(pageLimits.linesDroppedAtOnce) : lines };
}

function mergePresence(last: Line, next: Line): Line | undefined {
  if (last.kind !== 'presence' || next.kind !== 'presence' || last.change !== next.change) return undefined;
  return {
    ...last,
    atMs: next.atMs,
    names: [...last.names, ...next.names].slice(0, pageLimits.namesPerLine),
    count: last.count + next.count,
    reason: undefined,
  };
}

/** Changes how far a message of one's own has got; nothing happens if its line is gone. */
export function setDelivery<V extends View>(view: V, key: number, own: Delivery): V {
  return {
    ...view,
    lines: view.lines.map((line) => (line.key === key && line.kind === 'message' ? { ...line, own } : line)),
  };
}

export function removeLine<V extends View>(view: V, key: number): V {
  return { ...view, lines: view.lines.filter((line) => line.key !== key) };
}

export function setMembers(view: ChannelView, names: readonly string[]): ChannelView {
  const byKey = new Map(names.map((name) => [normalForm(name), name]));
  const members = [...byKey].map(([key, name]) => ({ key, name }));
  return { ...view, members: members.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export function hasMember(view: ChannelView, name: string): boolean {
  const key = normalForm(name);
  return view.members[placeOf(view.members, key)]?.key === key;
}

export function addMember(view: ChannelView, name: string): ChannelView {
  const key = normalForm(name);
  const place = placeOf(view.members, key);
  const there = view.members[place]?.key === key ? 1 : 0;
  return { ...view, members: view.members.toSpliced(place, there, { key, name }) };
}

/** Adds many at once, which takes no longer than to add one. */
export function addMembers(view: ChannelView, names: readonly string[]): ChannelView {
  if (names.length < 2) return names.reduce(addMember, view);
  const byKey = new Map(names.map((name) => [normalForm(name), name]));
  const others = view.members.filter(({ key }) => !byKey.has(key));
  const members = [...others, ...[...byKey].map(([key, name]) => ({ key, name }))];
  return { ...view, members: members.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export function removeMembers(view: ChannelView, names: readonly string[]): ChannelView {
  const keys = new Set(names.map(normalForm));
  return { ...view, members: view.members.filter(({ key }) => !keys.has(key)) };
}

/** The place of a key among sorted members, or where it would be. */
function placeOf(members: readonly Member[], key: string): number {
  let low = 0;
  for (let high = members.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((members[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
