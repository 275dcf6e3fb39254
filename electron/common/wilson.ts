import type { Interval } from './entities.ts';

/** Standard deviations on either side of the mean that hold 95 % of a normal distribution. */
const Z = 1.959_963_985;

/**
 * Wilson's 95 % interval of a share that was seen on `count` independent cases: where the share of all such cases may
 * lie. Holds for few cases and for shares near 0 and 1 as well, where resampling finds no spread.
 * @param share 0 to 1
 * @param count at least 1
 */
export function wilson(share: number, count: number): Interval {
  const z2 = (Z * Z) / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
