import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageFilter, Split } from '../../electron/common/entities.ts';
import { Workplace } from '../support/command.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
const call: TestApp['call'] = (name, input) => app.call(name, input);
const FAST = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=1'];
/** A run that learned from the images of the filter `few`. */
let runId: string;

const idsOf = async (filter: ImageFilter): Promise<number[]> => [
  ...(await call('images.ids', { filter, sort: 'added' })).imageIds,
];
const save = (name: string, filter: ImageFilter) =>
  call('filters.save', { name, filter, sort: 'path', descending: false });
const train = (filter: string) => call('runs.start', { name: `on ${filter}`, settings: FAST, filter });
const evaluate = async (filter: string) =>
  app.done((await call('evaluation.start', { runId, split: 'none', filter })).jobId);
const evaluation = (filter: string) => call('evaluation.get', { runId, split: 'none', filter });

/** Five images of training, two of validation, one of test. */
async function few(): Promise<number[]> {
  const of = async (split: Split, count: number) => (await idsOf({ split })).slice(0, count);
  return [...(await of('train', 5)), ...(await of('val', 2)), ...(await of('test', 1))];
}

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 24, val: 8, test: 8 });
  await save('few', { imageIds: await few() });
  const started = await train('few');
  ({ runId } = started);
  await app.done(started.jobId);
});
afterAll(() => app.remove());

describe('a training on the images of a saved filter', () => {
  it('learns from its training images alone, is validated on all, and keeps name and condition', async () => {
    const run = await call('runs.get', { runId });
    expect(run.filter).toEqual({ name: 'few', filter: { imageIds: await few() }, images: 5 });
    const { images } = await call('runs.propose', { filter: 'few' });
    expect(images).toEqual({ train: 5, validation: 8 });
    // Five images in batches of eight: one step.
    expect(run).toMatchObject({ state: 'done', step: 1 });
    await save('few', { split: 'train' });
    expect((await call('runs.get', { runId })).filter).toEqual(run.filter);
    await save('few', { imageIds: await few() });
  });

  it('goes on with the same images', async () => {
    await call('filters.delete', { name: 'few' });
    const { jobId } = await call('runs.resume', { runId, epochs: 2 });
    await app.done(jobId);
    expect(await call('runs.get', { runId })).toMatchObject({ state: 'done', epoch: 2, step: 2 });
    await save('few', { imageIds: await few() });
  });

  it('says why it can’t be: no such filter, no image, none labelled, none of training', async () => {
    await expect(train('nowhere')).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'There is no saved filter “nowhere”.',
      details: { remedy: 'Saved filters: few.' },
    });
    await save('nothing', { text: 'no such path' });
    await expect(train('nothing')).rejects.toThrow('No image matches the saved filter “nothing” now.');
    await save('validation', { split: 'val' });
    await expect(train('validation')).rejects.toThrow(
      'None of the 8 labelled images that match the saved filter “validation” is in the training split.',
    );
    const { blocked } = await call('runs.propose', { filter: 'validation' });
    expect(blocked).toContainEqual(expect.stringContaining('“validation”'));
  });
});

