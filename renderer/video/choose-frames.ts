/** Which frames of a video to take: by number, ascending. Times are seconds, ascending, one for each frame. */

export type FrameRule =
  | { readonly kind: 'count'; readonly every: number }
  | { readonly kind: 'seconds'; readonly every: number }
  | { readonly kind: 'changes'; readonly threshold: number };

/** Frames 0, n, 2n, … of `total`. @param every at least 1 */
export function everyNth(total: number, every: number): number[] {
  return Array.from({ length: Math.ceil(total / every) }, (_, index) => index * every);
}

/** Clocks of files are this coarse; seconds. */
const CLOCK = 1e-6;

/**
 * The frames that are on the screen at the first frame's time and each `every` seconds after it, each once: a video of
 * variable frame rate may show one for longer.
 * @param every above 0
 */
export function everySeconds(times: readonly number[], every: number): number[] {
  const chosen: number[] = [];
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? -Infinity;
  let frame = 0;
  for (let moment = 0; first + moment * every <= last + CLOCK; moment += 1) {
    const time = first + moment * every + CLOCK;
    while ((times[frame + 1] ?? Infinity) <= time) frame += 1;
    if (chosen.at(-1) !== frame) chosen.push(frame);
  }
  return chosen;
}

/** Side of the grey picture by which frames are compared. */
export const GLIMPSE_SIDE = 16;
/** A cut changes a picture by a quarter and more, a person walking through it by a few hundredths. */
export const DEFAULT_THRESHOLD = 0.1;
/** Shorter than this is a flash or a fade, not a scene; seconds. */
const SHORTEST_SCENE = 0.5;

/** How much two glimpses differ: mean of the absolute differences of luma, 0 (the same) to 1 (black and white). */
export function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (const [index, value] of a.entries()) sum += Math.abs(value - (b[index] ?? 0));
  return sum / (a.length * 255);
}

/**
 * The first frame, and each that differs by more than the threshold from the last one taken, so that a slow change is
 * found as well as a cut. Taken a little later in a fade: not sooner than half a second after the last one.
 * @param glimpses one for each frame; null for one that could not be decoded
 */
export function pictureChanges(
  glimpses: readonly (Uint8Array | null)[],
  times: readonly number[],
  threshold: number,
): number[] {
  const chosen: number[] = [];
  let last: { readonly glimpse: Uint8Array; readonly time: number } | null = null;
  for (const [frame, glimpse] of glimpses.entries()) {
    const time = times[frame] ?? 0;
    if (glimpse === null) continue;
    if (
      last !== null &&
      (time - last.time < SHORTEST_SCENE || difference(last.glimpse, glimpse) <= threshold)
    )
      continue;
    chosen.push(frame);
    last = { glimpse, time };
  }
  return chosen;
}

/** At most `count` of the items, spread evenly, the first and the last among them. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!,
  );
}
