import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../electron/common/entities.ts';
import {
  BEST_CHECKPOINT,
  LAST_CHECKPOINT,
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/learning/training/checkpoint.ts';
import { codeVersion } from '../../electron/services/base/code-version.ts';
import { TestApp } from '../support/app.ts';
import { asEnglish } from '../support/in-english.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

let app: TestApp;
const call: TestApp['call'] = (name, input) => app.call(name, input);

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 24, val: 8, test: 8 });
});
afterAll(() => app.remove());

const FAST = ['inputSize=64', 'batch=8', 'neckChannels=16'];
const start = (name: string, ...settings: string[]) =>
  call('runs.start', { name, settings: [...FAST, ...settings] });
const fileOf = (runId: string, name: string): string => path.join(app.project, 'runs', runId, name);
/** What its events say, in English. */
const toldBy = (runId: string): string =>
  JSON.stringify(
    readFileSync(fileOf(runId, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => asEnglish<unknown>(JSON.parse(line))),
  );
const run = (runId: string): Promise<Run> => call('runs.get', { runId });

/** A label of a training image changes: the revision of the labels grows. */
async function edit(): Promise<void> {
  const { items } = await call('images.list', {
    filter: { split: 'train' },
    sort: 'boxes',
    descending: true,
  });
  const { id: imageId, revision: expectedRevision } = items[0]!;
  const { boxes } = await call('annotations.get', { imageId });
  const operations = [{ type: 'delete-box', boxId: boxes[0]!.id } as const];
  await call('annotations.edit', { imageId, expectedRevision, editId: crypto.randomUUID(), operations });
}

/** A run that was stopped after its first epoch. */
async function stopped(name: string): Promise<string> {
  const { runId, jobId } = await start(name, 'epochs=50');
  await app.until(jobId, async () => (await run(runId)).epoch > 0);
  await call('runs.stop', { runId });
  await app.done(jobId);
  return runId;
}

let spare: Promise<string> | undefined;
/** A stopped run that several tests damage, one after the other: each gives its files back with `keeping`. */
const spareRun = (): Promise<string> => (spare ??= stopped('spare'));

/** Brings back the content that a file has now, once it is disposed of. */
function keeping(file: string): Disposable {
  const content = readFileSync(file);
  return { [Symbol.dispose]: () => writeFileSync(file, content) };
}

describe('a run', () => {
  it('records what it was trained with, and keeps the revision of its labels while they are edited', async () => {
    const { labelsRevision: revision } = await call('project.get', {});
    const { runId, jobId } = await start('recorded', 'epochs=3', 'seed=7');
    await app.until(jobId, async () => (await run(runId)).epoch > 0);
    // Known from the start, so that it is there whatever becomes of the run.
    expect(await run(runId)).toMatchObject({ state: 'running', device: 'CPU' });
    await edit();
    await app.done(jobId);
    const recorded = await run(runId);
    expect(recorded).toMatchObject({
      name: 'recorded',
      state: 'done',
      dataRevision: revision,
      appVersion: await codeVersion(),
      engine: 'cpu',
      device: 'CPU',
      seed: 7,
      config: { seed: 7, epochs: 3, inputSize: 64, network: 'nano' },
      epoch: 3,
      ended: 'finished',
    });
    expect(recorded.seconds).toBeGreaterThan(0);
    expect(recorded.peakMemoryBytes).toBeGreaterThan(100e6);
    expect((await call('project.get', {})).labelsRevision).toBeGreaterThan(revision);
    // The figures of an evaluation say which labels they were judged by.
    const judged = await call('evaluation.start', { runId, split: 'val' });
    await app.done(judged.jobId);
    const { evaluation } = await call('evaluation.get', { runId, split: 'val' });
    expect(evaluation!.dataRevision).toBe((await call('project.get', {})).labelsRevision);
  });

  it('that was stopped is kept: it is judged, and goes on with the labels of then, which it records', async () => {
    const runId = await stopped('kept');
    const before = await run(runId);
    expect(before).toMatchObject({ state: 'stopped', ended: 'stopped by you' });
    expect(existsSync(fileOf(runId, BEST_CHECKPOINT))).toBe(true);
    await app.done((await call('evaluation.start', { runId, split: 'val' })).jobId);

    await edit();
    const { jobId } = await call('runs.resume', { runId });
    // At once, as one that is new.
    expect(await run(runId)).toMatchObject({ state: 'preparing', ended: null, finishedAt: null });
    await app.until(jobId, async () => (await run(runId)).epoch > before.epoch);
    await call('runs.stop', { runId });
    await app.done(jobId);
    const after = await run(runId);
    expect(after.dataRevision).toBe((await call('project.get', {})).labelsRevision);
    expect(after.dataRevision).toBeGreaterThan(before.dataRevision);
    expect(toldBy(runId)).toContain('labels have changed since');
    // What was judged before is of another checkpoint.
    expect((await call('evaluation.get', { runId, split: 'val' })).evaluation).toBeNull();
  });

  it('that is finished goes on with more epochs, whose schedule begins anew; without them it does not', async () => {
    const { id: runId, ...before } = await run('recorded');
    await expect(call('runs.resume', { runId })).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(call('runs.resume', { runId, epochs: 3 })).rejects.toThrow(
      /“recorded” already has 3 epochs/,
    );
    const stoppedRun = await run('kept');
    await expect(call('runs.resume', { runId: stoppedRun.id, epochs: 99 })).rejects.toThrow(
      /has not finished/,
    );
    expect(await run('kept')).toEqual(stoppedRun);
    expect(await run(runId)).toEqual({ id: runId, ...before });

    await app.done((await call('runs.resume', { runId, epochs: 4 })).jobId);
    expect(await run(runId)).toMatchObject({
      state: 'done',
      epoch: 4,
      epochs: 4,
      step: (before.step / 3) * 4,
      config: { ...before.config, epochs: 4, schedule: { restart: 3 } },
    });
    expect(toldBy(runId)).toContain('continues after epoch 3, to 4 epochs in all');
  });

  it('gets another name, but not one that is taken or means something else', async () => {
    const { runs } = await call('runs.list', {});
    const { id: runId } = runs.find(({ name }) => name === 'recorded')!;
    expect(await call('runs.rename', { runId: 'recorded', name: ' first try ' })).toMatchObject({
      id: runId,
      name: 'first try',
    });
    expect((await run('first try')).id).toBe(runId);
    await expect(call('runs.rename', { runId, name: 'kept' })).rejects.toThrow(/“kept” already/);
    await expect(call('runs.rename', { runId, name: 'best' })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(call('runs.rename', { runId: 'nobody', name: 'x' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('goes on where its project is closed by who watched it, or others are opened, and stops at a checkpoint', async () => {
    const { id } = await call('project.get', {});
    const { runId, jobId } = await start('staying', 'epochs=50');
    await app.until(jobId, async () => (await run(runId)).epoch > 0);
    const isRunning = async () =>
      expect(await app.callAbout(id, 'jobs.get', { jobId })).toMatchObject({ state: 'running' });
    await call('project.close', {});
    await isRunning();
    await call('project.open', { path: path.join(app.folder, 'other.twinhead'), create: true });
    const nowhere = path.join(app.folder, 'nowhere.twinhead');
    await expect(call('project.open', { path: nowhere })).rejects.toMatchObject({ code: 'not-found' });
    await isRunning();
    await call('project.open', { path: app.project });
    await isRunning();
    await call('runs.stop', { runId });
    await app.ended(jobId);
    expect(await run(runId)).toMatchObject({ state: 'stopped' });
    expect(existsSync(fileOf(runId, LAST_CHECKPOINT))).toBe(true);
  });

  it('whose checkpoint is cut off says so, with its file, and loses nothing else', async () => {
    const runId = await spareRun();
    const file = fileOf(runId, LAST_CHECKPOINT);
    using _last = keeping(file);
    using _best = keeping(fileOf(runId, BEST_CHECKPOINT));
    truncateSync(file, 100_000);
    await expect(call('runs.resume', { runId })).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file, remedy: expect.stringMatching(/./) as string },
    });
    expect(await run(runId)).toMatchObject({ state: 'stopped' });
    // The best one is whole: it can still be judged.
    await app.done((await call('evaluation.start', { runId, split: 'val' })).jobId);
    truncateSync(fileOf(runId, BEST_CHECKPOINT), 10);
    const { error } = await app.ended((await call('evaluation.start', { runId, split: 'val' })).jobId);
    expect(error).toMatchObject({
      code: 'unusable-input',
      details: { file: fileOf(runId, BEST_CHECKPOINT) },
    });
  });

  it('whose checkpoint another version wrote is refused, with both versions, and stays as it is', async () => {
    const runId = await spareRun();
    const file = fileOf(runId, LAST_CHECKPOINT);
    using _last = keeping(file);
    const text = readFileSync(file).toString('latin1');
    writeFileSync(file, Buffer.from(text.replace('"version":"1"', '"version":"9"'), 'latin1'));
    await expect(call('runs.resume', { runId })).rejects.toMatchObject({
      code: 'unusable-input',
      message: expect.stringMatching(/version 9.*version 1/) as string,
      details: { file },
    });
    expect(await run(runId)).toMatchObject({ state: 'stopped' });
  });

  it('whose loss is no longer a number fails, says where, and keeps its last good checkpoint', async () => {
    const runId = await spareRun();
    const file = fileOf(runId, LAST_CHECKPOINT);
    using _last = keeping(file);
    const checkpoint = await readCheckpoint(file);
    checkpoint.tensors.get('parameters/imageClass/classifier/kernel')!.data.fill(3e38);
    await writeCheckpoint(file, checkpoint);
    const before = readFileSync(file);
    const { error } = await app.ended((await call('runs.resume', { runId })).jobId);
    expect(error).toMatchObject({
      code: 'training-failed',
      message: expect.stringMatching(/NaN in imageClass at step \d+/) as string,
      details: { head: 'imageClass', remedy: expect.stringContaining('learningRate') as string },
    });
    expect(await run(runId)).toMatchObject({ state: 'failed', ended: error!.message, device: 'CPU' });
    expect(readFileSync(file).equals(before)).toBe(true);
    // The best one is of before: it can still be judged.
    await app.done((await call('evaluation.start', { runId, split: 'val' })).jobId);
  });

  it('is refused before it is there where its settings contradict each other', async () => {
    const before = (await call('runs.list', {})).runs.length;
    await expect(start('no', 'optimizer.nesterov=true')).rejects.toMatchObject({
      code: 'invalid-input',
      details: { place: 'setting optimizer.nesterov', remedy: expect.stringContaining('sgd') as string },
    });
    expect((await call('runs.list', {})).runs).toHaveLength(before);
  });

  it('says at its start what its own settings make doubtful, such as boxes without a place', async () => {
    const { jobId, runId } = await start('tiny', 'inputSize=32', 'epochs=1');
    await app.done(jobId);
    // As warnings, which a command that is to be quiet writes all the same.
    expect(toldBy(runId)).toMatch(
      /"warning":true,"message":"[^"]*\d+ of \d+ boxes are (smaller than 8|under 4) pixels/,
    );
    expect((await run(runId)).state).toBe('done');
  });

  it('can’t be deleted while it trains; afterwards it goes with its files', async () => {
    const { runId, jobId } = await start('brief', 'epochs=50');
    await expect(call('runs.delete', { runId })).rejects.toMatchObject({ code: 'not-allowed' });
    await app.until(jobId, async () => (await run(runId)).epoch > 0);
    await call('runs.stop', { runId });
    await app.done(jobId);
    expect(existsSync(fileOf(runId, LAST_CHECKPOINT))).toBe(true);
    await call('runs.delete', { runId });
    expect(existsSync(path.dirname(fileOf(runId, LAST_CHECKPOINT)))).toBe(false);
    await expect(run(runId)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('suggests labels for the images that nobody has looked at, and for no other', async () => {
    const { runId, jobId } = await start('suggests', 'epochs=2', 'evaluation.minScore=0');
    await app.done(jobId);
    const nothing = await call('suggestions.start', { runId, minScore: 0 });
    await expect(app.done(nothing.jobId)).rejects.toThrow('Every image has been reviewed');
    const { items } = await call('images.list', { filter: { split: 'test' } });
    const { id: imageId, revision: expectedRevision } = items[0]!;
    const editId = crypto.randomUUID();
    const { boxes } = await call('annotations.get', { imageId });
    const operations = [
      { type: 'set-verified', verified: false } as const,
      { type: 'set-image-classes' as const, classIds: [] },
      ...boxes.map(({ id: boxId }) => ({ type: 'delete-box', boxId }) as const),
      { type: 'set-state', state: 'unseen' } as const,
    ];
    await call('annotations.edit', { imageId, expectedRevision, editId, operations });
    const unseen = await call('images.list', { filter: { state: 'unseen' } });
    expect(unseen.items.map(({ id }) => id)).toEqual([imageId]);
    const suggest = () =>
      call('suggestions.start', { runId, minScore: 0, editId: '11111111-0000-4000-8000-000000000000' });
    const started = await suggest();
    await app.done(started.jobId);
    expect(await suggest()).toEqual(started);
    const { sources } = await call('suggestions.sources', {});
    expect(sources).toMatchObject([{ kind: 'model', name: 'suggests', images: 1 }]);
    const { image } = await call('annotations.get', { imageId });
    expect(image).toMatchObject({ state: 'unseen', boxCount: 0 });
    const { undone } = await call('project.undo', {});
    expect(undone).toMatchObject({ kind: 'suggest', name: 'suggests', suggestions: sources[0]!.suggestions });
    expect((await call('suggestions.sources', {})).sources).toEqual([]);
    const { steps } = await call('project.history', {});
    expect(steps.filter(({ kind }) => kind === 'suggest')).toHaveLength(1);
  });

  it('starts once where two starts come at once', async () => {
    const both = await Promise.allSettled([start('one', 'epochs=1'), start('other', 'epochs=1')]);
    const [started] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = both.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(1);
    await app.done(started!.jobId);
    const names = (await call('runs.list', {})).runs.map(({ name }) => name);
    expect(names.filter((name) => name === 'one' || name === 'other')).toHaveLength(1);
  });
});

describe('a disk that is full at a checkpoint (skipped where a small disk cannot be made)', () => {
  it('ends the run with a clear word, keeps the last good checkpoint, and the run goes on once there is room', async ({
    skip,
  }) => {
    const runId = await spareRun();
    const file = fileOf(runId, LAST_CHECKPOINT);
    using disk = SmallDisk.under(path.dirname(file), 64);
    if (disk === null) return skip();
    const { jobId } = await call('runs.resume', { runId });
    await app.until(jobId, async () => (await run(runId)).state === 'running');
    disk.fill();
    const before = readFileSync(file);
    const { state, error } = await app.ended(jobId);
    expect(state).toBe('failed');
    expect(error).toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('The disk is full') as string,
      details: { remedy: expect.stringContaining('Free some space') as string },
    });
    expect(await run(runId)).toMatchObject({
      state: 'failed',
      ended: expect.stringContaining('disk is full') as string,
    });
    expect(readFileSync(file).equals(before)).toBe(true);

    disk.empty();
    const { epoch } = await run(runId);
    const again = await call('runs.resume', { runId });
    await app.until(again.jobId, async () => (await run(runId)).epoch > epoch);
    await call('runs.stop', { runId });
    await app.done(again.jobId);
  });
});

describe('predictions for a page of images', () => {
  it('are made once, and anew for another content, score or model', async () => {
    const runId = await spareRun();
    const { items } = await call('images.list', { filter: { split: 'val' }, limit: 3 });
    const imageIds = items.map(({ id }) => id);
    const ask = (minScore = 0.05, ids = imageIds) =>
      call('predict.images', { runId, imageIds: ids, minScore });
    const file = fileOf(runId, BEST_CHECKPOINT);
    const at = new Date('2026-01-02T03:04:05Z');
    utimesSync(file, at, at);
    const first = await ask();
    expect(first.predictions.map(({ imageId }) => imageId)).toEqual(imageIds);

    // With a model that can't be read, though nothing tells so: whoever runs the network fails.
    using _best = keeping(file);
    writeFileSync(file, Buffer.alloc(statSync(file).size));
    utimesSync(file, at, at);
    expect(await ask()).toEqual(first);
    expect(await ask(0.05, imageIds.slice(1))).toEqual({ predictions: first.predictions.slice(1) });
    await expect(ask(0.9)).rejects.toThrow();
    const { file: picture } = await call('images.check', { imageId: imageIds[0]! });
    {
      using _picture = keeping(picture);
      appendFileSync(picture, 'more');
      await expect(ask()).rejects.toThrow();
    }
    utimesSync(file, at, new Date());
    await expect(ask(0.05, imageIds.slice(1))).rejects.toThrow();
  });
});

describe('a run that is stopped before its first step', () => {
  it.each(['runs.stop', 'jobs.cancel'] as const)('says at once that it is stopping: %s', async (how) => {
    const { runId, jobId } = await start(`stopped by ${how}`, 'epochs=50');
    await app.until(jobId, ({ message }) => inEnglish(message) === 'compiling the network');
    expect(await call('runs.get', { runId })).toMatchObject({ state: 'preparing', stopping: false });
    await (how === 'runs.stop' ? call(how, { runId }) : call(how, { jobId }));
    expect(await call('runs.get', { runId })).toMatchObject({ state: 'preparing', stopping: true });
    await app.ended(jobId);
    expect(await call('runs.get', { runId })).toMatchObject({ state: 'stopped', stopping: false, epoch: 0 });
  });
});

describe('pictures that are damaged', () => {
  it('are listed where the refusal says, until they can be read again', async () => {
    const folder = path.join(app.project, 'sample', 'train');
    const files = readdirSync(folder)
      .slice(-5)
      .map((name) => path.join(folder, name));
    const contents = files.map((file) => readFileSync(file));
    for (const file of files) writeFileSync(file, 'no picture');
    const { runId, jobId } = await start('many are damaged', 'inputSize=96', 'epochs=1');
    const { error } = await app.until(jobId, ({ state }) => state === 'failed');
    const remedy = 'The Dataset page lists them under “Worth a look”.';
    expect(error).toMatchObject({ details: { remedy: expect.stringContaining(remedy) as string } });
    // The run keeps what its page shows.
    const events = readFileSync(fileOf(runId, 'events.jsonl'), 'utf8').trim().split('\n');
    expect(asEnglish(JSON.parse(events.at(-1)!))).toMatchObject({
      type: 'end',
      reason: expect.stringMatching(/^5 of 32 labelled images can’t be read/) as string,
      remedy: expect.stringContaining(remedy) as string,
    });
    const listed = async () =>
      (await call('dataset.review', {})).findings.filter(({ message }) =>
        /can’t be read/.test(inEnglish(message)),
      );
    expect(await listed()).toMatchObject([{ severity: 'bad', filter: { imageIds: { length: 5 } } }]);
    const proposed = await call('runs.propose', {});
    expect(proposed.images).toMatchObject({ train: 19, validation: 8 });
    const blocked = (proposed.blocked ?? []).map(inEnglish).join(' ');
    expect(blocked).toMatch(
      /^5 of 32 labelled images can’t be read \(.*too many to continue\. At most a tenth/,
    );
    expect(blocked).toContain(remedy);
    expect(proposed.filesGone).toBe(true);

    files.forEach((file, index) => writeFileSync(file, contents[index]!));
    await app.done((await start('whole again', 'inputSize=96', 'epochs=1')).jobId);
    expect(await listed()).toEqual([]);
    expect(await call('runs.propose', {})).toMatchObject({ blocked: null, filesGone: false });
  });
});

describe('pictures that are gone', () => {
  /** Takes away the files of some images of a split. @returns their names */
  function takeAway(split: 'train' | 'val', count: number): string[] {
    const folder = path.join(app.project, 'sample', split);
    const names = readdirSync(folder).slice(0, count);
    for (const name of names) rmSync(path.join(folder, name));
    return names;
  }

  it('are named and counted by the run while they are few, and refused past a tenth', async () => {
    const few = takeAway('train', 2);
    const touched = path.join(
      app.project,
      'sample',
      'val',
      readdirSync(path.join(app.project, 'sample', 'val'))[7]!,
    );
    appendFileSync(touched, 'more');
    // Of a size that nothing has been decoded in before.
    const { runId, jobId } = await start('few are gone', 'inputSize=32', 'epochs=1');
    const { problems } = await app.done(jobId);
    expect(problems.map(({ file }) => path.basename(file!)).sort()).toEqual(few.sort());
    const told = toldBy(runId);
    expect(told).toContain('2 of 32 labelled images can’t be read');
    for (const name of few) expect(told).toContain(`train/${name}`);
    expect(told).toContain(`The file val/${path.basename(touched)} has changed since it was labelled.`);
    // What is known of a file stays with the scores that it spoils, until it is as it was.
    const judged = async (split: 'train' | 'val') =>
      app.ended((await call('evaluation.start', { runId, split })).jobId);
    const notesOf = async (split: 'train' | 'val') =>
      ((await call('evaluation.get', { runId, split })).live?.notes ?? []).map(inEnglish).join(' ');
    const spoilt = 'The file of 1 image has changed since it was labelled (val/';
    const [whole, size] = [readFileSync(touched), statSync(touched).size];
    expect((await judged('val')).state).toBe('done');
    expect(await notesOf('val')).toContain(spoilt);
    // Overwritten once more, by a training image.
    const [trained] = readdirSync(path.join(app.project, 'sample', 'train'));
    writeFileSync(touched, readFileSync(path.join(app.project, 'sample', 'train', trained!)));
    expect((await judged('val')).state).toBe('done');
    expect(await notesOf('val')).toMatch(
      /^1 of these images \(val\/.*\) has the same content as an image that this run was trained on:.*The file of 1 image/,
    );
    writeFileSync(touched, whole);
    truncateSync(touched, size - 'more'.length);
    expect((await judged('val')).state).toBe('done');
    expect(await notesOf('val')).not.toContain(spoilt);
    writeFileSync(touched, whole);
    // What the run has found out is known from then on, and the page counts what is there.
    expect((await call('images.list', { filter: { missing: true } })).total).toBe(2);
    const { images, warnings, blocked } = await call('runs.propose', {});
    expect(images).toMatchObject({ train: 22, validation: 8 });
    expect(blocked).toBeNull();
    const said = warnings.map(inEnglish).join(' ');
    expect(said).toMatch(/^2 of 32 labelled images can’t be read \(.*; they are not used for training/);
    for (const name of few) expect(said).toContain(name);

    takeAway('val', 3);
    const refused = await start('many are gone', 'inputSize=96', 'epochs=1');
    const { error } = await app.until(refused.jobId, ({ state }) => state === 'failed');
    expect(error).toMatchObject({ code: 'unusable-input' });
    expect(error!.message).toMatch(/^5 of 32 labelled images can’t be read .*too many/);
    expect((await judged('val')).error!.message).toMatch(/^3 of 8 labelled images/);
    const onTrain = await judged('train');
    expect(onTrain).toMatchObject({ state: 'done' });
    for (const name of few) expect(JSON.stringify(onTrain.problems)).toContain(name);
    expect(onTrain.problems).toHaveLength(2);
    // Those of another split are none of its business.
    expect(JSON.stringify(onTrain.problems)).not.toContain('sample/val');
    expect(await notesOf('train')).toContain('2 labelled images of this split are not counted');

    // That they are known to be missing changes nothing: a second run is refused by the same count.
    expect((await call('images.list', { filter: { missing: true } })).total).toBe(5);
    const again = await start('known to be gone', 'inputSize=96', 'epochs=1');
    const { error: second } = await app.until(again.jobId, ({ state }) => state === 'failed');
    expect(second!.message).toBe(error!.message);
  });
});
