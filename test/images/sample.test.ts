import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { area, intersectionArea, intersectionOverUnion } from '../../electron/common/geometry.ts';
import { createRandom } from '../../electron/common/random.ts';
import { buildDigitScenes, decode, probe } from '../../electron/images/index.ts';
import { colourOfLuminance, luminance, paintBackground } from '../../electron/images/sample/background.ts';
import { loadDigits, splitDigits } from '../../electron/images/sample/digits.ts';
import { INK_THRESHOLD, renderGlyph } from '../../electron/images/sample/glyph.ts';
import { LARGEST_RATIO, MOST_OVERLAP, SCENE_SIZE, renderScene } from '../../electron/images/sample/scene.ts';
import type { Scene } from '../../electron/images/sample/scene.ts';
import { useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();
const digits = await loadDigits();

function scenes(count: number): Scene[] {
  return Array.from({ length: count }, (_, index) => renderScene(digits, 1000 + index));
}

describe('the handwritten digits', () => {
  it('are 10,000, of each digit nearly as many', () => {
    const counts = digits.samples.map((samples) => samples.length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(digits.samples.every((samples) => samples.every((ink) => ink.length === 784))).toBe(true);
  });

  it('are parted so that none is in two splits and none is lost', () => {
    const parts = splitDigits(digits, 5);
    const key = (ink: Uint8Array): number => ink.byteOffset;
    const of = (split: 'train' | 'val' | 'test'): number[] => parts[split].samples.flat().map(key);
    const all = [...of('train'), ...of('val'), ...of('test')];
    expect(all).toHaveLength(10_000);
    expect(new Set(all).size).toBe(10_000);
    expect(of('test').length).toBeGreaterThan(1400);
    expect(splitDigits(digits, 5).val.samples[3]![0]).toEqual(parts.val.samples[3]![0]);
    expect(splitDigits(digits, 6).val.samples[3]![0]).not.toEqual(parts.val.samples[3]![0]);
  });
});

describe('the box of a digit', () => {
  it('is tight around the inked pixels at every scale and angle', () => {
    const arbitrary = fc.record({
      digit: fc.nat(9),
      sample: fc.nat(800),
      scale: fc.double({ min: 0.7, max: 2.2, noNaN: true }),
      angle: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(arbitrary, ({ digit, sample, scale, angle }) => {
        const glyph = renderGlyph(digits.samples[digit]![sample]!, scale, angle)!;
        const { box, coverage, width } = glyph;
        const inked = (x: number, y: number): boolean => coverage[y * width + x]! >= INK_THRESHOLD;
        let outside = 0;
        const touched = { left: false, right: false, top: false, bottom: false };
        for (let y = 0; y < glyph.height; y++) {
          for (let x = 0; x < width; x++) {
            if (!inked(x, y)) continue;
            const inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
            if (!inside) outside++;
            touched.left ||= x === box.x;
            touched.right ||= x === box.x + box.width - 1;
            touched.top ||= y === box.y;
            touched.bottom ||= y === box.y + box.height - 1;
          }
        }
        expect(outside).toBe(0);
        expect(touched).toEqual({ left: true, right: true, top: true, bottom: true });
      }),
      { numRuns: 60 },
    );
  });

  it('is about the digit’s own size times the scale when it is not turned', () => {
    const ink = new Uint8Array(784);
    for (let y = 4; y < 24; y++) for (let x = 10; x < 18; x++) ink[y * 28 + x] = 255;
    const { box } = renderGlyph(ink, 2, 0)!;
    expect(Math.abs(box.width - 16)).toBeLessThanOrEqual(1);
    expect(Math.abs(box.height - 40)).toBeLessThanOrEqual(1);
    const turned = renderGlyph(ink, 2, Math.PI / 2)!.box;
    expect([turned.width, turned.height]).toEqual([box.height, box.width]);
  });

  it('does not exist where nothing can be seen', () => {
    expect(renderGlyph(new Uint8Array(784).fill(20), 1, 0)).toBeNull();
  });
});

describe('a scene', () => {
  it('has one to five digits inside it that hardly overlap', () => {
    const counts = new Set<number>();
    for (const { digits: placed } of scenes(150)) {
      counts.add(placed.length);
      for (const [index, box] of placed.entries()) {
        expect(box.x >= 0 && box.y >= 0).toBe(true);
        expect(box.x + box.width <= SCENE_SIZE && box.y + box.height <= SCENE_SIZE).toBe(true);
        for (const other of placed.slice(index + 1)) {
          expect(intersectionOverUnion(box, other)).toBeLessThanOrEqual(MOST_OVERLAP.iou);
          const smaller = Math.min(area(box), area(other));
          expect(intersectionArea(box, other)).toBeLessThanOrEqual(MOST_OVERLAP.ofSmaller * smaller);
        }
      }
    }
    expect([...counts].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('has a class that is clearly its largest digit', () => {
    for (const { digits: placed, largest } of scenes(150)) {
      const [first, second] = [...placed].sort((a, b) => area(b) - area(a));
      expect(first!.digit).toBe(largest);
      if (second !== undefined) expect(area(first!)).toBeGreaterThanOrEqual(LARGEST_RATIO * area(second));
    }
  });

  it('shows every class, as image class and in boxes', () => {
    const all = scenes(150);
    expect(new Set(all.map((scene) => scene.largest)).size).toBe(10);
    expect(new Set(all.flatMap((scene) => scene.digits.map(({ digit }) => digit))).size).toBe(10);
  });

  it('has ink where its boxes are: inside, lightness varies far more than around', () => {
    const spread = (scene: Scene, inside: boolean): number => {
      const values: number[] = [];
      for (let y = 0; y < SCENE_SIZE; y++) {
        for (let x = 0; x < SCENE_SIZE; x++) {
          const within = scene.digits.some(
            (box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
          );
          if (within !== inside) continue;
          const at = (y * SCENE_SIZE + x) * 3;
          values.push(luminance([scene.pixels[at]!, scene.pixels[at + 1]!, scene.pixels[at + 2]!]));
        }
      }
      values.sort((a, b) => a - b);
      return values[Math.floor(values.length * 0.98)]! - values[Math.floor(values.length * 0.02)]!;
    };
    for (const scene of scenes(40)) expect(spread(scene, true)).toBeGreaterThan(spread(scene, false));
  });

  it('is the same for the same seed', () => {
    expect(renderScene(digits, 42)).toEqual(renderScene(digits, 42));
    expect(renderScene(digits, 42).pixels).not.toEqual(renderScene(digits, 43).pixels);
  });
});

describe('colours', () => {
  it('have the lightness that was asked for, and backgrounds leave room for ink', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double({ min: 0.02, max: 0.98, noNaN: true }), (seed, wish) => {
        expect(Math.abs(luminance(colourOfLuminance(createRandom(seed), wish)) - wish)).toBeLessThan(0.04);
      }),
    );
    for (let seed = 0; seed < 50; seed++) {
      const background = paintBackground(createRandom(seed), 16);
      expect(background.luminance < 0.38 || background.luminance > 0.62).toBe(true);
      expect(background.pixels.every((value) => value >= 0 && value <= 255)).toBe(true);
    }
  });
});

describe('building digit scenes', () => {
  it('writes the scenes of each split with boxes, classes and sizes that fit the files', async () => {
    const root = join(folder.path, 'scenes');
    const progress: number[] = [];
    const options = { train: 30, val: 4, test: 3, seed: 9, folder: root };
    const built = await buildDigitScenes({ ...options, onProgress: (done) => progress.push(done) });
    const { dataset, files } = built;
    expect(built.folder).toBe(root);
    expect(files).toHaveLength(37);
    expect(progress.at(-1)).toBe(37);
    const count = (split: string): number => dataset.images.filter((image) => image.split === split).length;
    expect([count('train'), count('val'), count('test')]).toEqual([30, 4, 3]);
    expect(dataset.classes.map(({ kind, name }) => `${kind} ${name}`)).toContain('object 7');
    for (const image of dataset.images.slice(0, 5)) {
      expect(await probe(image.file!)).toMatchObject({ ok: true, image: { width: 128, height: 128 } });
      expect(image.file).toBe(join(root, image.path));
      expect(image.imageClasses).toHaveLength(1);
      expect(image.boxes.map((box) => box.className)).toContain(image.imageClasses[0]);
    }
  });

  it('gives the same bytes again for the same seed, however many scenes there are', async () => {
    const one = await buildDigitScenes({
      train: 3,
      val: 1,
      test: 0,
      seed: 4,
      folder: join(folder.path, 'one'),
    });
    const two = await buildDigitScenes({
      train: 30,
      val: 2,
      test: 0,
      seed: 4,
      folder: join(folder.path, 'two'),
    });
    const other = await buildDigitScenes({
      train: 1,
      val: 0,
      test: 0,
      seed: 5,
      folder: join(folder.path, 'other'),
    });
    expect(two.dataset.images[2]!.boxes).toEqual(one.dataset.images[2]!.boxes);
    expect((await readFile(two.files[0]!)).equals(await readFile(one.files[0]!))).toBe(true);
    expect((await readFile(other.files[0]!)).equals(await readFile(one.files[0]!))).toBe(false);
    expect((await decode(one.files[3]!)).width).toBe(SCENE_SIZE);
  });

  it('stops when it is cancelled and refuses senseless numbers', async () => {
    const controller = new AbortController();
    const options = { train: 2000, val: 0, test: 0, seed: 1, folder: join(folder.path, 'cancelled') };
    const running = buildDigitScenes({
      ...options,
      signal: controller.signal,
      onProgress: (done) => done > 0 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(buildDigitScenes({ ...options, train: -1 })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(buildDigitScenes({ ...options, seed: 0.5 })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
