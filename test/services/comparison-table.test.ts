import { describe, expect, it } from 'vitest';
import { Comparison } from '../../electron/common/entities.ts';
import type { Evaluation, Run } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { compareRuns } from '../../electron/services/evaluation/comparison-table.ts';
import type { EvaluatedRun } from '../../electron/services/evaluation/comparison-table.ts';

const run = (id: string, seed: number, config: Record<string, unknown>, changes: Partial<Run> = {}): Run => ({
  id,
  name: `run ${id}`,
  state: 'done',
  createdAt: '2026-11-24T10:00:00Z',
  finishedAt: null,
  dataRevision: 3,
  appVersion: '0.1.0',
  engine: 'cpu',
  device: 'CPU',
  seed,
  config: { ...config, seed },
  epoch: 10,
  epochs: 10,
  step: 100,
  bestScore: null,
  bestEpoch: null,
  seconds: 10,
  peakMemoryBytes: null,
  filter: null,
  ended: null,
  ...changes,
});

const evaluation = (accuracy: number | null, map50: number | null): Evaluation => ({
  run: '',
  split: 'val',
  dataRevision: 3,
  images: 10,
  seconds: 1,
  overall: 0.5,
  imageClass:
    accuracy === null
      ? null
      : {
          images: 10,
          accuracy,
          balancedAccuracy: 0,
          macroPrecision: 0,
          macroRecall: 0,
          macroF1: 0,
          topK: [],
          perClass: [],
          confusion: { names: [], counts: [] },
        },
  boxes:
    map50 === null
      ? null
      : {
          images: 10,
          map: 0,
          map50,
          map75: 0,
          meanIou: null,
          countedFrom: null,
          perClass: [],
          errors: null,
          confusion: null,
          sizes: null,
        },
});

const A = { network: 'nano', weights: { imageClass: 1, boxes: 5 } };
const B = { network: 'nano', weights: { imageClass: 1, boxes: 1 } };

const figures = (comparison: Comparison, id: string) =>
  comparison.metrics.find((metric) => metric.id === id)?.figures;

describe('runs side by side', () => {
  const evaluated: EvaluatedRun[] = [
    { run: run('r2', 2, A), evaluation: evaluation(0.6, 0.2) },
    { run: run('r3', 1, B), evaluation: evaluation(0.7, 0.5) },
    { run: run('r1', 1, A), evaluation: evaluation(0.8, 0.4) },
    { run: run('r4', 2, B), evaluation: evaluation(0.7, 0.5) },
  ];

  it('are one variant where only the seed differs, by seed, the variant of the first run first', () => {
    const comparison = compareRuns(evaluated, 'val');
    expect(Comparison.parse(comparison)).toEqual(comparison);
    expect(comparison.variants.map(({ runs }) => runs.map(({ id }) => id))).toEqual([
      ['r1', 'r2'],
      ['r3', 'r4'],
    ]);
  });

  it('show only the settings that differ, by path', () => {
    const [first, second] = compareRuns(evaluated, 'val').variants;
    expect(first?.settings).toEqual({ 'weights.boxes': 5 });
    expect(second?.settings).toEqual({ 'weights.boxes': 1 });
  });

  it('are not one variant where a saved filter, or another condition of it, chose what they learned from', () => {
    const filter = { name: 'night', filter: { text: 'night' }, images: 4 };
    const { variants } = compareRuns(
      [
        { run: run('r1', 1, A), evaluation: null },
        { run: run('r2', 2, A, { filter }), evaluation: null },
        { run: run('r3', 3, A, { filter: { ...filter, filter: { text: 'day' } } }), evaluation: null },
      ],
      'val',
    );
    expect(variants.map(({ runs, settings }) => [runs[0]!.id, settings['filter']])).toEqual([
      ['r1', null],
      ['r2', 'night'],
      ['r3', 'night'],
    ]);
  });

  it('have the mean, the sample deviation and the differences paired by seed, as worked out by hand', () => {
    const [a, b] = figures(compareRuns(evaluated, 'val'), 'imageClass.accuracy')!;
    expect(a!.values).toEqual([0.8, 0.6]);
    expect(a!.mean).toBeCloseTo(0.7, 12);
    // √(((0.1)² + (0.1)²) / 1)
    expect(a!.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(a!.delta).toBeNull();
    expect(b!.deviation).toBeCloseTo(0, 12);
    // 0.7 − 0.8 and 0.7 − 0.6: no difference on average, and far from sure of it.
    expect(b!.delta!.mean).toBeCloseTo(0, 12);
    expect(b!.delta!.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(b!.delta!.pairs).toBe(2);
  });

  it('are paired by seed only: a seed that the other lacks does not count in the difference', () => {
    const [, b] = figures(
      compareRuns([...evaluated, { run: run('r5', 3, B), evaluation: evaluation(0.1, 0.1) }], 'val'),
      'boxes.map50',
    )!;
    expect(b!.values).toEqual([0.5, 0.5, 0.1]);
    expect(b!.delta!.pairs).toBe(2);
    expect(b!.delta!.mean).toBeCloseTo(0.2, 12);
  });

  it('have no overall line where one has both heads and another one only: it would compare unlike things', () => {
    const alone = { run: run('r6', 1, { ...A, weights: { boxes: 0 } }), evaluation: evaluation(0.9, null) };
    const comparison = compareRuns([...evaluated, alone], 'val');
    expect(figures(comparison, 'overall')).toBeUndefined();
    expect(figures(comparison, 'boxes.map50')![2]).toMatchObject({ values: [null], mean: null, delta: null });
    expect(figures(compareRuns(evaluated, 'val'), 'overall')).toBeDefined();
  });

  it('say what makes them less comparable', () => {
    expect(compareRuns(evaluated, 'val').notes).toEqual([]);
    const { notes } = compareRuns(
      [
        ...evaluated,
        {
          run: run('r7', 3, A, { state: 'stopped', dataRevision: 9, appVersion: '0.2.0', device: 'H100' }),
          evaluation: null,
        },
      ],
      'val',
    );
    expect(notes.map(inEnglish).join(' ')).toMatch(
      /same labels.*same version.*same device.*Runs without results on this split: 1 of 5.*1 of 5/,
    );
    // A run that was refused before its first epoch has no device of its own.
    const refused = {
      run: run('r8', 3, A, { state: 'failed', engine: '', device: '', epoch: 0 }),
      evaluation: null,
    };
    expect(
      compareRuns([...evaluated, refused], 'val')
        .notes.map(inEnglish)
        .join(' '),
    ).not.toContain('device');
  });

  it('get a deviation from two values on and no line for what none of them has', () => {
    const comparison = compareRuns([{ run: run('r1', 1, A), evaluation: null }], 'val');
    expect(comparison.metrics.map(({ id }) => id)).toEqual(['epochs', 'seconds']);
    expect(comparison.metrics[0]!.figures[0]).toMatchObject({ mean: 10, deviation: null });
  });

  it('are called as a comparison has named them: without the seed', () => {
    const named = [1, 2].map((seed) => ({
      run: run(`r${seed}`, seed, A, { name: `joint, seed ${seed}${seed === 2 ? ' (2)' : ''}` }),
      evaluation: null,
    }));
    expect(compareRuns(named, 'val').variants[0]!.name).toBe('joint');
  });
});
