import { expect, it } from 'vitest';
import type { Robustness } from '../../electron/common/robustness.ts';
import { readProjectFile } from '../../electron/store/index.ts';
import { useProject } from './support.ts';

const project = useProject();

function run(): string {
  const given = { seed: 7, epochs: 12, dataRevision: 0, appVersion: '0.1.0', engine: 'cpu' };
  return project.store.runs.create({ config: {}, ...given }).id;
}

const measured = (runId: string, clean: number): Robustness => ({
  ...{ run: runId, images: 4, of: 9, seed: 1, epoch: 1, dataRevision: 1, seconds: 1 },
  at: '2026-11-24T10:00:00.000Z',
  clean: { boxes: clean },
  corruptions: [],
});

it('what was measured of a run stays with it, the last of each set of images', () => {
  const [one, other] = [run(), run()];
  const { measurements } = project.store;
  measurements.save(one, 'robustness', { split: 'val' }, measured(one, 0.1));
  measurements.save(one, 'robustness', { split: 'val', testSet: undefined }, measured(one, 0.2));
  measurements.save(one, 'robustness', { split: 'test', testSet: 'day 2' }, measured(one, 0.3));
  project.reopen();
  const { measurements: kept } = project.store;
  const find = (id: string, on: Parameters<typeof kept.find>[2]) => kept.find(id, 'robustness', on)?.clean;
  expect(find(one, { filter: undefined, split: 'val' })).toEqual({ boxes: 0.2 });
  expect(find(one, { split: 'test', testSet: 'day 2' })).toEqual({ boxes: 0.3 });
  expect(find(one, { split: 'test' })).toBeUndefined();
  expect(find(other, { split: 'val' })).toBeUndefined();
});

it('it goes with the run, and with the evaluations of one that learns further', () => {
  const [one, other] = [run(), run()];
  const { measurements, runs } = project.store;
  for (const id of [one, other]) measurements.save(id, 'robustness', { split: 'val' }, measured(id, 0.1));
  runs.deleteEvaluations(one);
  expect(measurements.find(one, 'robustness', { split: 'val' })).toBeNull();
  runs.delete(other);
  const left = readProjectFile(project.store.file, (reader) => reader.all('SELECT * FROM measurements'));
  expect(left).toEqual([]);
  expect(() => measurements.save(other, 'robustness', { split: 'val' }, measured(other, 0.1))).toThrow();
});
