/** Chooses the content coding of an answer by the request's `Accept-Encoding`. [RFC 9110, 12.5.3] */

/** The codings that a body may have. The first makes it smallest. */
export const codings = ['br', 'gzip'] as const;
export type Coding = (typeof codings)[number];

const identity = 'identity';
const itemPattern = /^([\w!#$%&'*+.^`|~-]+)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/**
 * Chooses a coding.
 *
 * @param acceptEncoding the header as it came; parts that cannot be understood are ignored
 * @param available the codings in which there is a body; each is preferred to `identity`, which is no coding
 * @returns the coding that the client likes best, and of several the first; undefined if it takes none of them and no
 *   uncoded body either
 */
export function chooseCoding(
  acceptEncoding: string | undefined,
  available: readonly Coding[],
): Coding | typeof identity | undefined {
  if (acceptEncoding === undefined) return identity;
  const weights = weightsOf(acceptEncoding);
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const best = Math.max(0, ...available.map(weightOf));
  // An uncoded body is acceptable unless it is ruled out. It is preferred only if the header says so. [12.5.3, rule 2]
  const identityWeight = weights.get(identity) ?? weights.get('*');
  if (best > 0 && best >= (weights.get(identity) ?? 0)) {
    return available.find((coding) => weightOf(coding) === best);
  }
  return identityWeight === 0 ? undefined : identity;
}

function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [, coding, weight = '1'] = itemPattern.exec(item.trim()) ?? [];
    if (coding !== undefined) weights.set(coding === 'x-gzip' ? 'gzip' : coding, Number(weight));
  }
  return weights;
}
