import { rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImportedImage, ProjectStore } from '../../electron/store/index.ts';
import { allLabels, box, draw, useProject } from './support.ts';
import { asEnglish, saying } from '../support/in-english.ts';

const project = useProject();
const file = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
const picture = (index: number) => ({
  ...file,
  path: `b${index}.png`,
  sha256: (1000 + index).toString(16).padStart(64, '0'),
});

function addFolder(store: ProjectStore, ...batches: number[][]): number[] {
  const root = store.roots.add(path.join(project.folder, 'images'));
  const addition = store.files.beginAddition({ kind: 'add-images', name: 'cells' });
  return batches.flatMap((batch) =>
    store.files.add(root.id, batch.map(picture), addition).map(({ id }) => id),
  );
}

const imported = (imageId: number, boxes: number): ImportedImage => ({
  imageId,
  boxes: Array.from({ length: boxes }, () => ({
    x: 1,
    y: 1,
    width: 9,
    height: 9,
    className: 'cell',
    score: null,
    attributes: {},
    extra: {},
  })),
  imageClassNames: [],
  split: null,
  verifiedEmpty: false,
});
const undone = (store: ProjectStore) => asEnglish(store.journal.undoProject()?.summary ?? null);
const kinds = (store: ProjectStore) => store.journal.steps().map(({ kind, state }) => `${kind} ${state}`);

afterEach(() => {
  // Counts that are kept beside the rows have to be those of the rows.
  expect(project.store.fullCheck().problems).toEqual([]);
  rmSync(path.join(project.folder, 'images'), { recursive: true, force: true });
});

describe('adding images', () => {
  it('is one step, which undo takes back before what came earlier, and redo makes again', async () => {
    const { store } = project;
    const [labelled] = project.addImages(1);
    await store.importAnnotations({
      title: 'cells.json',
      images: [imported(labelled!, 1)],
    });
    addFolder(store, [0, 1], [2]);
    expect(store.journal.projectSteps().undo).toMatchObject({ kind: 'add-images', name: 'cells', images: 3 });
    expect(undone(store)).toBe('Added 3 images of cells');
    expect(store.images.ids()).toEqual([labelled]);
    expect(store.info()).toMatchObject({ images: 1, boxes: 1, byState: { labelled: 1, unseen: 0 } });
    expect(store.images.list().total).toBe(1);
    store.journal.redoProject();
    expect(store.info()).toMatchObject({ images: 4, boxes: 1 });
  });

  it('leaves images in the project that were labelled since', () => {
    const { store } = project;
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const ids = addFolder(store, [0, 1]);
    const drawn = draw(store, ids[1]!, box(cell.id));
    undone(store);
    expect(store.images.ids()).toEqual([ids[1]]);
    expect(store.annotations.get(ids[1]!).boxes.map(({ id }) => id)).toEqual([drawn]);
  });

  it('is a step of its own after something else has come between', () => {
    const { store } = project;
    const root = store.roots.add(path.join(project.folder, 'images'));
    const addition = store.files.beginAddition({ kind: 'add-images', name: 'cells' });
    const first = store.files.add(root.id, [picture(0)], addition)[0]!.id;
    store.splits.set([first], 'test');
    store.files.add(root.id, [picture(1)], addition);
    expect(kinds(store)).toEqual(['add-images done', 'split-change done', 'add-images done']);
    undone(store);
    expect(store.images.ids()).toEqual([first]);
    expect(store.images.get(first).split).toBe('test');
  });

  it('brings back files that were removed, without labels, which the history keeps', () => {
    const { store } = project;
    const [id] = addFolder(store, [0]);
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    draw(store, id!, box(cell.id));
    store.images.remove([id!]);
    expect(addFolder(store, [0])).toEqual([id]);
    expect(store.annotations.get(id!)).toMatchObject({ boxes: [], image: { state: 'unseen' } });
    undone(store);
    undone(store);
    expect(store.annotations.get(id!).boxes).toHaveLength(1);
  });

  it('is taken back of labelled, empty and unseen images alike, and made again', () => {
    const { store } = project;
    const ids = addFolder(store, [0, 1, 2, 3]);
    const [labelled, empty, moved, unseen] = ids as [number, number, number, number];
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    draw(store, labelled, box(cell.id));
    store.images.change([empty], { state: 'empty' });
    store.splits.set([moved, labelled], 'val');
    const before = store.annotations.list(ids);
    expect(store.images.remove([labelled, empty, moved])).toEqual({ images: 3, boxes: 1 });
    expect(store.images.ids()).toEqual([unseen]);
    undone(store);
    const seen = ({ image, boxes }: (typeof before)[number]) => [image.state, image.split, boxes];
    expect(store.annotations.list(ids).map(seen)).toEqual(before.map(seen));
    store.journal.redoProject();
    expect(store.images.ids()).toEqual([unseen]);
    expect(kinds(store)[0]).toBe('remove-images done');
  });

  it('gives images that were moved together each its own split back', () => {
    const { store } = project;
    const [first, second, third] = addFolder(store, [0, 1, 2]) as [number, number, number];
    const splits = () => [first, second, third].map((id) => store.images.get(id).split);
    store.splits.set([first], 'test');
    store.splits.set([second], 'val');
    store.splits.set([first, second, third], 'train');
    undone(store);
    expect(splits()).toEqual(['test', 'val', 'none']);
    store.journal.redoProject();
    expect(splits()).toEqual(['train', 'train', 'train']);
    undone(store);
    undone(store);
    expect(splits()).toEqual(['test', 'none', 'none']);
  });

  it('leaves images that are not there any more out of a list of labels', () => {
    const { store } = project;
    const [first, second] = addFolder(store, [0, 1]) as [number, number];
    expect(store.annotations.list([second, first])).toEqual([
      store.annotations.get(second),
      store.annotations.get(first),
    ]);
    undone(store);
    expect(store.annotations.list([second, first])).toEqual([]);
  });

  it('goes with the import that it belongs to', async () => {
    const { store } = project;
    const root = store.roots.add(path.join(project.folder, 'images'));
    const ids = store.files.add(root.id, [picture(0), picture(1)]).map(({ id }) => id);
    const request = {
      title: 'bccd',
      added: new Set(ids),
      images: [imported(ids[0]!, 1), imported(ids[1]!, 0)],
    };
    await store.importAnnotations(request);
    expect(store.journal.projectSteps().undo).toMatchObject({
      kind: 'import',
      name: 'bccd',
      images: 2,
      boxes: 1,
    });
    undone(store);
    expect(store.info()).toMatchObject({ images: 0, boxes: 0 });
    store.journal.redoProject();
    expect(store.info()).toMatchObject({ images: 2, boxes: 1 });
  });
});

