import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssistState, ImageSummary } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TestApp } from '../support/app.ts';

const VIEWER = 'a page';
const FIRST = 10;
/** On a busy machine a round takes its time. */
const LONG = 580_000;

let app: TestApp;
const call: TestApp['call'] = (name, input) => app.call(name, input);
let images: ImageSummary[];
let square: number;
let folder: string;
const ending = new AbortController();
let state: AssistState | undefined;
const told: AssistState[] = [];

const SIDE = 128;
const SQUARE = 40;
/** Where the red squares of an image lie. */
const squaresOf = (index: number): { x: number; y: number }[] => [
  { x: 4 + ((index * 7) % 40), y: 6 + ((index * 13) % 30) },
  { x: 68 + ((index * 5) % 18), y: 70 + ((index * 11) % 16) },
];

async function draw(index: number): Promise<void> {
  const patch = await sharp({
    create: { width: SQUARE, height: SQUARE, channels: 3, background: { r: 200, g: 30 + index, b: 40 } },
  })
    .png()
    .toBuffer();
  await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: { r: 120, g: 130, b: 120 } } })
    .composite(squaresOf(index).map(({ x, y }) => ({ input: patch, left: x, top: y })))
    .png()
    .toFile(path.join(folder, `${String(index).padStart(2, '0')}.png`));
}

beforeAll(async () => {
  app = new TestApp();
  folder = path.join(app.folder, 'pictures');
  mkdirSync(folder);
  await Promise.all(Array.from({ length: 24 }, (_, index) => draw(index)));
  await call('project.create', { path: path.join(app.folder, 'live.twinhead') });
  square = (await call('classes.create', { kind: 'object', name: 'square' })).id;
  await app.done((await call('images.add', { folders: [folder] })).jobId);
  ({ items: images } = await call('images.list', { filter: {}, limit: 100 }));
  void hear();
});
afterAll(async () => {
  ending.abort();
  await app.remove();
});

async function hear(): Promise<void> {
  for await (const { what } of app.changes(ending.signal)) {
    if (what !== 'assist') continue;
    state = await call('assist.state', {});
    told.push(state);
  }
}

