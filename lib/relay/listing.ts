/**
 * What a reply lists when there may be more than it has room for: a part, and in `more` how many were left out. A
 * reply of any length would fill the outbox of a client that did nothing wrong. [PROTOCOL 3]
 */
import { limits } from '../limits.js';
import type { ChannelSummary } from '../wire/messages.js';

/**
 * The first of a channel's names, and always the asker's own.
 *
 * @param names sorted
 * @param own the asker's, if it is a member
 */
export function listNames(
  names: readonly string[],
  own: string | undefined,
): { members: string[]; more: number | undefined } {
  const members = names.slice(0, limits.namesPerReply);
  const more = names.length - members.length;
  if (more === 0) return { members, more: undefined };
  if (own !== undefined && !members.includes(own)) members.splice(-1, 1, own);
  return { members, more };
}

/**
 * The channels with the most members.
 *
 * @param channels sorted by name, and so is what is returned
 */
export function listChannels(channels: readonly ChannelSummary[]): {
  channels: ChannelSummary[];
  more: number | undefined;
} {
  const more = channels.length - limits.channelsPerReply;
  if (more <= 0) return { channels: [...channels], more: undefined };
  // Sorting is stable, so among equals the first by name come first.
  const largest = channels.toSorted((a, b) => b.members - a.members).slice(0, limits.channelsPerReply);
  return { channels: largest.sort((a, b) => (a.channel < b.channel ? -1 : 1)), more };
}