describe('removing images', () => {
  it('takes them and their labels out of every list and count, and undo brings all of it back', () => {
    const { store } = project;
    const ids = project.addImages(3);
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const sick = store.classes.create({ kind: 'image', name: 'sick' });
    draw(store, ids[0]!, box(cell.id));
    const { revision } = store.images.get(ids[0]!);
    store.annotations.edit(ids[0]!, revision, [{ type: 'set-image-classes', classIds: [sick.id] }]);
    store.splits.set(ids, 'train');
    const before = { labels: allLabels(store), info: store.info() };

    expect(store.images.remove([ids[0]!, ids[1]!])).toEqual({ images: 2, boxes: 1 });
    expect(store.images.ids()).toEqual([ids[2]]);
    expect(store.images.list({ filter: { split: 'train' }, sort: 'path' }).items.map(({ id }) => id)).toEqual(
      [ids[2]],
    );
    expect(store.info()).toMatchObject({ images: 1, boxes: 0, bySplit: { train: 1 } });
    expect(store.classes.list().map(({ uses }) => uses)).toEqual([0, 0]);
    expect(store.trainingSnapshot().images.map(({ id }) => id)).toEqual([ids[2]]);
    expect(store.files.list().map(({ id }) => id)).toEqual([ids[2]]);
    expect(store.splits.assign({ train: 0, val: 0, test: 1, seed: 1, reassign: true })).toMatchObject({
      changed: 1,
    });
    undone(store);

    expect(undone(store)).toBe('Removed 2 images from the project');
    expect(allLabels(store)).toEqual(before.labels);
    const said = Object.entries(store.info()).filter(
      ([key]) => !['revision', 'labelsRevision', 'undo', 'redo'].includes(key),
    );
    expect(before.info).toMatchObject(Object.fromEntries(said));
  });

  it('refuses edits of what is gone', () => {
    const { store } = project;
    const [id] = project.addImages(1);
    const { revision } = store.images.get(id!);
    store.images.remove([id!]);
    expect(() =>
      store.annotations.edit(id!, revision + 1, [{ type: 'set-verified', verified: true }]),
    ).toThrow(/There is no image/);
    expect(() => store.images.remove([id!])).toThrow(/There is no image/);
  });
});

