/**
 * This server's HELLO, and how much of the other end's HELLO is believed. [PEERING 3.1, 3.5]
 */
import { randomBytes } from 'node:crypto';
import { type Address, plainHost } from '../../wire/address.js';
import { type Hello, oldestPeerProtocol, peerProtocolVersion } from '../../wire/peer-frame.js';
import { isTellable } from '../../wire/scope.js';
import type { Identity } from '../core/identity.js';
import type { LinkInfo } from '../core/links/link-table.js';
import type { Link } from './link.js';

const nonceBytes = 16;

interface Self {
  readonly identity: Identity;
  readonly name: string;
  readonly version: string;
  readonly advertise: { readonly host: string; readonly port: number | undefined } | undefined;
}

/**
 * The HELLO of this server for one connection.
 *
 * @param port this server's peer port
 * @param probe whether the connection is only made to see who answers
 */
export function ownHello({ identity, name, version, advertise }: Self, port: number, probe: boolean): Hello {
  return {
    type: 'hello',
    protocol: peerProtocolVersion,
    oldest: oldestPeerProtocol,
    node: identity.node,
    name,
    version,
    ...(advertise && { host: advertise.host }),
    port: advertise?.port ?? port,
    probe,
    key: identity.publicKey,
    nonce: randomBytes(nonceBytes).toString('hex'),
  };
}

/**
 * Who is at the other end of a link, and where it listens. The address that a dialling server gives for itself is used
 * only if it may be told over this link (`isTellable`), and it is dialled once before anybody else is told of it.
 */
export function identityOf(
  link: Link,
  { node, name, host, port }: Hello,
  dialled: Address | undefined,
): Pick<LinkInfo, 'node' | 'name' | 'listensAt'> {
  const remote = plainHost(link.remoteHost);
  const isTaken = dialled === undefined && host !== undefined && isTellable(host, remote);
  return { node, name, listensAt: { host: isTaken ? host : remote, port } };
}
