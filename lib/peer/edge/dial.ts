/**
 * The steps of a dial: a TCP connection to an IP address, and a TLS handshake on it if there is a network key. If one
 * fails, its error says why in plain words.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../clock.js';
import { limits } from '../../limits.js';
import type { NetworkKey } from '../../network-key.js';
import { explainZone } from '../../zone.js';
import type { Pending } from './connect-in-turn.js';
import { type Connection, keyTroubles, type Security, securityOf, tlsSettings } from './connection.js';

/** The error when the other end does not know the network key. */
export class KeyRefused extends Error {}

/** A TCP connection that has been made. */
export type Connected = Pick<Connection, 'socket' | 'provenByMs'>;

/** Begins to make a TCP connection. @param host an IP address */
export function connectTo(host: string, port: number, clock: Clock): Pending<Connected> {
  const socket = connect({ host, port });
  const made = new Promise<Connected>((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${limits.handshakeMs / 1000} s`)),
      limits.handshakeMs,
    );
    const onError = (error: NodeJS.ErrnoException): void =>
      reject(new Error(explainDialled(host, error), { cause: error }));
    socket.once('error', onError);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('it was given up'));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve({ socket, provenByMs: clock.nowMs() + limits.handshakeMs });
    });
  });
  return {
    made,
    cancel: () => {
      // A connection that has been made may already be cut off. Nothing else listens for that error.
      socket.on('error', () => {});
      socket.destroy();
    },
  };
}

/**
 * Does the TLS handshake at the end that dialled.
 *
 * @throws KeyRefused, and Error with a reason for people
 */
export function secure(
  { socket, provenByMs }: Connected,
  key: NetworkKey,
  clock: Clock,
): Promise<{ readonly socket: Socket; readonly security: Security }> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      ...tlsSettings,
      pskCallback: () => ({ identity: key.id, psk: key.tlsKey() }),
      // There is no certificate to check: an end that has the key is one that the connection is meant for.
      checkServerIdentity: () => undefined,
    });
    const timer = setTimeout(
      () => secured.destroy(new Error('it does not go on with the TLS handshake')),
      provenByMs - clock.nowMs(),
    );
    const onError = (error: NodeJS.ErrnoException): void => reject(explainTls(error));
    secured.once('error', onError);
    secured.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed at the other end'));
    });
    secured.once('secureConnect', () => {
      clearTimeout(timer);
      secured.off('error', onError);
      resolve({ socket: secured, security: securityOf(secured, key) });
    });
  });
}

/**
 * The TLS alerts by which a listener says that it does not know a key: handshake failure, illegal parameter, decrypt
 * error.
 */
const keyAlert = /SSL alert number (?:40|47|51)\b/;

function explainTls(error: NodeJS.ErrnoException): Error {
  if (keyAlert.test(error.message)) return new KeyRefused();
  // These two errors mean that something other than TLS came back.
  const isPlain = error.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || error.code === 'ERR_SSL_HTTP_REQUEST';
  const why = isPlain
    ? `${keyTroubles.weHaveNone.there}, or what answers there is not a Hearsay server’s peer port`
    : explain(error);
  return new Error(why, { cause: error });
}

function explainDialled(host: string, error: NodeJS.ErrnoException): string {
  return (error.code === 'EINVAL' ? explainZone(host) : undefined) ?? explain(error);
}

/** Why a connection failed, for people. */
export function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut off at the other end';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to it';
    case 'EMFILE':
    case 'ENFILE':
      return 'this server has no file descriptor left for it';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known';
    default:
      // OpenSSL's messages have numbers and a place in its source around the part that people can read.
      return (
        /^\w+:error:\w+:[^:]*:[^:]*:(?<reason>[^:]+):/.exec(error.message)?.groups?.reason ?? error.message
      );
  }
}