async function until<Value>(ask: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const line = (): string => inEnglish(state?.line ?? '');
const saying = (words: RegExp) => until(() => (words.test(line()) ? line() : undefined));
const now = (index: number) => call('annotations.get', { imageId: images[index]!.id });

/** Rejects what is suggested, and draws the squares. */
async function label(index: number, classId = square): Promise<void> {
  const { image, suggestions } = await now(index);
  await call('annotations.edit', {
    imageId: image.id,
    expectedRevision: image.revision,
    editId: crypto.randomUUID(),
    operations: [
      ...suggestions.map(({ id }) => ({ type: 'reject-suggestion', suggestionId: id }) as const),
      ...squaresOf(index).map(
        ({ x, y }) => ({ type: 'add-box', box: { x, y, width: SQUARE, height: SQUARE, classId } }) as const,
      ),
    ],
  });
}
const at = (index: number) => ({
  viewer: VIEWER,
  open: images[index]!.id,
  ahead: images.slice(index + 1, index + 5).map(({ id }) => id),
});

describe('the live assistant', () => {
  let jobId: string;

  it('says what it needs before it begins, and counts no image that is still open', async () => {
    for (let index = 0; index < FIRST; index++) await label(index);
    ({ jobId } = await call('assist.start', at(FIRST - 1)));
    expect(await saying(/to begin/)).toBe('Assistant: label 1 more image to begin');
    expect((await call('assist.start', at(FIRST - 1))).jobId).toBe(jobId);
    expect(state).toMatchObject({ jobId, working: false });
  });

  it('learns, and suggests for the images that come next', { timeout: LONG }, async () => {
    await call('assist.look', at(FIRST));
    await saying(/round 1/);
    const next = await until(async () => {
      const { suggestions } = await now(FIRST + 1);
      return suggestions.length > 0 ? suggestions : undefined;
    });
    expect(next[0]).toMatchObject({ source: 'model', sourceName: 'Live assistant' });
    expect(told.some(({ working }) => working)).toBe(true);
    expect(line()).toMatch(/^Assistant: round 1, 10 images/);
  });

  it(
    'learns again from what was labelled meanwhile, and leaves alone what was decided',
    { timeout: LONG },
    async () => {
      await label(FIRST);
      const { image, suggestions } = await now(FIRST + 1);
      await call('annotations.edit', {
        imageId: image.id,
        expectedRevision: image.revision,
        editId: crypto.randomUUID(),
        operations: [{ type: 'reject-suggestion', suggestionId: suggestions[0]!.id }],
      });
      const decided = await now(FIRST + 1);
      const before = await now(FIRST + 2);
      await call('assist.look', at(FIRST + 3));
      await saying(/round 2, 11 images/);
      await until(() => (state?.working === false ? true : undefined));
      expect(await now(FIRST + 1)).toEqual(decided);
      // Nobody has said anything of it, but it no longer comes next.
      expect(await now(FIRST + 2)).toEqual(before);
    },
  );

  it(
    'gives way to a training, whose start it does not hinder, and goes on after it',
    { timeout: LONG },
    async () => {
      const ids = images.map(({ id }) => id);
      await call('images.setSplit', { imageIds: ids.slice(0, 3), split: 'val' });
      await call('images.setSplit', { imageIds: ids.slice(3, FIRST + 1), split: 'train' });
      for (const index of [FIRST + 4, FIRST + 5, FIRST + 6]) await label(index);
      await call('assist.look', at(FIRST + 7));
      await until(() => (state?.working === true ? true : undefined));
      const settings = ['network=nano', 'inputSize=64', 'batch=4', 'epochs=1', 'neckChannels=16'];
      const training = await call('runs.start', { name: 'real', settings });
      await app.done(training.jobId);
      expect(told.some((one) => inEnglish(one.line).includes('waiting until the training is done'))).toBe(
        true,
      );
      expect(await saying(/round \d, 11 images, score .*% on 3 for validation/)).toBeDefined();
    },
  );

  it('pauses, and goes on', { timeout: LONG }, async () => {
    await call('assist.pause', { paused: true });
    await saying(/paused/);
    const count = told.length;
    await label(FIRST + 7);
    await call('assist.look', at(FIRST + 8));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told.slice(count)).toEqual([]);
    await call('assist.pause', { paused: false });
    await saying(/12 images/);
  });

  it('leaves out an image that no longer opens, and says so', { timeout: LONG }, async () => {
    await label(FIRST + 8);
    const { image } = await now(FIRST + 8);
    writeFileSync(path.join(folder, image.fileName), 'no picture');
    await call('assist.look', at(FIRST + 9));
    await until(async () => {
      const { problems } = await call('jobs.get', { jobId });
      return problems.length > 0 ? problems : undefined;
    });
    expect(line()).not.toMatch(/failed/);
  });

  it(
    'begins anew where a class comes or goes, and suggests none that is gone',
    { timeout: LONG },
    async () => {
      const { id: other } = await call('classes.create', { kind: 'object', name: 'other' });
      for (const index of [FIRST + 9, FIRST + 10, FIRST + 11]) await label(index, other);
      await call('assist.look', at(FIRST + 12));
      await saying(/round 1, 15 images/);
      await call('classes.delete', { id: other, reassignTo: null });
      await saying(/round 1, 12 images/);
      await until(() => (state?.working === false ? true : undefined));
      const { items } = await call('annotations.list', { imageIds: images.map(({ id }) => id) });
      expect(new Set(items.flatMap(({ suggestions }) => suggestions).map(({ classId }) => classId))).toEqual(
        new Set([square]),
      );
    },
  );

  it('takes its suggestions along when it is switched off, but for those of images a person has begun', async () => {
    const begun = await now(FIRST + 1);
    await call('assist.stop', {});
    await app.ended(jobId);
    const left = (await call('annotations.list', { imageIds: images.map(({ id }) => id) })).items.filter(
      ({ suggestions }) => suggestions.length > 0,
    );
    expect(left.map(({ image }) => image.id)).toEqual(begun.suggestions.length > 0 ? [begun.image.id] : []);
    expect(state).toMatchObject({ jobId: null });
  });

  it('ends by itself once no page looks at it any more', async () => {
    ({ jobId } = await call('assist.start', at(0)));
    await call('assist.leave', { viewer: VIEWER });
    expect((await app.ended(jobId)).state).toBe('done');
  });
});