describe('changing several images', () => {
  it('is one step, and says a state only where nothing is labelled', () => {
    const { store } = project;
    const ids = project.addImages(3);
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const sick = store.classes.create({ kind: 'image', name: 'sick' });
    draw(store, ids[0]!, box(cell.id));
    const before = allLabels(store);
    expect(store.images.change(ids, { state: 'empty', flagged: true }).changed).toBe(3);
    expect(store.images.list().items.map(({ state, flagged }) => [state, flagged])).toEqual([
      ['labelled', true],
      ['empty', true],
      ['empty', true],
    ]);
    expect(store.images.change([ids[1]!], { imageClassId: sick.id }).changed).toBe(1);
    expect(store.images.get(ids[1]!)).toMatchObject({ state: 'labelled', imageClassIds: [sick.id] });
    expect(() => store.images.change(ids, { imageClassId: cell.id })).toThrow(/no image class/);
    undone(store);
    undone(store);
    expect(allLabels(store)).toEqual(before);
  });
});

describe('a change that changes nothing', () => {
  it('leaves no step, says how many have labels, and keeps what can be redone', async () => {
    const { store } = project;
    const ids = project.addImages(3);
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const sick = store.classes.create({ kind: 'image', name: 'sick' });
    for (const id of ids) draw(store, id, box(cell.id));
    store.images.change(ids, { imageClassId: sick.id });
    const snapshot = store.snapshots.add('here');
    store.splits.set(ids, 'test');
    store.settings.update({ multipleImageClasses: true });
    undone(store);
    const before = kinds(store);
    const nothing = { changed: 0, summary: null };
    const editId = crypto.randomUUID();
    for (const state of ['empty', 'unseen'] as const)
      expect(store.images.change(ids, { state }, { editId })).toEqual({ ...nothing, labelled: 3 });
    for (const changes of [{ flagged: false }, { verified: false }, { imageClassId: sick.id }])
      expect(store.images.change(ids, changes)).toEqual({ ...nothing, labelled: 0 });
    expect(store.splits.set(ids, 'test')).toEqual(nothing);
    expect(store.splits.assign({ train: 0, val: 0, test: 1, seed: 1, reassign: true }).changed).toBe(0);
    expect(store.splits.mend([]).changed).toBe(0);
    expect(store.suggestions.clear(null).images).toBe(0);
    store.settings.update({ multipleImageClasses: false });
    const { rootId, path: place, bytes, modifiedMs } = store.files.get(ids[0]!);
    store.files.relink([{ imageId: ids[0]!, rootId, path: place, bytes, modifiedMs }]);
    store.roots.relink(rootId, store.roots.list()[0]!.folder);
    expect(kinds(store)).toEqual(before);
    expect(store.journal.redoProject()?.kind).toBe('settings');
    undone(store);
    undone(store);
    expect(await store.snapshots.restore(snapshot.id)).toEqual({ images: 0, kept: 0, changed: false });
    expect(kinds(store)[0]).toBe('settings undone');
  });

  it('does not block the undo of earlier steps where an older version has written it', () => {
    const { store } = project;
    const ids = project.addImages(1);
    store.images.change(ids, { flagged: true });
    project.store.close();
    const connection = new Database(path.join(project.folder, 'project.db'));
    connection.exec(
      `INSERT INTO journal (kind, summary, actor, at, revision, operations, inverse, status)
       SELECT kind, 'Marked 0 images as empty', actor, at, revision, '{"images":0,"state":"empty"}', inverse, 'done'
       FROM journal ORDER BY id DESC LIMIT 1`,
    );
    connection.close();
    project.reopen();
    expect(undone(project.store)).toBe('Marked 0 images as empty');
    expect(undone(project.store)).toBe('Flagged an image');
    expect(project.store.journal.redoProject()?.kind).toBe('change-images');
    project.store.journal.redoProject();
    expect(undone(project.store)).toBe('Marked 0 images as empty');
  });
});

