/** Half-width, in deviations of the standard normal distribution, of an interval that holds 95 %. */
const Z = 1.959_963_985;

/**
 * Wilson's 95 % interval of a share that was seen on `count` independent cases: where the share of all such cases may
 * lie. Holds for few cases and for shares near 0 and 1 as well.
 * @param share 0 to 1
 * @param count at least 1
 */
export function wilson(share: number, count: number): { readonly low: number; readonly high: number } {
  const z2 = (Z * Z) / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Below this, scores of a split are doubtful: an accuracy is known to ± 14 points at best. */
export const FEW_IMAGES = 50;
/** Below this, nothing is to be read from scores: an accuracy is known to ± 26 points at best. */
export const TOO_FEW_IMAGES = 10;
