import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import type { EvaluationPart, SideChange } from '../../electron/common/score-parts.ts';
import { parseTrainingConfig } from '../../electron/learning/index.ts';
import { openProject } from '../../electron/store/index.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

const [FIRST, SECOND] = ['r0001', 'r0002'] as const;
const [CAT, INDOOR, OUTDOOR] = [1, 2, 3] as const;
const hash = (index: number): string => index.toString(16).padStart(64, '0');
const at = (x: number) => ({ x, y: 10, width: 20, height: 20 });
const box = (x: number, score = 0.9) => ({ ...at(x), classIndex: 0, score });

const LEFT_OUT = '1 image is left out: only one side has predictions and labels for it.';

/** What a run says of an image: boxes by where they begin, and whether it is indoor. */
type Said = readonly [boxes: readonly number[], indoor: boolean];

/** Images of validation, each with one cat at 10 and the class indoor. */
async function project(runs: readonly (readonly (Said | null)[])[]): Promise<number[]> {
  const store = openProject(app.project, { create: true });
  store.classes.create({ kind: 'object', name: 'cat' });
  store.classes.create({ kind: 'image', name: 'indoor' });
  store.classes.create({ kind: 'image', name: 'outdoor' });
  const root = store.roots.add(path.join(app.folder, 'images'));
  const file = { bytes: 1, modifiedMs: 0, width: 200, height: 100, orientation: 1, format: 'png' };
  const ids = store.files
    .add(
      root.id,
      runs[0]!.map((_, index) => ({ ...file, path: `${index}.png`, sha256: hash(index) })),
    )
    .map(({ id }) => id);
  for (const id of ids)
    store.annotations.edit(id, store.images.get(id).revision, [
      { type: 'set-image-classes', classIds: [INDOOR] },
      {
        type: 'add-box',
        box: { ...at(10), classId: CAT, source: 'person', score: null, attributes: {} },
      },
    ]);
  store.splits.set(ids, 'val');
  const given = { seed: 1, epochs: 3, engine: 'cpu', appVersion: '0.1.0', dataRevision: 0 };
  const checkpoint = {
    ...{ epoch: 2, step: 20 },
    imageClasses: [
      { id: INDOOR, name: 'indoor' },
      { id: OUTDOOR, name: 'outdoor' },
    ],
    objectClasses: [{ id: CAT, name: 'cat' }],
  };
  for (const [run, said] of runs.entries()) {
    store.runs.create({ ...given, config: parseTrainingConfig({}) });
    store.answers.save(
      `r000${run + 1}`,
      checkpoint,
      said.flatMap((one, index) =>
        one === null
          ? []
          : [
              {
                ...{ imageId: ids[index]!, sha256: hash(index), boxes: one[0].map((x) => box(x)) },
                imageClass: one[1] ? Float32Array.of(0.9, 0.1) : Float32Array.of(0.2, 0.8),
              },
            ],
      ),
    );
  }
  store.close();
  await app.call('project.open', { path: app.project });
  return ids;
}

const compare = async (asked: Partial<InputOf<'evaluation.compare'>> = {}) =>
  (
    await app.call('evaluation.compare', {
      ...{ runId: SECOND, split: 'val', base: { runId: FIRST } },
      ...asked,
    })
  ).comparison;

async function changed(
  change: SideChange,
  task: 'boxes' | 'imageClass' = 'boxes',
  labels: { readonly run?: string; readonly before?: number | null } = {},
): Promise<number[]> {
  const { run = FIRST, before = null } = labels;
  const part: EvaluationPart = { of: 'changed', task, change, run, before, after: null };
  const runId = before === null ? SECOND : run;
  const { items, total } = await app.call('evaluation.items', { runId, part });
  const { imageIds } = await app.call('evaluation.images', { runId, part });
  const found = items.map(({ image }) => image.id);
  expect(total).toBe(found.length);
  expect(imageIds).toEqual(found);
  return found.sort((a, b) => a - b);
}

const counts = (comparison: Awaited<ReturnType<typeof compare>>, task: string) =>
  Object.fromEntries(
    comparison.heads.find((head) => head.task === task)!.changes.map(({ change, count }) => [change, count]),
  );

