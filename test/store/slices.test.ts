import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { asEnglish } from '../support/in-english.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();
/** More than two slices of images. */
const IMAGES = 450;
let ids: number[];
let red: number;
let before: unknown;
let after: unknown;

const classes = () => project.store.classes.list().map(({ id, name, uses }) => ({ id, name, uses }));
const state = () => [allLabels(project.store), classes()];
const kinds = () => project.store.journal.steps().map(({ kind, state }) => `${kind} ${state}`);

async function importMany(className: string): Promise<void> {
  await project.store.importAnnotations({
    title: 'more.json',
    mode: 'replace',
    images: ids.map((imageId) => ({
      imageId,
      boxes: [{ ...box(0, 30, 30, 9, 9), className, extra: null }],
      imageClassNames: ['well'],
      split: null,
      verifiedEmpty: false,
    })),
  });
}

beforeEach(async () => {
  const { store } = project;
  ids = project.addImages(IMAGES);
  red = store.classes.create({ kind: 'object', name: 'red' }).id;
  for (const id of [ids[0]!, ids[300]!, ids[449]!]) draw(store, id, box(red, 10, 10, 20, 20));
  before = state();
  store.snapshots.add('before');
  await importMany('blue');
  after = state();
});

/** Does the work, and something else when it is under way. */
async function meanwhile<Value>(work: () => Promise<Value>, other: () => unknown): Promise<Value> {
  const working = work();
  await nextTurn();
  other();
  return working;
}

const restore = () => project.store.snapshots.restore(1);
const undo = () => project.store.journal.undoProjectInTurns();
const redo = () => project.store.journal.redoProjectInTurns();

describe('going back to a snapshot with many images since', () => {
  it('is one step, which undo takes back and redo makes again', async () => {
    expect(await restore()).toEqual({ images: IMAGES, kept: 0, changed: true });
    expect(state()).toEqual(before);
    expect(kinds()[0]).toBe('restore-snapshot done');
    expect(asEnglish((await undo())?.summary)).toBe('Went back to the snapshot “before”');
    expect(state()).toEqual(after);
    await redo();
    expect(state()).toEqual(before);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('lets edits through and keeps them, and refuses other changes of the project', async () => {
    const [done, waiting] = [ids[0]!, ids[449]!];
    let drawn: number[] = [];
    const result = await meanwhile(restore, () => {
      drawn = [done, waiting].map((id) => draw(project.store, id, box(red, 60, 50, 8, 8)));
      expect(() => project.store.classes.create({ kind: 'object', name: 'new' })).toThrow(/is in progress/);
      expect(() => project.store.journal.undoProject()).toThrow(/is in progress/);
      expect(() => project.store.snapshots.add('of the middle')).toThrow(/is in progress/);
      expect(kinds()[0]).toBe('restore-snapshot open');
    });
    expect(result).toEqual({ images: IMAGES - 1, kept: 1, changed: true });
    const boxIds = (id: number) => project.store.annotations.get(id).boxes.map(({ id: own }) => own);
    expect(boxIds(done)).toContain(drawn[0]);
    expect(boxIds(done)).toHaveLength(2);
    // Its own box of the import, which the class that is still in use stays for.
    expect(boxIds(waiting)).toHaveLength(2);
    expect(boxIds(waiting)).toContain(drawn[1]);
    expect(project.store.fullCheck().problems).toEqual([]);
    await undo();
    expect(boxIds(done)).toContain(drawn[0]);
    expect(boxIds(done)).toHaveLength(2);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('is taken back where it can’t be completed', async () => {
    const { store } = project;
    const { id } = store.snapshots.add('no test set');
    store.splits.set([ids[449]!], 'test');
    store.settings.update({ testLocked: true });
    await importMany('green');
    const now = state();
    await expect(store.snapshots.restore(id)).rejects.toThrow(/test set is locked/);
    expect(state()).toEqual(now);
    expect(kinds().slice(0, 2)).toEqual(['restore-snapshot abandoned', 'import done']);
    expect(store.fullCheck().problems).toEqual([]);
  });
});

describe('an undo of a change of many images', () => {
  it('is as one that is made at once, and so is its redo', async () => {
    await undo();
    expect(state()).toEqual(before);
    await redo();
    expect(state()).toEqual(after);
    project.store.journal.undoProject();
    expect(state()).toEqual(before);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('keeps what is edited meanwhile, and so does its redo', async () => {
    const drawn: number[] = [];
    const boxIds = (id: number) => project.store.annotations.get(id).boxes.map(({ id: own }) => own);
    const edit = () => {
      for (const id of [ids[0]!, ids[449]!]) drawn.push(draw(project.store, id, box(red, 60, 50, 8, 8)));
    };
    await meanwhile(undo, edit);
    expect([boxIds(ids[0]!).length, boxIds(ids[449]!).length]).toEqual([2, 2]);
    await redo().catch(() => undefined);
    for (const [at, id] of [ids[0]!, ids[449]!].entries()) expect(boxIds(id)).toContain(drawn[at]);
    expect(project.store.fullCheck().problems).toEqual([]);
  });
});

it.each<[string, () => Promise<unknown>]>([
  ['going back to a snapshot', restore],
  ['an undo', undo],
])('%s that its process does not complete is taken back when the project is next opened', async (_, work) => {
  const steps = kinds();
  const { store } = project;
  await expect(
    meanwhile(work, () => {
      expect(state()).not.toEqual(after);
      store.close();
    }),
  ).rejects.toThrow();
  project.reopen();
  expect(state()).toEqual(after);
  expect(kinds().filter((one) => !one.startsWith('restore-snapshot'))).toEqual(steps);
  expect(project.store.fullCheck().problems).toEqual([]);
  await work();
  expect(state()).toEqual(before);
});
