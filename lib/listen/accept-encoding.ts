/** Which of the codings that there are a client takes. [RFC 9110, 12.5.3] */

/** What a body may be coded with; the first is the smallest. */
export const codings = ['br', 'gzip'] as const;
export type Coding = (typeof codings)[number];

const identity = 'identity';
const itemPattern = /^([\w!#$%&'*+.^`|~-]+)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/**
 * @param acceptEncoding the header as it came; what cannot be understood in it is ignored
 * @param available the codings that there are, ahead of none at all
 * @returns the one that the client likes best, the first of several; undefined if it takes none, nor an uncoded body
 */
export function chooseCoding(
  acceptEncoding: string | undefined,
  available: readonly Coding[],
): Coding | typeof identity | undefined {
  if (acceptEncoding === undefined) return identity;
  const weights = weightsOf(acceptEncoding);
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const best = Math.max(0, ...available.map(weightOf));
  // Not coded at all is fine if it is not ruled out, and liked best only if that is said. [12.5.3, rule 2]
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
