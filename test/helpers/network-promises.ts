/** What the tests of real networks expect of the servers, in one place. */
import { otherLimits } from './other-limits.js';
import type { StartOptions } from './program.js';

/**
 * Whether a lost message fails these tests; duplicates and disorder always do. The network does not repair what a
 * broken link took with it yet: to become true with the core that does.
 */
export const lossFails = true;

/** For servers that link with nobody but those they are told of, so that a ring stays one. */
export const onlyByHand: StartOptions = { nodeOptions: otherLimits({ ownLinks: 0 }) };
