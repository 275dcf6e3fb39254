import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutputOf } from '../../electron/common/contract.ts';
import type { Evaluation, Split } from '../../electron/common/entities.ts';
import type { EvaluationPart } from '../../electron/common/score-parts.ts';
import { wilson } from '../../electron/common/wilson.ts';
import { parseTrainingConfig } from '../../electron/learning/index.ts';
import { openProject } from '../../electron/store/index.ts';
import type { NewLook } from '../../electron/store/index.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

const RUN = 'r0001';
const square = (x: number, classId: number) => ({ x, y: 10, width: 20, height: 20, classId });
const hash = (index: number): string => index.toString(16).padStart(64, '0');
/** Ids: two object classes, two image classes, in the order in which they are made. */
const [CAT, DOG, INDOOR, OUTDOOR] = [1, 2, 3, 4] as const;

/**
 * Four images of validation and one of no split: a cat found, a cat missed, a dog taken for a cat, a cat found beside a dog
 * that is not there. The last two are taken for what they are not.
 */
async function project({
  answers = true,
  trained = [] as number[],
  looks = [] as NewLook[],
} = {}): Promise<void> {
  let day = 1;
  const store = openProject(app.project, { create: true, clock: () => new Date(Date.UTC(2026, 0, day)) });
  for (const [kind, name] of [
    ['object', 'cat'],
    ['object', 'dog'],
    ['image', 'indoor'],
    ['image', 'outdoor'],
  ] as const)
    store.classes.create({ kind, name });
  const root = store.roots.add(path.join(app.folder, 'images'));
  const file = { bytes: 1, modifiedMs: 0, width: 200, height: 100, orientation: 1, format: 'png' };
  const added = store.files.add(
    root.id,
    [0, 1, 2, 3, 4].map((index) => ({ ...file, path: `${index}.png`, sha256: hash(index) })),
  );
  const ids = added.map(({ id }) => id);
  const labels = [
    [10, CAT],
    [10, CAT],
    [10, DOG],
    [150, CAT],
    [10, CAT],
  ].map(([x, id]) => square(x!, id!));
  for (const [index, id] of ids.entries()) {
    store.annotations.edit(id, store.images.get(id).revision, [
      { type: 'set-image-classes', classIds: [INDOOR] },
      {
        type: 'add-box',
        box: { ...labels[index]!, source: 'person', score: null, attributes: {} },
      },
    ]);
  }
  const shown = ids.slice(0, 4);
  store.splits.set(shown, 'val');
  store.splits.set(trained, 'train');
  store.looks.save(looks);
  const config = parseTrainingConfig({});
  const given = { seed: 1, epochs: 3, engine: 'cpu', appVersion: '0.1.0', dataRevision: 0 };
  store.runs.create({ ...given, config });
  const found = (x: number, classIndex: number, score: number) => ({
    ...{ x, y: 10, width: 20, height: 20 },
    ...{ classIndex, score },
  });
  const boxes = [[found(11, 0, 0.9)], [], [found(10, 0, 0.8)], [found(100, 1, 0.7), found(150, 0, 0.95)]];
  const classes = store.classes.list();
  const named = (kind: string) =>
    classes.filter((one) => one.kind === kind).map(({ id, name }) => ({ id, name }));
  const checkpoint = {
    ...{ epoch: 2, step: 20 },
    ...{ imageClasses: named('image'), objectClasses: named('object') },
  };
  if (answers)
    store.answers.save(
      RUN,
      checkpoint,
      shown.map((imageId, index) => ({
        ...{ imageId, sha256: hash(index), boxes: boxes[index]! },
        imageClass: index < 2 ? Float32Array.of(0.9, 0.1) : Float32Array.of(0.25, 0.75),
      })),
    );
  // Of labels that never were: what is shown has to come from the answers.
  for (const split of ['val', 'train'] as const) {
    store.runs.saveEvaluation(RUN, {
      ...{ run: RUN, split, dataRevision: -1, images: 4, seconds: 3, overall: 0.5 },
      ...{ imageClass: null, boxes: null },
    });
    day += 1;
    if (answers) store.answers.save(RUN, checkpoint, []);
  }
  store.close();
  await app.call('project.open', { path: app.project });
}

const get = (split: Split = 'val'): Promise<OutputOf<'evaluation.get'>> =>
  app.call('evaluation.get', { runId: RUN, split });
