/** What the tests of real networks expect of the servers, in one place. */
import { otherLimits } from './other-limits.js';
import type { StartOptions } from './program.js';

/**
 * Whether a lost message fails these tests. It does, because the network repairs what a broken link loses.
 * Duplicates and disorder always fail them.
 */
export const lossFails = true;

/** Options for servers that link only with those they are told to connect to, so that a ring stays a ring. */
export const onlyByHand: StartOptions = { nodeOptions: otherLimits({ ownLinks: 0 }) };
