import { describe, expect, it } from 'vitest';
import { nearDuplicates } from '../../electron/common/near-duplicates.ts';
import { createRandom } from '../../electron/common/random.ts';

const SIDE = 16;

/** A picture of some soft spots. */
function scene(seed: number): number[] {
  const random = createRandom(seed);
  const spots = Array.from({ length: 6 }, () => {
    return { x: random.next() * SIDE, y: random.next() * SIDE, light: random.next() * 160 - 80 };
  });
  return Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const light = spots.map((spot) => spot.light * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / 18));
    return 128 + light.reduce((sum, one) => sum + one, 0);
  });
}

const picture = (imageId: number, values: readonly number[]) => ({
  imageId,
  thumbnail: Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value)))),
});
const at = (values: readonly number[], x: number, y: number): number => values[y * SIDE + x]!;
const mapped = (values: readonly number[], from: (x: number, y: number) => [number, number]): number[] =>
  values.map((_, place) => at(values, ...from(place % SIDE, Math.floor(place / SIDE))));

describe('near-duplicates', () => {
  it('are the same picture, a little lighter and with the noise of another encoding', () => {
    const noise = createRandom(9);
    const again = scene(1).map((value) => value * 0.97 + 6 + noise.next() * 2);
    expect(nearDuplicates([picture(1, scene(1)), picture(2, scene(2)), picture(3, again)])).toEqual([[1, 3]]);
  });

  it.each<[string, (x: number, y: number) => [number, number]]>([
    ['mirrored', (x, y) => [SIDE - 1 - x, y]],
    ['upside down', (x, y) => [x, SIDE - 1 - y]],
    ['turned by half', (x, y) => [SIDE - 1 - x, SIDE - 1 - y]],
    ['turned by a quarter', (x, y) => [y, SIDE - 1 - x]],
    ['turned back by a quarter', (x, y) => [SIDE - 1 - y, x]],
    ['mirrored along the diagonal', (x, y) => [y, x]],
  ])('are found %s', (_name, from) => {
    expect(nearDuplicates([picture(1, scene(5)), picture(2, mapped(scene(5), from))])).toEqual([[1, 2]]);
  });

  it('are not other scenes, nor grey pictures of another light', () => {
    const scenes = Array.from({ length: 200 }, (_, seed) => picture(seed, scene(seed)));
    expect(nearDuplicates(scenes)).toEqual([]);
    const grey = [40, 41, 120].map((value, id) => picture(id, Array<number>(SIDE * SIDE).fill(value)));
    expect(nearDuplicates(grey)).toEqual([[0, 1]]);
  });

  it('join all frames of one scene, each compared with a few others only', () => {
    const noise = createRandom(3);
    const frames = Array.from({ length: 500 }, (_, id) =>
      picture(
        id,
        scene(4).map((value) => value + noise.next() * 3),
      ),
    );
    const pairs = nearDuplicates(frames);
    expect(pairs.length).toBeLessThan(4 * frames.length);
    expect(new Set(pairs.map(([, id]) => id)).size).toBe(frames.length - 1);
  });
});
