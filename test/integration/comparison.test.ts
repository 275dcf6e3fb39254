import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import { Comparison } from '../../electron/common/entities.ts';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import type { Job } from '../../electron/common/jobs.ts';
import {
  LAST_CHECKPOINT,
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/learning/training/checkpoint.ts';
import { TestApp } from '../support/app.ts';
import { ended, Workplace, written } from '../support/command.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

let app: TestApp;
const call: TestApp['call'] = (name, input) => app.call(name, input);
const until: TestApp['until'] = (jobId, condition) => app.until(jobId, condition);
const done = (jobId: string): Promise<Job> => app.done(jobId);

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 24, val: 8, test: 8 });
});
afterAll(() => app.remove());

interface Result {
  readonly runIds: string[];
  readonly reused: number;
  readonly comparison: Comparison;
}

const FAST = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16'];
const two: InputOf<'comparison.start'> = {
  variants: [
    { name: 'more', settings: FAST },
    { name: 'less', settings: [...FAST, 'weights.boxes=1'] },
  ],
  seeds: 2,
};

const planned = async (wanted: InputOf<'comparison.start'>) =>
  (await call('comparison.plan', wanted)).runs.map(({ name, epochs }) => [name, epochs]);

describe('a comparison', () => {
  it('is counted by what would be trained: the proposal as it is, and another network’s own proposal', async () => {
    const wanted = { variants: [{ name: 'mine', settings: ['network=nano', 'epochs=5'] }], seeds: 1 };
    const { runs, images } = await call('comparison.plan', wanted);
    const { config } = await call('runs.propose', {});
    const lead = await call('runs.propose', { settings: ['network=nano'] });
    expect(images).toBe(24);
    expect(runs).toEqual([
      expect.objectContaining({ config, epochs: config['epochs'], cost: null }),
      expect.objectContaining({ config: { ...lead.config, epochs: 5 }, epochs: 5, cost: null }),
    ]);
  });

  it('that is broken off goes on where it was: what is finished is not trained again', async () => {
    const first = await call('comparison.start', two);
    await expect(call('runs.start', {})).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(call('comparison.start', two)).rejects.toMatchObject({ code: 'not-allowed' });
    await until(first.jobId, (job) => job.done >= 1.01);
    await call('jobs.cancel', { jobId: first.jobId });
    await until(first.jobId, ({ state }) => state === 'cancelled');
    const before = await call('runs.list', {});
    const finished = before.runs.filter(({ state }) => state === 'done');
    expect(finished.map(({ name }) => name)).toContain('more, seed 1');

    // The second may have got through its only epoch before it was stopped.
    const second = before.runs.find(({ name }) => name === 'less, seed 1');
    expect((await planned(two)).slice(0, 2)).toEqual([
      ['more, seed 1', 0],
      ['less, seed 1', 1 - (second?.epoch ?? 0)],
    ]);
    // By the epoch that was trained and by one start: no more than a run of one epoch has taken.
    const { runs } = await call('comparison.plan', two);
    expect(runs[0]!.cost).toEqual({ seconds: 0, rough: false });
    const { seconds } = runs[3]!.cost!;
    expect(seconds).toBeGreaterThan(0);
    const longest = Math.max(...before.runs.map(({ seconds }) => seconds));
    expect(seconds).toBeLessThanOrEqual(longest + 1e-6);
    const { result } = await done((await call('comparison.start', two)).jobId);
    const { runIds, reused, comparison } = result as Result;
    expect(reused).toBe(finished.length);
    expect((await planned(two)).map(([, epochs]) => epochs)).toEqual([0, 0, 0, 0]);
    const after = await call('runs.list', {});
    expect(after.runs.map(({ name }) => name).sort()).toEqual([
      'less, seed 1',
      'less, seed 2',
      'more, seed 1',
      'more, seed 2',
    ]);
    expect(after.runs.find(({ id }) => id === finished[0]!.id)).toEqual(finished[0]);
    expect(comparison.variants.map(({ name, settings, runs }) => [name, settings, runs.length])).toEqual([
      ['more', { 'weights.boxes': 5 }, 2],
      ['less', { 'weights.boxes': 1 }, 2],
    ]);
    expect(comparison.metrics.find(({ id }) => id === 'boxes.map50')!.figures[1]!.delta!.pairs).toBe(2);
    expect(comparison.notes).toEqual([]);
    expect(await call('comparison.get', { runIds })).toEqual(comparison);
  });

  it('of the same again trains nothing, and after an edit of a label everything', async () => {
    const again = (await done((await call('comparison.start', two)).jobId)).result as Result;
    expect(again.reused).toBe(4);
    const [image] = (await call('images.list', { limit: 1 })).items;
    const edited = async (...operations: AnnotationOperation[]): Promise<Result> => {
      const { revision } = (await call('annotations.get', { imageId: image!.id })).image;
      const asked = { imageId: image!.id, expectedRevision: revision, editId: crypto.randomUUID() };
      await call('annotations.edit', { ...asked, operations });
      return (await done((await call('comparison.start', { ...two, seeds: 1 })).jobId)).result as Result;
    };
    // What no model learns from leaves the runs what they are.
    expect((await edited({ type: 'set-verified', verified: true })).reused).toBe(2);
    const { boxes } = await call('annotations.get', { imageId: image!.id });
    const { reused, comparison } = await edited({ type: 'delete-box', boxId: boxes[0]!.id });
    expect(reused).toBe(0);
    expect(comparison.variants[0]!.runs.map(({ name }) => name)).toEqual(['more, seed 1 (2)']);
    expect(comparison.variants[0]!.name).toBe('more');
  });

  it('of joint against separate training leaves each head’s figures to the runs that have it', async () => {
    const wanted = { variants: [{ name: 'base', settings: FAST }], seeds: 1, jointVsSeparate: true };
    const { comparison } = (await done((await call('comparison.start', wanted)).jobId)).result as Result;
    expect(comparison.variants.map(({ name }) => name)).toEqual([
      'joint',
      'image class alone',
      'boxes alone',
    ]);
    const means = (id: string) =>
      comparison.metrics.find((metric) => metric.id === id)!.figures.map(({ mean }) => mean !== null);
    expect(means('imageClass.accuracy')).toEqual([true, true, false]);
    expect(means('boxes.map50')).toEqual([true, false, true]);
    expect(comparison.metrics.some(({ id }) => id === 'overall')).toBe(false);
  });

  it('tells a run whose loss is no number and goes on with the others', async () => {
    const wanted = {
      variants: [
        { name: 'broken', settings: [...FAST, 'epochs=4'] },
        { name: 'sound', settings: [...FAST, 'weights.boxes=2'] },
      ],
      seeds: 1,
    };
    const first = await call('comparison.start', wanted);
    await until(first.jobId, ({ done: share }) => share > 0.1);
    await call('jobs.cancel', { jobId: first.jobId });
    await until(first.jobId, ({ state }) => state === 'cancelled');
    const { runs } = await call('runs.list', {});
    const { id } = runs.find(({ name }) => name === 'broken, seed 1')!;
    const file = path.join(app.project, 'runs', id, LAST_CHECKPOINT);
    const checkpoint = await readCheckpoint(file);
    checkpoint.tensors.get('parameters/imageClass/classifier/kernel')!.data.fill(3e38);
    await writeCheckpoint(file, checkpoint);

    const job = await done((await call('comparison.start', wanted)).jobId);
    const { comparison } = job.result as Result;
    expect(job.problems).toEqual([
      {
        place: 'broken, seed 1',
        message: expect.stringMatching(/NaN in imageClass/) as string,
        remedy: expect.stringContaining('learningRate') as string,
        severity: 'error',
      },
    ]);
    expect(comparison.variants.map(({ name, runs: [run] }) => [name, run!.state])).toEqual([
      ['broken', 'failed'],
      ['sound', 'done'],
    ]);
    expect(comparison.notes.map(inEnglish).join(' ')).toContain('Runs without results on this split: 1 of 2');
  });

  it.each([
    [
      'two names that are the same',
      { variants: [two.variants![0]!, { ...two.variants![1]!, name: 'more' }] },
      /called “more”/,
    ],
    [
      'the same configuration twice',
      { variants: [two.variants![0]!, { name: 'copy', settings: [...FAST, 'seed=5'] }] },
      /same configuration/,
    ],
    [
      'a setting that does not exist',
      { variants: [{ name: 'a', config: { epoch: 3 } }] },
      /no setting “epoch”/,
    ],
    ['joint against separate of two', { ...two, jointVsSeparate: true }, /takes one configuration/],
  ])('is refused before anything is trained: %s', async (_what, wanted, words) => {
    const runs = (await call('runs.list', {})).runs.length;
    await expect(call('comparison.start', wanted)).rejects.toThrow(words);
    expect((await call('runs.list', {})).runs).toHaveLength(runs);
  });
});

