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

/** @param share the share of the values that are below the result, from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  return ascending(values)[Math.floor(values.length * share)] ?? Number.NaN;
}

/**
 * The 95 % interval of a statistic by bootstrap: the statistic is computed for samples drawn anew from the given ones, with
 * repetitions, and the lowest and highest 2.5 % are left out.
 * (B. Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7, 1979)
 *
 * @param samples independent samples
 * @param times how often samples are drawn; some hundreds are enough
 * @param random a source of numbers from 0 up to 1
 * @returns undefined for fewer than six samples, which are too few to tell
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
