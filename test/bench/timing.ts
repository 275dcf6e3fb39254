/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the nearest two (as NumPy's default). @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('There is no quantile of nothing.');
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

export interface TimedOptions {
  readonly warmUps: number;
  readonly runs: number;
}

/** Milliseconds of each run after the warm-ups. */
export async function timed(run: () => unknown, { warmUps, runs }: TimedOptions): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < warmUps + runs; i++) {
    const started = performance.now();
    await run();
    if (i >= warmUps) times.push(performance.now() - started);
  }
  return times;
}