describe('twinhead compare', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = new Workplace();
    await place.run('sample', 'digits', '--train', '16', '--val', '8', '--test', '4');
  });
  afterAll(() => place.remove());
  const settings = FAST.flatMap((setting) => ['--set', setting]);
  const wanted = ['digits', '--variant', 'weights.boxes=1', '--seeds', '1', ...settings];

  it('stops at an interrupt with status 1 and a word, and goes on to one JSON document', async () => {
    const first = place.start('compare', ...wanted);
    await written(first, /run \d of 2 {2}\S+, seed 1/);
    first.kill('SIGINT');
    expect(await ended(first)).toBe(1);
    const { status, stdout, stderr } = await place.run('compare', ...wanted, '--json');
    expect(status, stderr).toBe(0);
    const { comparison, runIds } = JSON.parse(stdout) as Result;
    expect(runIds).toHaveLength(2);
    expect(
      Comparison.parse(comparison).variants.map(({ name, settings: differing }) => [name, differing]),
    ).toEqual([
      ['proposed', { 'weights.boxes': 5 }],
      ['weights.boxes=1', { 'weights.boxes': 1 }],
    ]);
  });

  it('prints a table with the differences, and takes finished runs as they are', async () => {
    const { status, stdout } = await place.run('compare', ...wanted, '--quiet');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^2 configurations, 2 runs, judged on val/);
    expect(stdout).toMatch(/boxes mAP50 +proposed +1 +\d\.\d{3} +– +–/);
    expect(stdout).toMatch(/weights\.boxes +5 +1/);
    expect(stdout).toContain('2 of the runs were there already.');
  });

  it('lends the line of a configuration file to a setting that is wrong', async () => {
    writeFileSync(place.path('a.yaml'), 'epochs: 2\noptimizer:\n  learnRate: 3\n');
    const { status, stderr } = await place.run(
      'compare',
      'digits',
      '--configs',
      'a.yaml',
      '--set',
      'epochs=1',
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/no setting “optimizer\.learnRate”\.\n {2}where: a\.yaml, line 3\n/);
    const missing = await place.run('compare', 'digits', '--configs', 'none.yaml');
    expect(missing).toMatchObject({ status: 3, stdout: '' });
  });
});
