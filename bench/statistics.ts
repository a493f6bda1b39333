/** Medians and other quantiles of some figures, and how well they are known. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  const [low, high] = [
    sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)] ?? Number.NaN,
    sorted[middle] ?? Number.NaN,
  ];
  return (low + high) / 2;
}

/** @param share of the values that are below it, from 0 up to 1 */
export function quantile(values: readonly number[], share: number): number {
  return ascending(values)[Math.floor(values.length * share)] ?? Number.NaN;
}

/**
 * Between which values some figure of samples most likely is: what it comes to for samples drawn anew from these, with
 * repetitions, but for the highest and lowest 2.5 %.
 * (B. Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7, 1979)
 *
 * @param samples independent ones
 * @param times how often; some hundreds will do
 * @param random from 0 up to 1
 * @returns undefined for fewer than six, which cannot tell
 */
export function bootstrap<Sample>(
  samples: readonly Sample[],
  figure: (samples: readonly Sample[]) => number,
  times: number,
  random: () => number,
): Interval | undefined {
  if (samples.length < 6) return undefined;
  const figures = Array.from({ length: times }, () =>
    figure(samples.flatMap(() => samples[Math.floor(random() * samples.length)] ?? [])),
  );
  return { low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