describe('two runs on the same images', () => {
  it('have scores, differences, and images that changed sides, each a list', async () => {
    const ids = await project([
      [
        [[10], true],
        [[], false],
        [[10, 90], true],
        [[10, 90, 150], true],
        [[10], true],
      ],
      [
        [[], false],
        [[10], true],
        [[10, 90, 150], true],
        [[10, 90], true],
        [[10], true],
      ],
    ]);
    const comparison = await compare();
    expect(comparison).toMatchObject({ images: 5, samples: 1000, notes: [] });
    const accuracy = comparison.figures.find(({ id }) => id === 'imageClass.accuracy')!;
    expect(accuracy).toMatchObject({ base: 0.8, own: 0.8, difference: 0 });
    expect(accuracy.interval!.low).toBeLessThan(0);
    expect(accuracy.interval!.high).toBeGreaterThan(0);
    expect(comparison.figures.map(({ id }) => id)).toEqual([
      'overall',
      'imageClass.accuracy',
      'imageClass.macroF1',
      'boxes.map50',
      'boxes.map',
    ]);
    const { evaluation } = await app.call('evaluation.get', { runId: SECOND, split: 'val' });
    // Nothing was evaluated: only what is stored is scored.
    expect(evaluation).toBeNull();
    expect(comparison.classes.map(({ name }) => name)).toEqual(['indoor', 'outdoor', 'cat']);
    expect(comparison.classes[1]).toMatchObject({ base: null, own: null, difference: null, interval: null });
    expect(counts(comparison, 'boxes')).toEqual({ broken: 1, mended: 1, worse: 1, better: 1 });
    expect(counts(comparison, 'imageClass')).toEqual({ broken: 1, mended: 1, worse: 0, better: 0 });
    expect(await changed('broken')).toEqual([ids[0]]);
    expect(await changed('mended')).toEqual([ids[1]]);
    expect(await changed('worse')).toEqual([ids[2]]);
    expect(await changed('better')).toEqual([ids[3]]);
    expect(await changed('broken', 'imageClass')).toEqual([ids[0]]);
    expect(await changed('mended', 'imageClass')).toEqual([ids[1]]);
  });

  it('are scored on the images that both have, by the labels of now', async () => {
    const ids = await project([
      [[[10], true], [[10], true], null],
      [
        [[10], true],
        [[], true],
        [[], false],
      ],
    ]);
    const comparison = await compare();
    expect(comparison.images).toBe(2);
    expect(comparison.notes).toEqual([LEFT_OUT]);
    expect(await changed('broken')).toEqual([ids[1]]);
    const { image, boxes } = await app.call('annotations.get', { imageId: ids[1]! });
    await app.call('annotations.edit', {
      ...{ imageId: image.id, expectedRevision: image.revision, editId: crypto.randomUUID() },
      operations: [{ type: 'delete-box', boxId: boxes[0]!.id }],
    });
    expect(await changed('broken')).toEqual([]);
  });

  it('of which one says the same in all gets intervals of nothing', async () => {
    const said: Said[] = [
      [[10], true],
      [[], false],
      [[10, 90], true],
    ];
    await project([said, said]);
    for (const { difference, interval } of (await compare()).figures) {
      expect(difference).toBe(0);
      expect(interval).toEqual({ low: 0, high: 0 });
    }
  });

  it('refuses a run with itself, one that is not there, and one without predictions of these images', async () => {
    await project([[[[10], true]], [[[10], true]]]);
    await expect(compare({ base: { runId: SECOND } })).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(compare({ base: { runId: 'nobody' } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(compare({ split: 'test' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(compare({ base: { runId: FIRST, snapshot: 99 } })).rejects.toMatchObject({
      code: 'not-found',
    });
    const part = {
      of: 'changed',
      task: 'boxes',
      change: 'broken',
      run: 'nobody',
      before: null,
      after: null,
    } as const;
    await expect(app.call('evaluation.items', { runId: SECOND, part })).rejects.toMatchObject({
      code: 'not-found',
    });
    // One image has nothing to resample.
    expect(await compare()).toMatchObject({ images: 1, samples: 0 });
  });
});

describe('one run by two states of the labels', () => {
  it('is scored by those of a snapshot as they were, and by those of now', async () => {
    const ids = await project([
      [
        [[10], true],
        [[10, 90], false],
        [[10], true],
      ],
    ]);
    const { id: snapshot } = await app.call('snapshots.create', { name: 'before' });
    const edit = async (imageId: number, ...operations: InputOf<'annotations.edit'>['operations']) => {
      const { image } = await app.call('annotations.get', { imageId });
      const editId = crypto.randomUUID();
      await app.call('annotations.edit', { imageId, expectedRevision: image.revision, editId, operations });
    };
    const { boxes } = await app.call('annotations.get', { imageId: ids[0]! });
    await edit(ids[0]!, { type: 'delete-box', boxId: boxes[0]!.id });
    await edit(
      ids[1]!,
      { type: 'set-image-classes', classIds: [OUTDOOR] },
      {
        type: 'add-box',
        box: { ...at(90), classId: CAT, source: 'person', score: null, attributes: {} },
      },
    );
    const asked = { runId: FIRST, base: { runId: FIRST, snapshot } };
    const comparison = await compare(asked);
    expect(comparison.images).toBe(3);
    const of = (id: string) => comparison.figures.find((figure) => figure.id === id)!;
    expect(of('imageClass.accuracy')).toMatchObject({ base: 2 / 3, own: 1 });
    expect(counts(comparison, 'boxes')).toMatchObject({ mended: 1 });
    const labels = { run: FIRST, before: snapshot };
    expect(await changed('mended', 'boxes', labels)).toEqual([ids[1]]);
    expect(await changed('mended', 'imageClass', labels)).toEqual([ids[1]]);
    // By the labels of now and of a snapshot of now there is no difference.
    const { id: later } = await app.call('snapshots.create', { name: 'after' });
    const same = await compare({ ...asked, base: { runId: FIRST, snapshot: later } });
    for (const { difference } of same.figures) expect(difference).toBe(0);
    // A later edit changes what is said of now, not of a snapshot.
    await edit(ids[2]!, { type: 'set-image-classes', classIds: [OUTDOOR] });
    const again = await compare({ ...asked, snapshot: later });
    expect(again.figures).toEqual(comparison.figures);
    expect(await changed('broken', 'imageClass', labels)).toEqual([ids[2]]);
  });

  it('counts no image that was not there or not looked at then', async () => {
    const ids = await project([
      [
        [[10], true],
        [[10], true],
      ],
    ]);
    const { image } = await app.call('annotations.get', { imageId: ids[1]! });
    await app.call('images.remove', { imageIds: [image.id], editId: crypto.randomUUID() });
    const { id: without } = await app.call('snapshots.create', { name: 'without' });
    await app.call('project.undo', { editId: crypto.randomUUID() });
    const comparison = await compare({ runId: FIRST, base: { runId: FIRST, snapshot: without } });
    expect(comparison.images).toBe(1);
    expect(comparison.notes).toEqual([LEFT_OUT]);
  });
});
