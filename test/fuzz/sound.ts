import fc from 'fast-check';
import { expect } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { ReadDataset } from '../../electron/exchange/index.ts';
import { read } from '../exchange/support.ts';

/** Values in the places of others: of any type, and one that can't be made text. */
export const odd = fc.oneof(
  fc.constantFrom(null, 0, -5, 1e300, '', 'x', true, [], {}, [1, 2], [[]], { toString: [] }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Whatever came out is sound: boxes with area, inside images of known size, classes that are listed. */
function expectSound({ dataset, problems }: ReadDataset): void {
  const names = new Set(dataset.classes.map(({ name }) => name));
  for (const image of dataset.images) {
    for (const box of image.boxes) {
      expect(names.has(box.className)).toBe(true);
      expect([box.x, box.y, box.width, box.height].every(Number.isFinite)).toBe(true);
      expect(box.width > 0 && box.height > 0).toBe(true);
      if (image.width !== null && image.height !== null) {
        expect(box.x >= 0 && box.y >= 0).toBe(true);
        expect(box.x + box.width).toBeLessThanOrEqual(image.width * (1 + 1e-12));
        expect(box.y + box.height).toBeLessThanOrEqual(image.height * (1 + 1e-12));
      }
    }
  }
  for (const problem of problems) expect(inEnglish(problem.message).length).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(dataset))).toBeTruthy();
}

/** Reads it: the result is sound, or the error is one in words. */
export async function survives(path: string, format: string): Promise<void> {
  let result: ReadDataset;
  try {
    result = await read(path, { sizeOf: async () => ({ width: 100, height: 80 }) }, format);
  } catch (error) {
    expect(error).toBeInstanceOf(TwinheadError);
    expect(['unusable-input', 'not-found']).toContain((error as TwinheadError).code);
    return;
  }
  expectSound(result);
}
