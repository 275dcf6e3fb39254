import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../electron/engine/index.ts';
import { examples, findExample } from '../../electron/learning/examples/index.ts';
import { runExample } from '../../electron/learning/examples/run.ts';
import { LearnExample } from '../../electron/common/entities.ts';
import { nativeEngine } from '../learning/support.ts';
import { Workplace } from '../support/command.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

/** What each has to reach on held-out samples, at the least. */
const LEAST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tabular: { class: 0.8, value: 0.7 },
  'tabular-soft': { class: 0.8, value: 0.7 },
  text: { topic: 0.97, sentiment: 0.95 },
  recommender: { click: 0.8, next: 0.65, group: 0.6 },
};

describe.each(examples.map(({ name }) => name))('the example %s', (name) => {
  it('learns every task far beyond what is reached without learning, as one graph', async () => {
    const result = await runExample(engine, findExample(name), { seed: 1 });
    expect(result.compiled).toBe(true);
    expect(result.metrics.map(({ task }) => task)).toEqual(Object.keys(LEAST[name]!));
    for (const { task, value, baseline } of result.metrics) {
      expect(value, task).toBeGreaterThan(LEAST[name]![task]!);
      expect(value, task).toBeGreaterThan(baseline + 0.2);
      expect(value, task).toBeLessThanOrEqual(1);
    }
  });
});

describe('twinhead learn-examples', () => {
  it('lists them, runs those that are named, and knows no others', async () => {
    const place = new Workplace();
    try {
      const list = await place.run('learn-examples', '--list', '--json');
      const names = (JSON.parse(list.stdout) as { examples: { name: string }[] }).examples.map(
        ({ name }) => name,
      );
      expect(names).toEqual(Object.keys(LEAST));
      const one = await place.run('learn-examples', 'tabular', '--seed', '2', '--json');
      expect(one.status, one.stderr).toBe(0);
      const { examples: results } = JSON.parse(one.stdout) as { examples: unknown[] };
      expect(results.map((result) => LearnExample.parse(result))).toMatchObject([
        { name: 'tabular', seed: 2 },
      ]);
      const wrong = await place.run('learn-examples', 'tabluar');
      expect(wrong).toMatchObject({ status: 3, stdout: '' });
      expect(wrong.stderr).toContain('Did you mean tabular');
    } finally {
      place.remove();
    }
  });
});
