import { describe, expect, it } from 'vitest';
import { secondsOf } from '../../electron/services/training-cost.ts';
import type { PlannedRun } from '../../electron/services/training-cost.ts';

const config = {
  network: 'nano',
  pretrained: false,
  precision: 'float32',
  freeze: { stages: 0, epochs: 0 },
  inputSize: 256,
  batch: 8,
  epochs: 10,
};
/** Epochs of 10 steps of 8 images in 40 seconds: half a second an image. */
const EPOCHS = [1, 2, 3].map((epoch) => ({ epoch, step: 10 * epoch, seconds: 40 }));
const run = (changes: object, createdAt = '2026-01-01', epochs = EPOCHS) => ({
  id: createdAt,
  config: { ...config, ...changes },
  createdAt,
  epochs,
  seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
});
const planned = (changes: object = {}, epochs = 10) => ({ config: { ...config, ...changes }, epochs });
const cost = (one: PlannedRun, runs: readonly ReturnType<typeof run>[]) =>
  secondsOf(one, 20, runs, ({ id }) => runs.find((other) => other.id === id)!.epochs);
const slower = (times: number) => EPOCHS.map((epoch) => ({ ...epoch, seconds: times * epoch.seconds }));

describe('what a training will cost', () => {
  it('is its epochs × images × the seconds that an image took in a run of such settings', () => {
    expect(cost(planned(), [run({})])).toBeCloseTo(10 * 20 * 0.5);
    expect(cost(planned({}, 3), [run({})])).toBeCloseTo(3 * 20 * 0.5);
  });

  it('counts neither what a first epoch compiles nor a pause: an epoch takes what the one in the middle took', () => {
    const uneven = EPOCHS.map((epoch, index) => ({ ...epoch, seconds: [400, 40, 40][index]! }));
    // Besides the start, once.
    expect(cost(planned(), [run({}, '2026-01-01', uneven)])).toBeCloseTo(360 + 100);
    expect(cost(planned(), [run({}, '2026-01-01', uneven), run({})])).toBeCloseTo(100);
  });

  it('goes by a run of several epochs, not by one that was stopped after its first', () => {
    const stopped = { ...run({}, '2026-02-02', [{ epoch: 1, step: 10, seconds: 300 }]) };
    expect(cost(planned(), [stopped, run({})])).toBeCloseTo(100);
    const two = [300, 40].map((seconds, index) => ({ epoch: index + 1, step: 10 * (index + 1), seconds }));
    expect(cost(planned(), [run({}, '2026-02-02', two)])).toBeCloseTo(260 + 100);
  });

  it('counts reading images and loading, which are no part of an epoch, once', () => {
    const whole = { ...run({}), seconds: 3 * 40 + 14 };
    expect(cost(planned(), [whole])).toBeCloseTo(14 + 100);
    expect(cost(planned({}, 1), [whole])).toBeCloseTo(14 + 10);
  });

  it('goes by the run that is alike, not by the newest; another input size counts by its area', () => {
    const newest = run({ network: 'lite0' }, '2026-02-02', slower(10));
    expect(cost(planned(), [newest, run({})])).toBeCloseTo(100);
    expect(cost(planned({ inputSize: 512 }), [newest, run({})])).toBeCloseTo(400);
    const large = run({ inputSize: 512 }, '2026-01-02', slower(2));
    expect(cost(planned({ inputSize: 512 }), [run({}, '2026-03-03'), large])).toBeCloseTo(200);
  });

  it('goes by an older run where the newest ended in its first epoch', () => {
    expect(cost(planned(), [run({}, '2026-02-02', []), run({})])).toBeCloseTo(100);
  });

  it('is unknown where no run has trained such a network, or none got through an epoch, and nothing where nothing is left', () => {
    expect(cost(planned({ network: 'plain' }), [run({})])).toBeNull();
    expect(cost(planned({ freeze: { stages: 3, epochs: 0 } }), [run({})])).toBeNull();
    expect(cost(planned(), [run({}, '2026-01-01', [])])).toBeNull();
    expect(cost(planned({ network: 'plain' }, 0), [])).toBe(0);
  });
});