const notesOf = async (): Promise<unknown> => (await get()).live?.notes;
const figures = async (): Promise<Evaluation> => (await get()).evaluation!;
const items = async (part: EvaluationPart) =>
  (await app.call('evaluation.items', { runId: RUN, part })).items.map(
    ({ image, score, error, found, truth }) => ({
      image: image.id,
      score: score === null ? null : Number(score.toFixed(2)),
      error,
      found: found?.classId ?? null,
      truth: truth?.classId ?? null,
    }),
  );

async function edit(
  imageId: number,
  ...operations: Parameters<typeof app.call<'annotations.edit'>>[1]['operations']
) {
  const { image } = await app.call('annotations.get', { imageId });
  await app.call('annotations.edit', {
    ...{ imageId, expectedRevision: image.revision, editId: crypto.randomUUID(), operations },
  });
}

describe('the figures of an evaluation', () => {
  it('of a test set are those of its images alone, also where the whole split was evaluated', async () => {
    await project();
    const [found, missed, taken] = (await app.call('images.list', { sort: 'added' })).items.map(
      ({ id }) => id,
    );
    expect(await app.call('testSets.add', { name: 'night', imageIds: [found!, missed!] })).toEqual({
      images: 2,
      moved: 2,
    });
    await app.call('testSets.add', { name: 'day', imageIds: [taken!] });
    const on = { runId: RUN, split: 'test', testSet: 'night' } as const;
    const { evaluation, live } = await app.call('evaluation.get', on);
    expect(evaluation).toMatchObject({
      split: 'test',
      images: 2,
      seconds: null,
      imageClass: { accuracy: 1 },
    });
    expect(live?.before).toEqual(evaluation);
    expect((await app.call('evaluation.get', { ...on, testSet: 'day' })).evaluation).toMatchObject({
      images: 1,
      imageClass: { accuracy: 0 },
    });
    const part = { of: 'error', error: 'missed' } as const;
    const { items: lacking } = await app.call('evaluation.items', { ...on, part });
    expect(lacking.map(({ image }) => image.id)).toEqual([missed]);
    expect((await app.call('evaluation.items', { ...on, testSet: 'day', part })).total).toBe(0);
    expect((await app.call('evaluation.intervals', on)).intervals).not.toBeNull();
    const out = path.join(app.folder, 'night.html');
    await app.call('evaluation.report', { ...on, out, language: 'en' });
    expect(readFileSync(out, 'utf8')).toContain('--test-set &quot;night&quot;');
    expect((await app.call('images.list', { filter: { testSet: 'night' } })).total).toBe(2);
  });

  it('come from what is stored, by the labels of now', async () => {
    await project();
    const { evaluation, live } = await get();
    expect(live).toMatchObject({ epoch: 2, kinds: ['image', 'object'], notes: [], before: { overall: 0.5 } });
    expect(evaluation).toMatchObject({
      ...{ images: 4, seconds: 3, imageClass: { accuracy: 0.5, images: 4 } },
      boxes: {
        confusion: {
          names: ['cat', 'dog'],
          counts: [
            [2, 0, 1],
            [1, 0, 0],
            [0, 1, 0],
          ],
        },
        sizes: [{ size: 'small', truths: 4 }, { size: 'medium' }, { size: 'large' }],
      },
    });
  });

  it('have intervals, Wilson’s where a score is a share of the images, and none without predictions', async () => {
    await project();
    const set = { runId: RUN, split: 'val' } as const;
    const { intervals } = await app.call('evaluation.intervals', set);
    const { evaluation } = await get();
    expect(intervals).toMatchObject({ samples: 1000, tasks: { imageClass: wilson(0.5, 4) } });
    for (const [figure, interval] of [
      [evaluation?.overall, intervals?.overall],
      [evaluation?.boxes?.map50, intervals?.tasks['boxes']],
    ] as const) {
      expect(interval?.low).toBeLessThan(figure!);
      expect(interval?.high).toBeGreaterThan(figure!);
    }
    expect(await app.call('evaluation.intervals', set)).toEqual({ intervals });
    const none = await app.call('evaluation.intervals', { runId: RUN, split: 'test' });
    expect(none.intervals).toMatchObject({ overall: null, tasks: { imageClass: null, boxes: null } });
  });

  it('have no interval from a single image', async () => {
    await project();
    await app.call('images.setSplit', { imageIds: [2, 3, 4], split: 'train' });
    expect((await get()).evaluation).toMatchObject({ images: 1, imageClass: { images: 1 } });
    const { intervals } = await app.call('evaluation.intervals', { runId: RUN, split: 'val' });
    expect(intervals).toMatchObject({ overall: null, tasks: { imageClass: null, boxes: null } });
  });

  it('are told by group and by number of boxes, each as if the split were only that', async () => {
    await project();
    const { breakdown } = await app.call('evaluation.breakdown', { runId: RUN, split: 'val' });
    // All lie in one folder.
    expect(breakdown).toMatchObject({ groups: [], groupsLeftOut: 0 });
    const { evaluation } = await get();
    expect(breakdown?.objects).toEqual([
      {
        ...{ from: 1, to: 2, images: 4, filter: { minBoxes: 1, maxBoxes: 1 } },
        tasks: { imageClass: 0.5, boxes: evaluation?.boxes?.map50 },
      },
    ]);
    // A second box, which is not found, on the first image.
    await edit(1, {
      type: 'add-box',
      box: { ...square(100, CAT), source: 'person', score: null, attributes: {} },
    });
    const after = await app.call('evaluation.breakdown', { runId: RUN, split: 'val' });
    expect(after.breakdown?.objects).toMatchObject([
      { from: 1, images: 3, tasks: { imageClass: 1 / 3 } },
      { from: 2, to: 3, images: 1, tasks: { imageClass: 1, boxes: 0.504950495049505 } },
    ]);
    expect((await app.call('images.list', { filter: { split: 'val', ...after.breakdown!.objects[1]!.filter } })).total).toBe(1); // prettier-ignore
  });

  it('are led to in the order of loss, and of how far the heads contradict each other', async () => {
    await project();
    const listed = async (part: EvaluationPart, sort: 'loss' | 'disagreement') =>
      (await app.call('evaluation.items', { runId: RUN, part, sort })).items;
    // A missed box, a dog taken for a cat at 80 %, a dog at 70 % where none is.
    const boxes = await listed({ of: 'boxClass', classId: CAT }, 'loss');
    expect(boxes.map(({ image, loss }) => [image.id, loss?.toFixed(3)])).toEqual([
      [2, (-Math.log(0.01)).toFixed(3)],
      [3, (-Math.log(0.2)).toFixed(3)],
    ]);
    const right = await listed({ of: 'boxes', truth: CAT, found: CAT }, 'loss');
    expect(right.map(({ image, loss }) => [image.id, loss?.toFixed(3)])).toEqual([
      [1, (-Math.log(0.9)).toFixed(3)],
      [4, (-Math.log(0.95)).toFixed(3)],
    ]);
    const classes = await listed({ of: 'imageClass', classId: INDOOR }, 'loss');
    expect(classes.map(({ loss }) => loss?.toFixed(3))).toEqual(['1.386', '1.386']);
    // Where dogs are outdoors, a dog that is called indoor contradicts it more than a cat does.
    await edit(3, { type: 'set-image-classes', classIds: [OUTDOOR] });
    await edit(4, { type: 'set-image-classes', classIds: [OUTDOOR] });
    const told = await listed({ of: 'imageClasses', truth: INDOOR, found: INDOOR }, 'disagreement');
    expect(told.map(({ image }) => image.id).toSorted()).toEqual([1, 2]);
    const [most, least] = told.map(({ disagreement }) => disagreement!);
    expect(most).toBeGreaterThan(least!);
    expect(least).toBeGreaterThanOrEqual(0);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('tell how boxes with each value of an attribute are found, and which are not', async () => {
    await project();
    const breakdown = async () =>
      (await app.call('evaluation.breakdown', { runId: RUN, split: 'val' })).breakdown!;
    expect(await breakdown()).toMatchObject({ attributes: [], valuesLeftOut: 0 });
    const given = [{ sky: 'fog', lit: true }, { sky: 'fog' }, { sky: 'sun', lit: false }, {}] as const;
    for (const [index, attributes] of given.entries()) {
      const { boxes } = await app.call('annotations.get', { imageId: index + 1 });
      await edit(index + 1, { type: 'update-box', boxId: boxes[0]!.id, changes: { attributes } });
    }
    const { attributes } = await breakdown();
    expect(
      attributes.map(({ name, value, boxes, found, images, tasks }) => [
        ...[name, value, boxes, found],
        ...[images, tasks['imageClass']],
      ]),
    ).toEqual([
      ['lit', true, 1, 1, 1, 1],
      ['lit', null, 3, 1, 3, 1 / 3],
      ['sky', 'fog', 2, 1, 2, 1],
      ['sky', 'sun', 1, 0, 1, 0],
      ['sky', null, 1, 1, 1, 0],
    ]);
    expect(attributes[2]!.meanIou).toBeCloseTo(19 / 21, 6);
    const { filter } = attributes[2]!;
    expect((await app.call('images.list', { filter: { split: 'val', ...filter } })).total).toBe(2);
    const of = (name: string, value: string | null) => items({ of: 'attribute', name, value });
    expect(await of('sky', 'fog')).toMatchObject([{ image: 2, error: 'missed' }]);
    // Taken for a cat.
    expect(await of('sky', 'sun')).toMatchObject([{ image: 3, error: 'class', found: CAT, truth: DOG }]);
    expect(await of('sky', 'rain')).toEqual([]);
    const { boxes } = await app.call('annotations.get', { imageId: 2 });
    await edit(2, { type: 'delete-box', boxId: boxes[0]!.id });
    expect(await of('sky', 'fog')).toEqual([]);
    expect((await breakdown()).attributes[2]).toMatchObject({ value: 'fog', boxes: 1, found: 1 });
  });

  it('stand side by side for each split, by the labels of now', async () => {
    await project({ trained: [1, 2] });
    const splits = async () => (await app.call('evaluation.splits', { runId: RUN })).splits;
    await edit(4, { type: 'set-image-classes', classIds: [OUTDOOR] });
    expect(await splits()).toMatchObject([
      { split: 'train', evaluable: true, scores: { images: 2, tasks: { imageClass: 1 } } },
      { split: 'val', evaluable: true, scores: { images: 2, tasks: { imageClass: 0.5 } } },
      { split: 'test', evaluable: false, scores: null },
    ]);
    await app.call('images.setSplit', { imageIds: [5], split: 'test' });
    expect((await splits())[2]).toEqual({ split: 'test', evaluable: true, scores: null });
  });

  it('follow a correction, its undo and its redo', async () => {
    await project();
    const before = await figures();
    const { boxes } = await app.call('annotations.get', { imageId: 3 });
    await edit(3, { type: 'update-box', boxId: boxes[0]!.id, changes: { classId: CAT } });
    const corrected = await figures();
    expect(corrected.boxes?.confusion?.counts).toEqual([
      [3, 0, 1],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    for (const [call, expected] of [
      ['annotations.undo', before],
      ['annotations.redo', corrected],
    ] as const) {
      const { image } = await app.call('annotations.get', { imageId: 3 });
      await app.call(call, { imageId: 3, expectedRevision: image.revision, editId: crypto.randomUUID() });
      expect(await figures()).toEqual({ ...expected, dataRevision: (await figures()).dataRevision });
    }
  });

  it('leave out what nobody has labelled any more, and images that left the split or the project', async () => {
    await project();
    await figures();
    const { boxes } = await app.call('annotations.get', { imageId: 4 });
    await edit(4, { type: 'set-image-classes', classIds: [] }, { type: 'delete-box', boxId: boxes[0]!.id });
    expect(await figures()).toMatchObject({ images: 3, imageClass: { images: 3 }, boxes: { images: 3 } });
    await app.call('images.setSplit', { imageIds: [2], split: 'train' });
    expect(await figures()).toMatchObject({ images: 2, boxes: { confusion: { counts: [[1, 0, 0], [1, 0, 0], [0, 0, 0]] } } }); // prettier-ignore
    await app.call('images.remove', { imageIds: [3] });
    expect(await figures()).toMatchObject({ images: 1, imageClass: { accuracy: 1 }, boxes: { map50: 1 } });
    await app.call('project.undo', {});
    expect(await figures()).toMatchObject({ images: 2 });
  });

  it('say which images came into the split since', async () => {
    await project();
    await app.call('images.setSplit', { imageIds: [5], split: 'val' });
    expect((await get()).live?.notes).toEqual([
      '1 labelled image of this split is not counted: it couldn’t be read, or was added later. Evaluate again to count it, if its file can be read by now.',
    ]);
  });

  it('say which images the run was trained on before they came into the split', async () => {
    await project({ trained: [1, 2] });
    expect((await get()).live?.notes).toEqual([]);
    await app.call('images.setSplit', { imageIds: [2], split: 'val' });
    const note =
      '1 of these images was in the training set when this run was trained: the scores are better than they would be on new images.';
    expect((await get()).live?.notes).toEqual([note]);
    // A label that is corrected since is no other split.
    await edit(3, { type: 'set-image-classes', classIds: [OUTDOOR] });
    expect((await get()).live?.notes).toEqual([note]);
    await app.call('project.undo', {});
    expect((await get()).live?.notes).toEqual([]);
  });

  it('say by name which files have changed, and which show a picture that the run was trained on', async () => {
    const overwritten = (imageId: number, content: number): NewLook => ({
      ...{ imageId, sha256: hash(imageId - 1), state: 'changed' },
      content: hash(content),
    });
    // The file of the second image is a copy of the fifth now, which is trained on; that of the third is something new.
    await project({ trained: [5], looks: [overwritten(2, 4), overwritten(3, 9)] });
    const changed =
      'The files of 2 images have changed since they were labelled (1.png, 2.png): check their labels, in Label.';
    const copied =
      '1 of these images (1.png) has the same content as an image that this run was trained on: the scores are better than they would be on new images.';
    expect(await notesOf()).toEqual([copied, changed]);
    // It was in the training set all the same.
    await app.call('images.setSplit', { imageIds: [5], split: 'none' });
    expect(await notesOf()).toEqual([copied, changed]);
  });

  it('do not take copies outside the training set for trained on', async () => {
    const looks: NewLook[] = [{ imageId: 2, sha256: hash(1), state: 'changed', content: hash(2) }];
    await project({ trained: [1], looks });
    expect(await notesOf()).toEqual([expect.stringMatching(/^The file of 1 image has changed/)]);
    // Moved there since.
    await app.call('images.setSplit', { imageIds: [3], split: 'train' });
    expect(await notesOf()).toEqual([expect.stringMatching(/^The file of 1 image has changed/)]);
  });

  it('say that the run was trained on the images of its training set', async () => {
    await project({ trained: [1, 2] });
    const notes = async (): Promise<unknown> => (await get('train')).live?.notes;
    expect(await notes()).toEqual([
      expect.stringMatching(/^All 2 images were in the training set when this run was trained/),
    ]);
    // One that came into it since was not trained on.
    await app.call('images.setSplit', { imageIds: [3], split: 'train' });
    expect(await notes()).toEqual([expect.stringMatching(/^2 of these images/)]);
  });

  it('show renamed classes by their name, and say which are gone or new', async () => {
    await project();
    await app.call('classes.update', { id: CAT, name: 'tomcat' });
    expect(await figures()).toMatchObject({ boxes: { confusion: { names: ['tomcat', 'dog'] } } });
    await app.call('classes.create', { kind: 'object', name: 'bird' });
    await app.call('classes.delete', { id: DOG, reassignTo: CAT });
    const { evaluation, live } = await get();
    expect(live?.notes).toEqual([
      'No longer classes of this project: dog. Their detections are not counted.',
      'The run was not trained on: bird. Labels of these classes are not counted.',
    ]);
    // The dog, a tomcat now, was taken for one all along.
    expect(evaluation?.boxes).toMatchObject({ confusion: { names: ['tomcat'], counts: [[3, 1], [0, 0]] } }); // prettier-ignore
    await app.call('classes.delete', { id: OUTDOOR, reassignTo: null });
    expect((await get()).live?.notes).toContain(
      'No longer classes of this project: outdoor. Images predicted as one of them count as wrong.',
    );
    expect(await figures()).toMatchObject({ imageClass: { accuracy: 0.5 } });
  });

  it('say when their own split was predicted', async () => {
    await project({ trained: [1] });
    const predicted = async (split: Split) => (await get(split)).live?.predictedAt;
    expect(await predicted('val')).toBe('2026-01-01T00:00:00.000Z');
    expect(await predicted('train')).toBe('2026-01-02T00:00:00.000Z');
    // By other labels, too.
    await edit(2, { type: 'set-image-classes', classIds: [OUTDOOR] });
    expect(await predicted('val')).toBe('2026-01-01T00:00:00.000Z');
  });

  it('are those of before while no image that was evaluated is in the split', async () => {
    await project();
    const before = await figures();
    await app.call('images.setSplit', { imageIds: [1, 2, 3, 4], split: 'test' });
    expect(await get()).toMatchObject({ evaluation: { images: 4, overall: 0.5 }, live: null });
    await app.call('project.undo', {});
    expect(await figures()).toMatchObject({ images: 4, overall: before.overall });
  });

  it('stay as they were where no predictions are stored, which is said', async () => {
    await project({ answers: false });
    expect(await get()).toMatchObject({ evaluation: { overall: 0.5 }, live: null });
    await expect(items({ of: 'error', error: 'missed' })).rejects.toMatchObject({
      code: 'not-found',
      details: { remedy: 'Evaluate the run on it again.' },
    });
  });
});

describe('what a number counts', () => {
  it('is a list of answers: cells, kinds of errors, classes and sizes', async () => {
    await project();
    const taken = { image: 3, score: 0.8, error: 'class', found: CAT, truth: DOG };
    const missed = { image: 2, score: null, error: 'missed', found: null, truth: CAT };
    const nothing = { image: 4, score: 0.7, error: 'background', found: DOG, truth: null };
    const cell = { ...taken, error: null };
    expect(await items({ of: 'boxes', truth: DOG, found: CAT })).toEqual([cell]);
    expect(await items({ of: 'boxes', truth: CAT, found: null })).toEqual([missed]);
    expect(await items({ of: 'boxes', truth: null, found: DOG })).toEqual([{ ...nothing, error: null }]);
    expect(await items({ of: 'error', error: 'class' })).toEqual([taken]);
    expect(await items({ of: 'error', error: 'background' })).toEqual([nothing]);
    expect(await items({ of: 'boxClass', classId: DOG })).toEqual([taken, nothing]);
    expect(await items({ of: 'size', size: 'small' })).toEqual([taken, nothing, missed]);
    expect(await items({ of: 'size', size: 'large' })).toEqual([]);
    const wrong = { score: 0.75, error: null, found: null, truth: null };
    expect(await items({ of: 'imageClasses', truth: INDOOR, found: OUTDOOR })).toEqual([
      { image: 3, ...wrong },
      { image: 4, ...wrong },
    ]);
    expect(await items({ of: 'boxClass', classId: 99 })).toEqual([]);
  });

  it('counts as many as the number says, and fewer once one is corrected', async () => {
    await project();
    const counts = async (): Promise<[number | undefined, number]> => {
      const { boxes } = await figures();
      const listed = await items({ of: 'boxes', truth: CAT, found: null });
      return [boxes?.confusion?.counts[0]?.[2], listed.length];
    };
    expect(await counts()).toEqual([1, 1]);
    const { boxes } = await app.call('annotations.get', { imageId: 2 });
    await edit(2, { type: 'delete-box', boxId: boxes[0]!.id });
    expect(await counts()).toEqual([0, 0]);
  });

  it('is what is wrong from a point of a curve on, or detections of a span of scores', async () => {
    await project();
    const { curves } = await app.call('evaluation.curves', { runId: RUN, split: 'val' });
    const cat = curves?.find(({ classId }) => classId === CAT);
    // Right at 0.95 and 0.9, a dog at 0.8; one of three is not found. Stored scores are a little lower.
    expect(cat?.points).toEqual([
      { score: 0.949, right: 1, wrong: 0, precision: 1, recall: 1 / 3, f1: 0.5 },
      { score: 0.899, right: 2, wrong: 0, precision: 1, recall: 2 / 3, f1: 0.8 },
      { score: 0.8, right: 2, wrong: 1, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 },
    ]);
    expect(cat?.bins.map(({ right, wrong }) => [right, wrong]).slice(7)).toEqual([[0, 0], [1, 1], [1, 0]]); // prettier-ignore
    const taken = { image: 3, score: 0.8, error: 'class', found: CAT, truth: DOG };
    const missed = { image: 2, score: null, error: 'missed', found: null, truth: CAT };
    const right = { image: 1, score: 0.9, error: null, found: CAT, truth: CAT };
    const cutoff = (from: number) => items({ of: 'cutoff', classId: CAT, from });
    expect(await cutoff(800)).toEqual([taken, missed]);
    expect(await cutoff(801)).toEqual([missed]);
    expect(await cutoff(900)).toEqual([{ ...missed, image: 1 }, missed]);
    expect(await items({ of: 'scores', classId: CAT, from: 800, to: 900 })).toEqual([right, taken]);
    expect(await items({ of: 'scores', classId: DOG, from: 800, to: 1000 })).toEqual([]);
  });

  it('is what the run is as confident of: a bar of the reliability diagram', async () => {
    await project();
    const { calibration } = await app.call('evaluation.calibration', { runId: RUN, split: 'val' });
    // Two right at 0.9 and two wrong at 0.75: the labels are likelier if the run is less sure.
    expect(calibration?.error).toBeCloseTo((2 * 0.1 + 2 * 0.75) / 4);
    expect(calibration?.temperature).toBeGreaterThan(1);
    expect(calibration?.scaledError).not.toBeNull();
    expect(calibration?.bins[13]).toMatchObject({ count: 2, right: 2 });
    const said = { error: null, found: null, truth: null };
    expect(await items({ of: 'confidence', bin: 13 })).toEqual([
      { ...said, image: 1, score: 0.9 },
      { ...said, image: 2, score: 0.9 },
    ]);
    expect(await items({ of: 'confidence', bin: 0 })).toEqual([]);
    // Of a test set by the temperature of validation, where none of its images is.
    await app.call('testSets.add', { name: 'night', imageIds: [4] });
    const night = { runId: RUN, split: 'test', testSet: 'night' } as const;
    const ofNight = await app.call('evaluation.calibration', night);
    expect(ofNight.calibration?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(ofNight.calibration?.temperature).toBeGreaterThan(0);
    expect(ofNight.calibration?.scaledError).not.toBeNull();
    // Of another split by the temperature of validation, which has none without predictions.
    await app.call('images.setSplit', { imageIds: [1, 2, 3, 4], split: 'test' });
    const other = await app.call('evaluation.calibration', { runId: RUN, split: 'test' });
    expect(other.calibration).toMatchObject({ temperature: null, scaledError: null });
    expect(other.calibration?.error).toBeCloseTo(calibration!.error);
  });

  it('is an image whose class the run confidently contradicts, with the class that it says', async () => {
    await project();
    // Two more at 0.25 and 0.75 are said to be outdoor as surely as the one that is labelled so.
    await edit(3, { type: 'set-image-classes', classIds: [OUTDOOR] });
    const part = { of: 'suspect', suspect: 'misclassed' } as const;
    const asked = await app.call('evaluation.items', { runId: RUN, part });
    expect(asked.items.map(({ image, score, imageClasses }) => [image.id, score, imageClasses])).toEqual([
      [4, 0.75, { labelled: [INDOOR], predicted: [OUTDOOR] }],
    ]);
    await edit(4, { type: 'set-image-classes', classIds: [OUTDOOR] });
    expect(await items(part)).toEqual([]);
  });

  it('is a false alarm on an image that is known to be empty, by the thresholds of the run', async () => {
    await project();
    const alarms = async () =>
      (await app.call('evaluation.falseAlarms', { runId: RUN, split: 'val' })).falseAlarms;
    expect(await alarms()).toEqual({ images: 0, alarmed: 0, detections: 0, from: 0.05 });
    for (const imageId of [2, 4]) {
      const { boxes } = await app.call('annotations.get', { imageId });
      await edit(
        imageId,
        { type: 'set-image-classes', classIds: [] },
        { type: 'delete-box', boxId: boxes[0]!.id },
        { type: 'set-state', state: 'empty' },
      );
    }
    expect(await alarms()).toEqual({ images: 2, alarmed: 1, detections: 2, from: 0.05 });
    const dog = { image: 4, score: 0.7, error: 'background', found: DOG, truth: null };
    expect(await items({ of: 'falseAlarms' })).toEqual([{ ...dog, found: CAT, score: 0.95 }, dog]);
    // From a threshold on that only the surest detection of a cat reaches.
    await app.call('thresholds.choose', { runId: RUN, goal: { for: 'falseAlarms', most: 0 } });
    const { thresholds } = await app.call('thresholds.get', { runId: RUN });
    const kept = thresholds!.classes.filter(({ score }) => score < 1);
    expect(await alarms()).toEqual({ images: 2, alarmed: 0, detections: 0, from: null });
    expect(kept).toEqual([]);
    // An image of which nobody has said that it is empty does not count.
    await edit(4, { type: 'set-state', state: 'unseen' });
    expect(await alarms()).toMatchObject({ images: 1 });
  });

  it('is listed after a correction as if it were listed for the first time', async () => {
    await project();
    const parts: EvaluationPart[] = [
      { of: 'size', size: 'small' },
      { of: 'cutoff', classId: CAT, from: 0 },
      { of: 'boxes', truth: CAT, found: CAT },
      { of: 'imageClasses', truth: INDOOR, found: OUTDOOR },
    ];
    for (const [index, part] of parts.entries()) {
      const before = await items(part);
      const { boxes } = await app.call('annotations.get', { imageId: 3 });
      await edit(
        3,
        { type: 'update-box', boxId: boxes[0]!.id, changes: { classId: index % 2 === 0 ? CAT : DOG } },
        { type: 'set-image-classes', classIds: [index % 2 === 0 ? OUTDOOR : INDOOR] },
      );
      const after = await items(part);
      // Another list is kept instead.
      await items({ of: 'error', error: 'double' });
      expect(after).not.toEqual(before);
      expect(after).toEqual(await items(part));
    }
  });

  it('has its pages, and what it counts on one image', async () => {
    await project();
    const asked = { runId: RUN, part: { of: 'size', size: 'small' } } as const;
    const ids = async (page: { imageId?: number; offset?: number; limit?: number }) => {
      const { total, items: listed } = await app.call('evaluation.items', { ...asked, ...page });
      return [total, ...listed.map(({ image }) => image.id)];
    };
    expect(await ids({})).toEqual([3, 3, 4, 2]);
    expect(await ids({ offset: 1, limit: 1 })).toEqual([3, 4]);
    expect(await ids({ imageId: 4 })).toEqual([1, 4]);
    expect(await ids({ imageId: 1 })).toEqual([0]);
  });

  it('is walked through image by image, each once', async () => {
    await project();
    const walk = async (descending: boolean) =>
      (await app.call('evaluation.images', { runId: RUN, part: { of: 'size', size: 'small' }, descending }))
        .imageIds;
    expect(await walk(true)).toEqual([3, 4, 2]);
    expect(await walk(false)).toEqual([2, 4, 3]);
  });
});

describe('the thresholds of a run', () => {
  it('are chosen on validation, kept, and taken away again', async () => {
    await project();
    const { thresholds } = await app.call('thresholds.choose', { runId: RUN, goal: { for: 'f1' } });
    // Cats: right at 0.95 and 0.9, a dog at 0.8; three to be found.
    expect(thresholds?.classes).toEqual([
      expect.objectContaining({ classId: CAT, name: 'cat', precision: 1, reached: true }),
      expect.objectContaining({ classId: DOG, name: 'dog', recall: 0 }),
    ]);
    expect(thresholds?.classes[0]?.score).toBeCloseTo(0.9);
    expect(await app.call('thresholds.get', { runId: RUN })).toEqual({ thresholds });
    await app.call('thresholds.choose', { runId: RUN, goal: null });
    expect(await app.call('thresholds.get', { runId: RUN })).toEqual({ thresholds: null });
  });

  it('are refused where no predictions are stored, and nothing is changed', async () => {
    await project({ answers: false });
    await expect(
      app.call('thresholds.choose', { runId: RUN, goal: { for: 'recall', least: 0.9 } }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(await app.call('thresholds.get', { runId: RUN })).toEqual({ thresholds: null });
  });
});

describe('the report of an evaluation', () => {
  const write = async (out: string, language: 'en' | 'zh-CN' = 'en') =>
    app.call('evaluation.report', { runId: RUN, split: 'val', out, language });

  it('is one page that needs no network, in both languages, with names as they are', async () => {
    await project();
    const store = await app.call('classes.list', {});
    const cat = store.classes.find(({ name }) => name === 'cat')!;
    await app.call('classes.update', { id: cat.id, name: '<script>"cat"' });
    const out = path.join(app.folder, 'new', 'report.html');
    expect(await write(out)).toEqual({ file: out });
    const english = readFileSync(out, 'utf8');
    expect(english).toContain('Overall score');
    expect(english).toContain('Only 4 images: too few to say how good this run is.');
    expect(english).toContain('&lt;script&gt;&quot;cat&quot;');
    expect(english).not.toMatch(/<script|<link|(src|href)="(?!data:)/);
    // The pictures of this project are nowhere.
    expect(english).toContain('The file of this image can’t be read.');
    await write(out, 'zh-CN');
    const chinese = readFileSync(out, 'utf8');
    expect(chinese).toContain('<html lang="zh-CN">');
    const words = chinese.replace(/<(style|pre|head)>.*?<\/\1>/gs, '');
    expect(words.match(/\p{Script=Han}\s*[.,:;](?!\w).*|.*[.,:;] *\p{Script=Han}/gu)).toBeNull();
  });

  it('replaces a report that nobody has changed, and no other file', async () => {
    await project();
    const out = path.join(app.folder, 'report.html');
    await write(out);
    await write(out);
    const changed = `${readFileSync(out, 'utf8')}<!-- mine -->`;
    for (const content of [changed, 'mine']) {
      writeFileSync(out, content);
      await expect(write(out)).rejects.toMatchObject({ code: 'unusable-input', details: { file: out } });
      expect(readFileSync(out, 'utf8')).toBe(content);
    }
    await expect(write(app.folder)).rejects.toMatchObject({ code: 'unusable-input' });
  });

  it('is refused where no predictions are stored, and nothing is written', async () => {
    await project({ answers: false });
    const out = path.join(app.folder, 'report.html');
    await expect(write(out)).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(out)).toBe(false);
  });
});
