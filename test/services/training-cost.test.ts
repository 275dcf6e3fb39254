import { describe, expect, it } from 'vitest';
import { copiesKept, parseTrainingConfig, trunkWork } from '../../electron/learning/index.ts';
import type { TrainingConfig } from '../../electron/learning/index.ts';
import { secondsLeft, trainingCosts } from '../../electron/services/runs/training-cost.ts';

const learning = { copiesKept, parseTrainingConfig, trunkWork };
const BASE = { network: 'nano', precision: 'float32', inputSize: 256, batch: 8, epochs: 10 };
const configOf = (changes: object = {}): TrainingConfig => parseTrainingConfig({ ...BASE, ...changes });
/** Epochs of 10 steps of 8 images. */
const epochsOf = (...seconds: number[]) =>
  seconds.map((one, index) => ({
    epoch: index + 1,
    step: 10 * (index + 1),
    seconds: one,
    imagesPerSecond: null as number | null,
  }));
const EPOCHS = epochsOf(40, 40, 40);
const run = (changes: object, createdAt = '2026-01-01', epochs = EPOCHS, beside = 0) => ({
  id: createdAt,
  config: configOf(changes),
  createdAt,
  epochs,
  seconds: epochs.reduce((sum, { seconds }) => sum + seconds, beside),
});
const cost = (changes: object, runs: readonly ReturnType<typeof run>[], epochs?: number, images = 80) => {
  const config = configOf(changes);
  const costOf = trainingCosts(images, runs, ({ id }) => runs.find((one) => one.id === id)!.epochs, learning);
  return costOf({ config, epochs: epochs ?? config.epochs });
};
const FROZEN = { network: 'lite0', pretrained: true, freeze: { stages: 5, epochs: 0, variants: 8 } };

