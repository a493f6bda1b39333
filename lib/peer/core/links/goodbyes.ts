/** Why a link ends, in words: for the log here, and for the one at the other end. [PEERING 3] */
import { limits } from '../../../limits.js';
import type { ByeReason } from '../../../wire/peer-frame.js';

export interface Goodbye {
  readonly reason: ByeReason;
  readonly here: string;
  /** As the other end will read it. */
  readonly there: string;
}

const bothSides = (text: string) => ({ here: text, there: text });

const silence = `nothing was heard for ${limits.linkDeadMs / 1000} s`;

const words: { readonly [R in ByeReason]: { readonly here: string; readonly there: string } } = {
  'shutting-down': { here: 'this server is shutting down', there: 'that server is shutting down' },
  disconnected: {
    here: 'disconnected by the operator',
    there: 'that server’s operator disconnected this one',
  },
  duplicate: bothSides('another link between these servers is in use'),
  self: bothSides('that is this server itself'),
  full: {
    here: `there are ${limits.links} links, which is the most`,
    there: `that server has ${limits.links} links, which is the most`,
  },
  refused: { here: 'the operator disconnected it', there: 'that server’s operator disconnected this one' },
  version: bothSides('the protocols differ'),
  'protocol-error': {
    here: 'it broke the protocol',
    there: 'that server says that this one broke the protocol',
  },
  silent: { here: silence, there: `that server says that ${silence}` },
};

/** @param detail what more there is to say of it, for both */
export function goodbye(reason: ByeReason, detail?: string): Goodbye {
  const { here, there } = words[reason];
  const more = detail === undefined ? '' : `: ${detail}`;
  return { reason, here: `${here}${more}`, there: `${there}${more}` };
}