describe('the verification of several images', () => {
  it('is one step, and makes unseen ones empty', () => {
    const [labelled, unseen] = project.addImages(2) as [number, number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    draw(project.store, labelled, box(cell.id));
    const { images } = project.store;
    expect(images.change([labelled, unseen], { verified: true, state: 'empty' })).toMatchObject({
      changed: 2,
      summary: { key: 'history.verifiedImages' },
    });
    const states = () => [labelled, unseen].map((id) => images.get(id));
    expect(states()).toMatchObject([
      { state: 'labelled', verified: true },
      { state: 'empty', verified: true },
    ]);
    expect(undone(project.store)).toBe('Verified 2 images');
    expect(states()).toMatchObject([
      { state: 'labelled', verified: false },
      { state: 'unseen', verified: false },
    ]);
  });
});

describe('the undo of one change of the project', () => {
  it('takes back that change, and none that was made after it', () => {
    const ids = project.addImages(2);
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    project.store.images.change(ids, { flagged: true }, { editId: first });
    project.store.images.change(ids, { verified: true }, { editId: second });
    expect(project.store.journal.undoProject({ of: first })).toBeNull();
    expect(ids.map((id) => project.store.annotations.get(id).image)).toMatchObject([
      { flagged: true, verified: true },
      { flagged: true, verified: true },
    ]);
    const again = { editId: crypto.randomUUID(), of: second };
    for (const time of ['first', 'asked again'])
      expect(project.store.journal.undoProject(again), time).toMatchObject({ images: 2 });
    expect(project.store.journal.undoProject({ of: first })).toMatchObject({ images: 2 });
    expect(project.store.annotations.get(ids[0]!).image).toMatchObject({ flagged: false, verified: false });
  });

  it('takes back the step that was seen, and makes it again, and no other', () => {
    const ids = project.addImages(1);
    const { images, journal } = project.store;
    const flagged = (): boolean => images.get(ids[0]!).flagged;
    images.change(ids, { flagged: true });
    const seen = journal.projectSteps().undo!.id;
    images.change(ids, { verified: true });
    expect(journal.undoProject({ stepId: seen })).toBeNull();
    journal.undoProject({ stepId: journal.projectSteps().undo!.id });
    expect(journal.undoProject({ stepId: seen })).toMatchObject({ id: seen });
    expect(flagged()).toBe(false);
    expect(journal.redoProject({ stepId: seen + 1 })).toBeNull();
    expect(flagged()).toBe(false);
    expect(journal.redoProject({ stepId: seen })).toMatchObject({ id: seen });
    expect(flagged()).toBe(true);
  });
});

describe('the history of the project', () => {
  it('says that the test set was locked, and unlocked', () => {
    const { store } = project;
    for (const testLocked of [true, false]) store.settings.update({ testLocked });
    store.settings.update({ testLocked: true, multipleImageClasses: true });
    expect(store.journal.steps().map(({ summary }) => asEnglish(summary))).toEqual([
      'Changed the project settings',
      'Unlocked the test set',
      'Locked the test set',
    ]);
  });

  it('has settings and moved files too, each with an undo', () => {
    const { store } = project;
    const [id] = project.addImages(1);
    store.settings.update({ multipleImageClasses: true });
    const root = store.roots.add(path.join(project.folder, 'elsewhere'));
    store.files.relink([{ imageId: id!, rootId: root.id, path: 'moved.png', bytes: 2, modifiedMs: 5 }]);
    store.roots.relink(root.id, path.join(project.folder, 'again'));
    expect(kinds(store)).toEqual(['relink done', 'relink done', 'settings done']);
    expect(store.files.get(id!).file).toBe(path.join(project.folder, 'again', 'moved.png'));
    undone(store);
    undone(store);
    expect(store.files.get(id!)).toMatchObject({
      file: path.join(project.folder, 'images', 'a0.png'),
      bytes: 1,
    });
    undone(store);
    expect(store.settings.get().multipleImageClasses).toBe(false);
    expect(kinds(store)).toEqual(['relink undone', 'relink undone', 'settings undone']);
    for (let step = 0; step < 3; step++) store.journal.redoProject();
    expect(store.settings.get().multipleImageClasses).toBe(true);
    expect(store.files.get(id!).file).toBe(path.join(project.folder, 'again', 'moved.png'));
  });

  it('does not grow where nothing changes, and a touched file raises no revision', () => {
    const { store } = project;
    const [id] = project.addImages(1);
    const { revision } = store.info();
    store.settings.update({ multipleImageClasses: false });
    store.files.noteTouched([{ imageId: id!, bytes: 1, modifiedMs: 99 }]);
    expect(store.journal.steps()).toEqual([]);
    expect(store.info().revision).toBe(revision);
  });
});

describe('the images of a step', () => {
  it('are those that it has changed and that are in the project now', () => {
    const { store } = project;
    const ids = project.addImages(4);
    store.splits.set(ids.slice(0, 2), 'test');
    const [split] = store.journal.steps();
    expect(store.journal.imagesOf(split!.id)).toEqual(ids.slice(0, 2));
    store.images.remove([ids[0]!]);
    expect(store.journal.imagesOf(split!.id)).toEqual([ids[1]]);
  });
});

describe('undo of an image', () => {
  it('says what it has undone and when that was made', () => {
    const { store } = project;
    const [id] = project.addImages(1);
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    draw(store, id!, box(cell.id));
    const { at } = store.journal.list(id!)[0]!;
    expect(store.annotations.undone(id!)).toBeNull();
    store.annotations.undo(id!);
    expect(store.annotations.undone(id!)).toEqual({ summary: saying(/^Added a box$/), at });
  });
});
