/** The reasons why links end, as sentences for the log here and for the log at the other end. [PEERING 3] */
import { limits } from '../../../limits.js';
import type { ByeReason } from '../../../wire/peer-frame.js';

export interface Goodbye {
  readonly reason: ByeReason;
  /** The sentence for this end. */
  readonly here: string;
  /** The sentence that the other end reads. */
  readonly there: string;
}

const bothSides = (text: string) => ({ here: text, there: text });

const silence = `nothing was heard for ${limits.linkDeadMs / 1000} s`;

const overflow = `more than ${limits.linkControlBytes / 1_048_576} MiB were waiting`;

const words: { readonly [R in ByeReason]: { readonly here: string; readonly there: string } } = {
  'shutting-down': { here: 'this server is shutting down', there: 'that server is shutting down' },
  disconnected: {
    here: 'disconnected by the operator',
    there: 'that server’s operator disconnected this one',
  },
  duplicate: bothSides('another link between these servers is in use'),
  self: bothSides('that is this server itself'),
  full: {
    here: 'this server has as many links as it takes',
    there: 'that server has as many links as it takes',
  },
  refused: { here: 'the operator disconnected it', there: 'that server’s operator disconnected this one' },
  version: bothSides('the protocols differ'),
  auth: {
    here: 'it could not prove who it is',
    there: 'that server says that this one could not prove who it is',
  },
  busy: {
    here: 'it made room for others: too many connections had yet to say who they are',
    there: 'that server has too many connections that have yet to say who they are',
  },
  'too-slow': {
    here: `it took too slowly what it was sent: ${overflow}`,
    there: `that server says that this one took too slowly what it was sent: ${overflow}`,
  },
  'protocol-error': {
    here: 'it broke the protocol',
    there: 'that server says that this one broke the protocol',
  },
  silent: { here: silence, there: `that server says that ${silence}` },
  other: bothSides('the link ends'),
};

/** A goodbye for a reason. @param detail what else both ends should know about it */
export function goodbye(reason: ByeReason, detail?: string): Goodbye {
  const { here, there } = words[reason];
  const more = detail === undefined ? '' : `: ${detail}`;
  return { reason, here: `${here}${more}`, there: `${there}${more}` };
}
