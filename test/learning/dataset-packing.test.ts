import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPLITS } from '../../electron/common/entities.ts';
import { blocksOf, packDataset, unpackDataset } from '../../electron/learning/samples/dataset-packing.ts';

const pixels = fc.double({ min: 0, max: 1e5, noNaN: true });
const box = fc.record({
  x: pixels,
  y: pixels,
  width: pixels,
  height: pixels,
  classIndex: fc.nat(300),
  crowd: fc.boolean(),
});
const sample = fc.record({
  row: fc.nat(),
  imageId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  split: fc.constantFrom(...SPLITS),
  width: fc.integer({ min: 1, max: 20_000 }),
  height: fc.integer({ min: 1, max: 20_000 }),
  imageClass: fc.option(fc.nat(300)),
  furtherClasses: fc.option(fc.array(fc.nat(300), { minLength: 1, maxLength: 3 }), { nil: undefined }),
  boxes: fc.option(fc.array(box, { maxLength: 5 })),
});
const around = {
  imageClasses: [{ id: 1, name: 'healthy' }],
  objectClasses: [{ id: 2, name: 'cell' }],
  pixelFile: '/cache/pixels.bin',
  inputSize: 128,
};

describe('a data set on its way to the training thread', () => {
  it('arrives as it was, unlabelled boxes and empty images told apart', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
        const packed = packDataset({ ...around, samples });
        const received = structuredClone(packed, { transfer: blocksOf(packed) });
        expect(unpackDataset(received)).toEqual({ ...around, samples });
      }),
    );
  });

  it('is moved, not copied', () => {
    const samples = [
      { row: 0, imageId: 1, split: 'val' as const, width: 9, height: 9, imageClass: 0, boxes: null },
    ];
    const packed = packDataset({ ...around, samples });
    structuredClone(packed, { transfer: blocksOf(packed) });
    expect(packed.samples.byteLength).toBe(0);
  });
});
