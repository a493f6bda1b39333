/**
 * What clients can ask of the relay: one row for each type of message, with its precondition.
 * To add one: its type in wire/messages.ts, its fields in wire/decode-client-message.ts, a row here. [PROTOCOL 2]
 */
import { limits } from '../limits.js';
import { ProtocolError } from '../wire/errors.js';
import type { ClientFields, ClientMessage } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import type { Channel } from './channel.js';
import { listChannels, listNames } from './listing.js';
import type { Relay } from './relay.js';
import type { Session } from './session.js';

type Handlers = {
  readonly [T in keyof ClientFields]: (relay: Relay, session: Session, message: ClientMessage<T>) => void;
};

const handlers: Handlers = {
  join(relay, session, { channel, name, ref }) {
    const as = nameForJoin(session, name);
    if (!session.channels.has(channel) && session.channels.size >= limits.channelsPerSession) {
      throw new ProtocolError(
        'too-many-channels',
        `You are in ${limits.channelsPerSession} channels, which is the most; leave one first.`,
      );
    }
    if (session.name === undefined) relay.claimName(session, as);
    relay.join(session, channel);
    session.send({ type: 'joined', channel, name: as, ...listNames(relay.members(channel), as), ref });
  },

  leave(relay, session, { channel, ref }) {
    relay.leave(session, membership(session, channel));
    session.send({ type: 'left', channel, ref });
  },

  msg(relay, session, { channel, text, ref }) {
    const id = relay.say(
      session,
      channel === undefined ? onlyMembership(session) : membership(session, channel),
      text,
    );
    if (ref !== undefined) session.send({ type: 'ok', id, ref });
  },

  nick(relay, session, { name, ref }) {
    const from = session.name;
    const namesakes = relay.rename(session, name);
    session.send({ type: 'nick', name, from: from ?? name, ref });
    for (const namesake of namesakes) session.send(namesake);
  },

  names(relay, session, { channel, ref }) {
    const joined = session.channels.get(channel);
    if (joined) relay.catchUp(session, joined);
    const own = joined ? session.name : undefined;
    session.send({ type: 'names', channel, ...listNames(relay.members(channel), own), ref });
  },

  channels(relay, session, { ref }) {
    session.send({ type: 'channels', ...listChannels(relay.channelSummaries()), ref });
  },

  ping(_relay, session, { ref }) {
    session.send({ type: 'pong', ref });
  },
};

/**
 * Carries out one message of a client.
 *
 * @throws ProtocolError what is to be answered instead
 */
export function runCommand<T extends keyof ClientFields>(
  relay: Relay,
  session: Session,
  message: ClientMessage<T>,
): void {
  handlers[message.type](relay, session, message);
}

function nameForJoin(session: Session, name: string | undefined): string {
  if (session.name === undefined) {
    if (name !== undefined) return name;
    throw new ProtocolError(
      'malformed',
      'Malformed: "name" is missing from this join; the first one says who you are.',
    );
  }
  if (name !== undefined && normalForm(name) !== normalForm(session.name)) {
    throw new ProtocolError('bad-name', `You are ${session.name} here; change that with nick, then join.`);
  }
  return session.name;
}

function membership(session: Session, channel: string): Channel {
  const joined = session.channels.get(channel);
  if (joined) return joined;
  throw new ProtocolError('not-joined', `Malformed: you are not in ${channel}; join it first.`);
}

function onlyMembership(session: Session): Channel {
  if (session.channels.size > 1) {
    throw new ProtocolError('malformed', 'Malformed: you are in several channels; say which in "channel".');
  }
  for (const channel of session.channels.values()) return channel;
  throw new ProtocolError('not-joined', 'Malformed: join a channel before you send a message.');
}
