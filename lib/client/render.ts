/**
 * What is shown: pure functions from what was said to a line of text. Whatever came from others is made `printable`
 * here, and nowhere else is a line put together.
 */
import type { ChalkInstance } from 'chalk';
import { shortened } from '../terminal/columns.js';
import type { ServerMessage } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import { printable } from '../wire/printable.js';

/** How lines are to look, and what they depend on. */
export interface View {
  readonly ink: ChalkInstance;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** One is in more channels than one, so that lines have to tell which is meant. */
  readonly several: boolean;
}

/** A message of the server of one type. */
export type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** More members are counted, not named. */
const namedMembers = 12;
const promptNameColumns = 16;
const quotedColumns = 40;

/** Those of a terminal's sixteen colours that can be read on dark and on light, without red: that is for errors. */
const nameColours = [
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'greenBright',
  'blueBright',
  'magentaBright',
  'cyanBright',
] as const;

/** What somebody said, with the time at which it was said. */
export interface Said {
  readonly atMs: number;
  readonly from: string;
  readonly text: string;
  /** One said it oneself. */
  readonly own?: boolean;
}

/** A message in a channel. */
export function renderSaid(view: View, said: Said & { readonly channel: string }): string {
  return `${view.ink.dim(timeOf(said.atMs))} ${channelTag(view, said.channel)}${speaker(view, said)}: ${printable(said.text)}`;
}

/** A direct message: as in a channel, with an arrow to whom it is for. */
export function renderDirect(view: View, said: Said & { readonly to: string }): string {
  const to = coloured(said.own ? view.ink : view.ink.bold, said.to, printable(said.to));
  return `${view.ink.dim(timeOf(said.atMs))} ${speaker(view, said)} ${view.ink.dim('->')} ${to}: ${printable(said.text)}`;
}

/** Something that happened, told by the client itself. Text of others must be `printable`. */
export function renderInfo({ ink, nowMs }: View, text: string): string {
  return ink.dim(`${timeOf(nowMs)} * ${text}`);
}

/** Rows that belong together. */
export function renderList({ ink }: View, rows: readonly string[]): string {
  return rows.map((row) => ink.dim(`  ${row}`)).join('\n');
}

/** Something that went wrong. */
export function renderProblem({ ink, nowMs }: View, text: string): string {
  return `${ink.dim(timeOf(nowMs))} ${ink.red(`! ${printable(text)}`)}`;
}

/** A line that was entered and is no message. */
export function renderEntered({ ink }: View, line: string): string {
  return ink.dim(`> ${printable(line)}`);
}

/** @returns what is shown of a message from the server, maybe several lines; undefined for what is not shown */
export function renderServerMessage(view: View, message: ServerMessage): string | undefined {
  switch (message.type) {
    case 'msg':
      return message.channel === undefined
        ? renderDirect(view, { ...message, atMs: message.at })
        : renderSaid(view, { ...message, atMs: message.at });
    case 'joined':
      return renderInfo(view, `You are in ${standing(message)}.`);
    case 'left':
      return renderInfo(view, `You left ${printable(message.channel)}.`);
    case 'join':
      return renderInfo(view, `${channelTag(view, message.channel)}${printable(message.name)} joined`);
    case 'leave':
      return renderInfo(
        view,
        `${channelTag(view, message.channel)}${printable(message.name)} left${because(message.reason)}`,
      );
    case 'presence':
      return renderPresence(view, message);
    case 'nick':
      return renderInfo(view, renamed(view, message));
    case 'names':
      return renderInfo(
        view,
        `${printable(message.channel)} has ${counted(message.members.length, 'member')}: ${named(message.members)}`,
      );
    case 'channels':
      return renderChannels(view, message.channels);
    case 'notice':
      return renderNotice(view, message);
    case 'error':
      return renderProblem(view, message.message);
    case 'welcome':
    case 'ok':
    case 'pong':
      return undefined;
  }
}

/** A channel that one is in again, after the connection was lost. */
export function renderBack(view: View, joined: Message<'joined'>): string {
  return renderInfo(view, `You are back in ${standing(joined)}.`);
}

function standing({ channel, name, members }: Message<'joined'>): string {
  const others = members.filter((member) => normalForm(member) !== normalForm(name));
  const company = others.length === 0 ? 'alone' : `with ${listed(others, 'others')}`;
  return `${printable(channel)} as ${printable(name)}, ${company}`;
}

/** @returns one line for all who left, and one for all who came */
function renderPresence(view: View, { channel, joined = [], left = [] }: Message<'presence'>): string {
  const line = (names: readonly string[], what: string): string[] =>
    names.length === 0
      ? []
      : [renderInfo(view, `${channelTag(view, channel)}${listed(names, 'members')} ${what}`)];
  return [...line(left, 'left'), ...line(joined, 'joined')].join('\n');
}

function renamed(view: View, { channel, name, from }: Message<'nick'>): string {
  if (channel === undefined) return `You are ${printable(name)} now.`;
  return `${channelTag(view, channel)}${printable(from)} is now ${printable(name)}`;
}

function renderChannels(view: View, channels: Message<'channels'>['channels']): string {
  if (channels.length === 0) return renderInfo(view, 'There are no channels; join one, and there is.');
  const rows = channels.map(({ channel, members }) => `${printable(channel)}, ${counted(members, 'member')}`);
  return `${renderInfo(view, `${counted(channels.length, 'channel')}:`)}\n${renderList(view, rows)}`;
}

function renderNotice(view: View, { channel, text, left = [] }: Message<'notice'>): string {
  const tag = channel === undefined ? '' : channelTag(view, channel);
  const who = left.length === 0 ? '' : ` (${listed(left, 'members')})`;
  return `${view.ink.dim(timeOf(view.nowMs))} ${view.ink.yellow(`- ${tag}${printable(text)}${who}`)}`;
}

/** @param channel where typed lines go */
export function renderPrompt(
  ink: ChalkInstance,
  name: string | undefined,
  channel: string | undefined,
  online: boolean,
): string {
  const offline = online ? '' : ink.red('(offline) ');
  if (name === undefined || channel === undefined) return `${offline}> `;
  return `${offline}${coloured(ink, name, shortened(printable(name), promptNameColumns))}${ink.dim(`@${shortened(printable(channel), promptNameColumns)}`)}> `;
}

/** The beginning of a text, enough of it to recognise it. */
export function quoted(text: string): string {
  return `"${shortened(printable(text), quotedColumns)}"`;
}

/** Hours and minutes where the reader is. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return '--:--';
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A time span for people: `2 s`. */
export function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

function speaker({ ink }: View, { own, from }: Said): string {
  return coloured(own ? ink.bold : ink, from, printable(from));
}

/** A text in the colour that belongs to a name, always and everywhere. */
function coloured(ink: ChalkInstance, name: string, shown: string): string {
  let hash = 0;
  for (const char of normalForm(name)) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return ink[nameColours[hash % nameColours.length] ?? 'green'](shown);
}

function channelTag(view: View, channel: string): string {
  return view.several ? `[${printable(channel)}] ` : '';
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function named(names: readonly string[]): string {
  return names.map(printable).join(', ');
}

/** Names, or how many there are when they would fill the screen. */
function listed(names: readonly string[], what: string): string {
  return names.length > namedMembers ? `${names.length} ${what}` : named(names);
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${printable(reason)})`;
}