describe('what a training will cost', () => {
  it('is its epochs × the seconds that one took in a run of such settings', () => {
    expect(cost({}, [run({})])).toEqual({ seconds: 400, rough: false });
    expect(cost({}, [run({})], 3)).toEqual({ seconds: 120, rough: false });
  });

  it('grows with the images, but for what an epoch does besides', () => {
    const { seconds } = cost({}, [run({})], 1, 160)!;
    expect(seconds).toBeGreaterThan(79);
    expect(seconds).toBeLessThan(80);
  });

  it('counts neither what a first epoch compiles nor a pause: an epoch takes what the one in the middle took', () => {
    const uneven = run({}, '2026-01-01', epochsOf(400, 40, 40));
    // Besides the start, once.
    expect(cost({}, [uneven])?.seconds).toBeCloseTo(360 + 400);
    expect(cost({}, [uneven, run({}, '2026-01-02')])?.seconds).toBeCloseTo(400);
  });

  it('goes by a run of several epochs, not by one that was stopped after its first', () => {
    const stopped = run({}, '2026-02-02', epochsOf(300));
    expect(cost({}, [stopped, run({})])?.seconds).toBeCloseTo(400);
    expect(cost({}, [run({}, '2026-02-02', epochsOf(300, 40))])?.seconds).toBeCloseTo(260 + 400);
  });

  it('counts reading images and loading, which are no part of an epoch, once', () => {
    const whole = run({}, '2026-01-01', EPOCHS, 14);
    expect(cost({}, [whole])?.seconds).toBeCloseTo(14 + 400);
    expect(cost({}, [whole], 1)?.seconds).toBeCloseTo(14 + 40);
  });

  it('goes by the run that is alike, not by the newest or one that ended in its first epoch', () => {
    const newest = run({ network: 'plain' }, '2026-02-02', epochsOf(400, 400, 400));
    expect(cost({}, [newest, run({}, '2026-03-03', []), run({})])?.seconds).toBeCloseTo(400);
    const large = run({ inputSize: 512 }, '2026-01-02', epochsOf(80, 80, 80));
    expect(cost({ inputSize: 512 }, [run({}, '2026-03-03'), large])).toEqual({ seconds: 800, rough: false });
  });

  it('is rough for another input size: more than the same, less than by its area', () => {
    const { seconds, rough } = cost({ inputSize: 512 }, [run({}, '2026-01-01', epochsOf(2, 2, 2))])!;
    expect(rough).toBe(true);
    expect(seconds).toBeGreaterThan(2 * 20);
    expect(seconds).toBeLessThan(4 * 20);
  });

  it('tells epochs on kept features from epochs that compute them, which a short run does', () => {
    // As 40 photographs of blood cells took: with fewer epochs than copies nothing is kept.
    const short = run({ ...FROZEN, epochs: 6 }, '2026-02-02', epochsOf(3.6, 2.5, 2.5, 2.5, 2.5, 2.5));
    const long = run({ ...FROZEN, epochs: 60 }, '2026-01-01', epochsOf(3, 0.9, 0.9, 0.9, 0.9), 17);
    const known = cost({ ...FROZEN, epochs: 60 }, [short, long])!;
    expect(known.rough).toBe(false);
    expect(known.seconds).toBeCloseTo(17 + 2.1 + 60 * 0.9);
    expect(cost({ ...FROZEN, epochs: 6 }, [short, long])?.seconds).toBeCloseTo(1.1 + 6 * 2.5);
  });

  it('is within half and twice where only an unlike run is known', () => {
    const small = run(
      { ...FROZEN, epochs: 6, inputSize: 128 },
      '2026-01-01',
      epochsOf(1.9, 0.8, 0.9, 0.8),
      3,
    );
    const short = run({ ...FROZEN, epochs: 6, inputSize: 320 }, '2026-01-02', epochsOf(3.6, 2.5, 2.5, 2.5));
    const long = run({ ...FROZEN, epochs: 60, inputSize: 320 }, '2026-01-03', epochsOf(3, 0.9, 0.9, 0.9), 17);
    const took = { small: 3 + 1 + 6 * 0.85, short: 1 + 6 * 2.5, long: 19 + 60 * 0.9 };
    const planned = { small: small.config, short: short.config, long: long.config };
    for (const [known, unknown] of [
      [small, 'short'],
      [small, 'long'],
      [short, 'small'],
      [short, 'long'],
      [long, 'small'],
      [long, 'short'],
    ] as const) {
      const { seconds, rough } = cost(planned[unknown], [known], undefined, 80)!;
      expect(rough, unknown).toBe(true);
      expect(seconds / took[unknown], unknown).toBeGreaterThan(0.5);
      expect(seconds / took[unknown], unknown).toBeLessThan(2);
    }
  });

  it('goes by the steps of a run of one epoch, which compiles as well', () => {
    // 40 photographs of blood cells at 96 pixels: an epoch of 4.3 seconds, whose steps took 0.34 in all.
    const [only] = epochsOf(4.3);
    const tiny = run({ ...FROZEN, epochs: 1, inputSize: 96 }, '2026-01-01', [
      { ...only!, step: 5, imagesPerSecond: 118 },
    ]);
    const again = cost(tiny.config, [tiny], undefined, 40)!;
    expect(again).toEqual({ seconds: expect.closeTo(4.3, 5) as number, rough: false });
    const { seconds, rough } = cost({ ...FROZEN, epochs: 60, inputSize: 320 }, [tiny], undefined, 40)!;
    expect(rough).toBe(true);
    // About two minutes, it took.
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThan(240);
  });

  it('counts the epochs of a frozen trunk and those after it each by their own', () => {
    const thawing = { ...FROZEN, freeze: { stages: 0, epochs: 3, variants: 8 } };
    const former = run(thawing, '2026-01-01', epochsOf(9, 8, 8, 30, 24, 24));
    const expected = 1 + 6 + 3 * 8 + 7 * 24;
    expect(cost(thawing, [former])?.rough).toBe(false);
    expect(cost(thawing, [former])?.seconds).toBeCloseTo(expected);
    // What is left of a run that was stopped: its last epochs.
    expect(cost(thawing, [former], 7)?.seconds).toBeCloseTo(expected - 3 * 8);
  });

  it('is unknown where no run has trained such a network or got through an epoch; nothing where nothing is left', () => {
    expect(cost({ network: 'plain' }, [run({})])).toBeNull();
    expect(cost({ precision: 'mixed' }, [run({})])).toBeNull();
    expect(cost({}, [run({}, '2026-01-01', [])])).toBeNull();
    expect(cost({ network: 'plain' }, [], 0)).toEqual({ seconds: 0, rough: false });
  });

  it('passes over runs whose settings this version does not take', () => {
    const odd = { ...run({}, '2026-02-02', epochsOf(9, 9)), config: { ...configOf(), inputSize: 'wide' } };
    const costOf = trainingCosts(
      80,
      [odd, run({})],
      ({ id }) => (id === odd.id ? odd.epochs : EPOCHS),
      learning,
    );
    expect(costOf({ config: configOf(), epochs: 10 })?.seconds).toBeCloseTo(400);
  });
});

describe('what several trainings still take', () => {
  it('is the rest of the first and all of the others, as planned', () => {
    expect(secondsLeft([100, 40, 60], 30)).toBe(70 + 40 + 60);
    // Later than planned: no less than nothing.
    expect(secondsLeft([100, 40], 130)).toBe(40);
    expect(secondsLeft([], 5)).toBeUndefined();
  });

  it('goes by what a training says of itself, and by it for others of which nothing is known', () => {
    expect(secondsLeft([100, 40], 30, 10)).toBe(50);
    expect(secondsLeft([null, null, 40], 30, 10)).toBe(10 + 40 + 40);
    expect(secondsLeft([null, 40], 30)).toBeUndefined();
  });
});