describe('an evaluation on the images of a saved filter', () => {
  it('is on its labelled images of any split, says which were learned from, and counts a look at the test set', async () => {
    const before = await call('project.get', {});
    const { result } = await evaluate('few');
    expect(result).toMatchObject({ split: 'none', images: 8 });
    const { evaluation: found, live } = await evaluation('few');
    expect(found).toMatchObject({ images: 8 });
    expect(live!.notes).toEqual([
      '5 of these images were in the training set when this run was trained: the scores are better than they would be on new images.',
    ]);
    expect((await call('project.get', {})).testLooks).toBe(before.testLooks + 1);
    expect(await idsOf({ evaluated: { runId, filter: 'few' } })).toEqual(
      (await few()).toSorted((a, b) => a - b),
    );
    const { filterEvaluations } = await call('runs.list', {});
    expect(filterEvaluations).toEqual([{ runId, filter: 'few' }]);
  });

  it('keeps its images while labels are corrected, and scores them anew', async () => {
    await save('with boxes', { split: 'val', minBoxes: 1 });
    await evaluate('with boxes');
    const [imageId] = await idsOf({ split: 'val', minBoxes: 1 });
    const { boxes, image } = await call('annotations.get', { imageId: imageId! });
    const truths = async () =>
      (await evaluation('with boxes')).evaluation!.boxes!.perClass.reduce((sum, one) => sum + one.truths, 0);
    const before = await truths();
    await call('annotations.edit', {
      imageId: imageId!,
      expectedRevision: image.revision,
      editId: crypto.randomUUID(),
      operations: boxes.map(({ id: boxId }) => ({ type: 'delete-box' as const, boxId })),
    });
    expect(await truths()).toBe(before - boxes.length);
    expect((await evaluation('with boxes')).evaluation!.images).toBeGreaterThan(0);
    expect(await idsOf({ evaluated: { runId, filter: 'with boxes' } })).toContain(imageId);
    await call('annotations.undo', {
      imageId: imageId!,
      editId: crypto.randomUUID(),
      expectedRevision: image.revision + 1,
    });
  });

  it('says where the filter has been changed or deleted since, and which images came to it', async () => {
    const notes = async () => (await evaluation('few')).live!.notes.map(String).join(' ');
    await save('few', { imageIds: [...(await few()), ...(await idsOf({ split: 'test' })).slice(1, 3)] });
    expect(await notes()).toContain('has been changed since this evaluation');
    expect(await notes()).toContain('2 more labelled images match the saved filter “few” now.');
    await call('filters.delete', { name: 'few' });
    expect(await notes()).toContain('The saved filter “few” has been deleted since this evaluation.');
    await expect(evaluate('few')).rejects.toThrow('There is no saved filter “few”.');
    await save('few', { imageIds: await few() });
    expect(await notes()).not.toContain('since this evaluation');
  });

  it('is refused without labelled images, or beside a split', async () => {
    await expect(evaluate('nothing')).rejects.toThrow('No image matches the saved filter “nothing” now.');
    await expect(call('evaluation.start', { runId, split: 'val', filter: 'few' })).rejects.toThrow(
      'The saved filter “few” chooses images of every split.',
    );
  });
});

describe('the command line', () => {
  it('trains and evaluates on a saved filter, and refuses what can’t be', async () => {
    await app.end();
    const place = new Workplace();
    const twinhead = (...words: string[]) => place.run(...words);
    const settings = FAST.flatMap((setting) => ['--set', setting]);
    const trained = await twinhead(
      'train',
      app.project,
      '--filter',
      'few',
      '--name',
      'by command',
      ...settings,
    );
    expect(trained.stdout + trained.stderr).toContain('5 images of the training split that matched “few”');
    const judged = await twinhead(
      'evaluate',
      app.project,
      '--run',
      'by command',
      '--filter',
      'few',
      '--json',
    );
    expect(JSON.parse(judged.stdout)).toMatchObject({ filter: 'few', images: 8 });
    const suspects = ['suspects', app.project, '--run', 'by command'];
    const doubted = await twinhead(...suspects, '--filter', 'few', '--json');
    expect(JSON.parse(doubted.stdout)).toMatchObject({ split: 'none', filter: 'few' });
    const split = await twinhead(...suspects, '--filter', 'few', '--split', 'train');
    expect(split.stderr).toContain('chooses images of every split');
    expect(split.status).not.toBe(0);
    const unknown = await twinhead('train', app.project, '--filter', 'nowhere');
    expect(unknown.stderr).toContain('There is no saved filter “nowhere”.');
    expect(unknown.status).not.toBe(0);
    const both = await twinhead(
      'evaluate',
      app.project,
      '--run',
      'last',
      '--filter',
      'few',
      '--split',
      'val',
    );
    expect(both.stderr).toContain('chooses images of every split');
    expect(both.status).not.toBe(0);
    place.remove();
  });
});
