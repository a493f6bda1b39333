/**
 * The commands that clients can give: one row for each type of message, with its precondition. To add one, add its type
 * in wire/messages.ts, its fields in wire/decode-client-message.ts, and a row here. [PROTOCOL 2]
 */
import { limits } from '../limits.js';
import type { DirectOutcome } from '../network.js';
import { ProtocolError } from '../wire/errors.js';
import type { ClientFields, ClientMessage, Feature, Ref } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import type { Channel } from './channel.js';
import type { Journey } from './journey.js';
import { type Bare, NamesReply } from './names-reply.js';
import type { Relay } from './relay.js';
import type { Claim, Session } from './session.js';

type Handlers = {
  readonly [T in keyof ClientFields]: (
    relay: Relay,
    session: Session,
    message: ClientMessage<T>,
  ) => Journey | undefined;
};

const handlers: Handlers = {
  join(relay, session, { channel, name, features, ref }) {
    if (features?.includes('presence' satisfies Feature)) relay.gatherPresence(session);
    const as = nameForJoin(session, name);
    const joined = session.channels.get(channel);
    if (joined) joined.catchUp(session);
    else checkMayJoin(relay, session, as);
    const answer = (): void => {
      const own = session.name ?? as;
      answerWithNames(relay, session, { type: 'joined', channel, name: own }, own, ref);
    };
    if (joined) {
      answer();
      return undefined;
    }
    return joinJourney(relay, session, channel, as, answer);
  },

  leave(relay, session, { channel, ref }) {
    relay.leave(session, membership(session, channel));
    session.send({ type: 'left', channel, ref });
    return undefined;
  },

  msg(relay, session, { channel, to, text, ref }) {
    if (to !== undefined) return directJourney(relay, session, to, text, ref);
    const id = relay.say(
      session,
      channel === undefined ? onlyMembership(session) : membership(session, channel),
      text,
    );
    if (ref !== undefined) session.send({ type: 'ok', id, ref });
    return undefined;
  },

  nick(relay, session, { name, ref }) {
    if (session.claim?.key === normalForm(name)) {
      relay.rename(session.claim, name, ref);
      return undefined;
    }
    let claim: Claim | undefined;
    return {
      begin: (arrive) =>
        relay.names.claim(session, name, (granted) => {
          claim = granted;
          arrive();
        }),
      end: () => {
        if (!claim || !relay.names.holds(claim)) throw nameTaken(name);
        relay.rename(claim, name, ref);
      },
    };
  },

  names(relay, session, { channel, ref }) {
    const joined = session.channels.get(channel);
    const answer = (): void => {
      if (joined) joined.catchUp(session);
      const own = joined ? session.name : undefined;
      answerWithNames(relay, session, { type: 'names', channel }, own, ref);
    };
    if (!relay.channels.has(channel) && relay.directory.isElsewhere(channel)) {
      return { begin: (arrive) => relay.prepare(channel, arrive), end: answer };
    }
    answer();
    return undefined;
  },

  channels(relay, session, { ref }) {
    const { listed, more } = relay.directory.largest();
    session.chargeForList(listed.length, limits.channelsPerToken);
    session.send({ type: 'channels', channels: listed, more, ref });
    return undefined;
  },

  ping(_relay, session, { ref }) {
    session.send({ type: 'pong', ref });
    return undefined;
  },
};

/**
 * Carries out one message of a client.
 *
 * @returns the journey that it has to wait for, if it needs the network
 * @throws ProtocolError the error to answer with instead
 */
export function runCommand<T extends keyof ClientFields>(
  relay: Relay,
  session: Session,
  message: ClientMessage<T>,
): Journey | undefined {
  return handlers[message.type](relay, session, message);
}

/**
 * Sends an answer with the names of a channel's members.
 *
 * @param own the asker's name, if it is a member
 */
function answerWithNames(
  relay: Relay,
  session: Session,
  answer: Bare,
  own: string | undefined,
  ref: Ref | undefined,
): void {
  const list = relay.directory.names(answer.channel, own);
  session.chargeForList(list.count, limits.namesPerToken);
  session.sendPublished(new NamesReply(answer, list, ref));
}

/**
 * The join barrier: the name is claimed and the channel made ready at the same time; then all the rest is one step.
 * [PEERING 6.2]
 */
function joinJourney(
  relay: Relay,
  session: Session,
  channel: string,
  as: string,
  answer: () => void,
): Journey {
  let claim: Claim | undefined;
  return {
    begin: (arrive) => {
      if (session.name !== undefined) {
        relay.prepare(channel, arrive);
        return;
      }
      let waitsFor = 2;
      const goOn = (): void => {
        if (--waitsFor === 0) arrive();
      };
      relay.names.claim(session, as, (granted) => {
        claim = granted;
        if (granted) goOn();
        else arrive();
      });
      relay.prepare(channel, goOn);
    },
    end: () => {
      if (session.name === undefined) {
        if (!claim || !relay.names.holds(claim)) throw nameTaken(as);
        relay.names.assume(claim, as);
      }
      relay.join(session, channel);
      answer();
    },
  };
}

function directJourney(
  relay: Relay,
  session: Session,
  to: string,
  text: string,
  ref: Ref | undefined,
): Journey {
  if (session.name === undefined) throw notInAnyChannel();
  if (normalForm(to) === normalForm(session.name)) {
    throw new ProtocolError('malformed', `Malformed: ${to} is your own name; name somebody else in "to".`);
  }
  let id = '';
  let outcome: DirectOutcome = 'no-answer';
  return {
    begin: (arrive) => {
      id = relay.sayTo(session, to, text, (result) => {
        outcome = result;
        arrive();
      });
    },
    end: () => {
      if (outcome !== 'delivered') throw notDelivered(outcome, to);
      if (ref !== undefined) session.send({ type: 'ok', id, ref });
    },
  };
}

function checkMayJoin(relay: Relay, session: Session, as: string): void {
  if (session.channels.size >= limits.channelsPerSession) {
    throw new ProtocolError(
      'too-many-channels',
      `You are in ${limits.channelsPerSession} channels, which is the limit; leave one first.`,
    );
  }
  // A name that is taken on this server is refused without asking the network.
  if (session.name === undefined && relay.names.isTaken(as)) throw nameTaken(as);
}

function nameTaken(name: string): ProtocolError {
  return new ProtocolError('name-taken', `Somebody else is called ${name}; choose another name.`);
}

function notDelivered(outcome: Exclude<DirectOutcome, 'delivered'>, to: string): ProtocolError {
  return outcome === 'no-such-user'
    ? new ProtocolError(outcome, `Nobody is called ${to}; check the name.`)
    : new ProtocolError(
        outcome,
        `The server of ${to} did not answer in time; the message may or may not have arrived.`,
      );
}

function nameForJoin(session: Session, name: string | undefined): string {
  if (session.name === undefined) {
    if (name !== undefined) return name;
    throw new ProtocolError(
      'malformed',
      'Malformed: "name" is missing from this join; the first one has to say what you are called.',
    );
  }
  if (name !== undefined && normalForm(name) !== normalForm(session.name)) {
    throw new ProtocolError(
      'bad-name',
      `You are called ${session.name} here; change your name with nick, then join.`,
    );
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
  throw notInAnyChannel();
}

function notInAnyChannel(): ProtocolError {
  return new ProtocolError('not-joined', 'Malformed: join a channel before you send a message.');
}
