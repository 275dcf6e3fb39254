import { describe, expect, it } from 'vitest';
import { secondsOf } from '../../renderer/train/training-cost.ts';

const config = {
  network: 'nano',
  pretrained: false,
  precision: 'float32',
  freeze: { stages: 0, epochs: 0 },
  inputSize: 256,
  batch: 8,
  epochs: 10,
};
/** 100 steps of 8 images in 400 seconds: half a second an image. */
const run = (changes: object, createdAt = '2026-01-01') => ({
  config: { ...config, ...changes },
  createdAt,
  seconds: 400,
  step: 100,
});
const planned = (changes: object = {}, epochs = 10) => ({ config: { ...config, ...changes }, epochs });

describe('what a training will cost', () => {
  it('is its epochs × images × the seconds that an image took in a run of such settings', () => {
    expect(secondsOf(planned(), 20, [run({})])).toBeCloseTo(10 * 20 * 0.5);
    expect(secondsOf(planned({}, 3), 20, [run({})])).toBeCloseTo(3 * 20 * 0.5);
  });

  it('goes by the run that is alike, not by the newest; another input size counts by its area', () => {
    const newest = { ...run({ network: 'lite0' }, '2026-02-02'), seconds: 4000 };
    expect(secondsOf(planned(), 20, [newest, run({})])).toBeCloseTo(100);
    expect(secondsOf(planned({ inputSize: 512 }), 20, [newest, run({})])).toBeCloseTo(400);
    const large = { ...run({ inputSize: 512 }), seconds: 800 };
    expect(secondsOf(planned({ inputSize: 512 }), 20, [run({}, '2026-03-03'), large])).toBeCloseTo(200);
  });

  it('is unknown where no run has trained such a network, or none got to a step, and nothing where nothing is left', () => {
    expect(secondsOf(planned({ network: 'plain' }), 20, [run({})])).toBeNull();
    expect(secondsOf(planned({ freeze: { stages: 3, epochs: 0 } }), 20, [run({})])).toBeNull();
    expect(secondsOf(planned(), 20, [{ ...run({}), step: 0 }])).toBeNull();
    expect(secondsOf(planned({ network: 'plain' }, 0), 20, [])).toBe(0);
  });
});
