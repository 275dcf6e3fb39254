import { describe, expect, it } from 'vitest';
import type { LabelClass, SnapshotDiff } from '../../electron/common/entities.ts';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { createRandom } from '../../electron/common/random.ts';
import { asEnglish } from '../support/in-english.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();

async function diffSince(id: number): Promise<SnapshotDiff> {
  const { store } = project;
  return store.diff(store.snapshots.entryOf(id), store.snapshots.entryOf(null));
}

/** Counts of boxes by class, and what of images and splits is other. */
function counted({ images, splits, classes, boxes }: SnapshotDiff) {
  return {
    images: Object.fromEntries(
      Object.entries(images)
        .filter(([, { count }]) => count > 0)
        .map(([what, { imageIds }]) => [what, imageIds]),
    ),
    splits: splits.map(({ from, to, imageIds }) => [from, to, imageIds]),
    classes: classes.map(({ was, now }) => [was, now]),
    boxes: Object.fromEntries(
      boxes.map(({ name, added, removed, moved, reclassed }) => [
        name,
        [added, removed, moved, reclassed].map(({ count }) => count),
      ]),
    ),
  };
}

const withoutUses = ({ id, name, color, hotkey, position }: LabelClass) => ({
  id,
  name,
  color,
  hotkey,
  position,
});
const unverified = (one: ReturnType<typeof allLabels>[number]) => ({ ...one, verified: null });

const NOTHING = { images: {}, splits: [], classes: [], boxes: {} };

function labelled() {
  const { store } = project;
  const ids = project.addImages(4) as [number, number, number, number];
  const red = store.classes.create({ kind: 'object', name: 'red' });
  const blue = store.classes.create({ kind: 'object', name: 'blue' });
  const sick = store.classes.create({ kind: 'image', name: 'sick' });
  const boxes = ids.map((id, at) => draw(store, id, box(red.id, 10 + at, 10, 20, 20)));
  return { store, ids, red, blue, sick, boxes };
}

const edit = (imageId: number, ...operations: Parameters<typeof project.store.annotations.edit>[2]) =>
  project.store.annotations.edit(imageId, project.store.images.get(imageId).revision, operations);

describe('a snapshot', () => {
  it('and now differ in what was done since, and in nothing where it was undone', async () => {
    const { store, ids, red, blue, sick, boxes } = labelled();
    const { id } = store.snapshots.add('  before ');
    expect(counted(await diffSince(id))).toEqual(NOTHING);
    edit(ids[0], { type: 'delete-box', boxId: boxes[0]! });
    edit(ids[1], {
      type: 'update-box',
      boxId: boxes[1]!,
      changes: { geometry: { x: 12, y: 10, width: 20, height: 20 } },
    });
    edit(ids[2], { type: 'update-box', boxId: boxes[2]!, changes: { classId: blue.id } });
    edit(ids[3], { type: 'set-image-classes', classIds: [sick.id] });
    draw(store, ids[3], box(blue.id, 60, 40, 10, 10));
    store.splits.set([ids[0], ids[1]], 'train');
    store.classes.update(red.id, { name: 'crimson' });
    const diff = await diffSince(id);
    expect(counted(diff)).toEqual({
      images: { boxes: ids, imageClasses: [ids[3]], states: [ids[0]] },
      splits: [['none', 'train', [ids[0], ids[1]]]],
      classes: [['red', 'crimson']],
      boxes: { crimson: [0, 1, 1, 0], blue: [1, 0, 0, 1] },
    });
    expect(diff.boxes[0]!.meanOverlap).toBeCloseTo(19 / 21);
    store.journal.undoProject();
    store.journal.undoProject();
    for (const imageId of ids)
      while (store.annotations.get(imageId).canUndo && imageId !== ids[3]) store.annotations.undo(imageId);
    await store.snapshots.restore(id);
    expect(counted(await diffSince(id))).toEqual(NOTHING);
  });

  it('and now differ where only a guide, a look, an attribute or a mark is another', async () => {
    const { store, ids, red, blue, sick, boxes } = labelled();
    const { id } = store.snapshots.add('before');
    store.classes.update(red.id, { description: 'round', examples: [boxes[0]!] });
    store.classes.update(blue.id, { color: '#123456', hotkey: 'b' });
    edit(ids[0], { type: 'update-box', boxId: boxes[0]!, changes: { attributes: { occluded: true } } });
    edit(ids[1], { type: 'set-verified', verified: true });
    edit(ids[2], { type: 'set-flag', flagged: true });
    edit(ids[3], { type: 'set-note', note: 'unclear' });
    const diff = await diffSince(id);
    expect(diff.classes.map(({ was, now, changed }) => [was, now, changed])).toEqual([
      ['red', 'red', ['guide']],
      ['blue', 'blue', ['color', 'hotkey']],
    ]);
    expect(counted(diff).images).toEqual({
      attributes: [ids[0]],
      verified: [ids[1]],
      flags: [ids[2]],
      notes: [ids[3]],
    });
    expect(diff.boxes).toEqual([]);
    store.classes.update(sick.id, { name: 'ill' });
    await store.snapshots.restore(id);
    expect(counted(await diffSince(id))).toEqual(NOTHING);
  });

  it('has a name of its own, and not that of the present', () => {
    const { store } = labelled();
    store.snapshots.add('before');
    store.snapshots.addFor('run', say('services.snapshot.run', { name: 'run 1' }));
    for (const name of [
      ' Before',
      'labels of run 1',
      sentenceText(say('services.snapshot.run', { name: 'run 1' }), 'zh-CN'),
    ])
      expect(() => store.snapshots.add(name)).toThrow(/There is already a snapshot/);
    for (const name of ['now', 'NOW', '现在'])
      expect(() => store.snapshots.add(name)).toThrow(/stands for the labels as they are now/);
    // Those that come by themselves may: their time and id tell them apart.
    store.snapshots.addFor('run', say('services.snapshot.run', { name: 'run 1' }));
    expect(store.snapshots.list()).toHaveLength(3);
  });

  it('pairs a box that was drawn again with the one that went', async () => {
    const { store, ids, red, blue, boxes } = labelled();
    const { id } = store.snapshots.add('before');
    edit(ids[0], { type: 'delete-box', boxId: boxes[0]! });
    draw(store, ids[0], box(red.id, 11, 10, 20, 20));
    edit(ids[1], { type: 'delete-box', boxId: boxes[1]! });
    draw(store, ids[1], box(blue.id, 11, 10, 20, 20));
    edit(ids[2], { type: 'delete-box', boxId: boxes[2]! });
    draw(store, ids[2], box(red.id, 70, 50, 20, 20));
    expect(counted(await diffSince(id)).boxes).toEqual({ red: [1, 1, 1, 0], blue: [0, 0, 0, 1] });
  });

  it('is gone back to as one step, over imports, deleted classes and removed images, and that is undone as one', async () => {
    const { store, ids, red, sick } = labelled();
    edit(ids[3], { type: 'set-image-classes', classIds: [sick.id] });
    store.splits.set([ids[1]], 'val');
    const before = [allLabels(store), store.classes.list().map(withoutUses)];
    const { id } = store.snapshots.add('before');
    store.classes.delete(red.id, { reassignTo: null });
    store.images.remove([ids[2]]);
    await store.importAnnotations({
      title: 'more.json',
      images: [ids[0], ids[1]].map((imageId) => ({
        imageId,
        boxes: [{ ...box(0, 3, 3, 9, 9), className: 'red', extra: null }],
        imageClassNames: ['well'],
        split: 'test' as const,
        verifiedEmpty: false,
      })),
    });
    const after = [allLabels(store), store.classes.list().map(withoutUses)];
    expect(await store.snapshots.restore(id)).toEqual({ images: 4, kept: 0, changed: true });
    expect([allLabels(store), store.classes.list().map(withoutUses)]).toEqual(before);
    expect(counted(await diffSince(id))).toEqual(NOTHING);
    expect(store.fullCheck().problems).toEqual([]);
    expect(asEnglish(store.journal.undoProject()?.summary)).toBe('Went back to the snapshot “before”');
    expect([allLabels(store), store.classes.list().map(withoutUses)]).toEqual(after);
    expect(store.fullCheck().problems).toEqual([]);
  });

  it('of any moment is as the labels were then, whatever was done and undone since', async () => {
    const { store, ids, red, blue } = labelled();
    const random = createRandom(7);
    const kept: { id: number; labels: unknown }[] = [];
    const state = () => allLabels(store).map(unverified);
    const steps: (() => unknown)[] = [
      () =>
        draw(
          store,
          ids[random.integer(4)]!,
          box(random.integer(2) === 0 ? red.id : blue.id, 1 + random.integer(50), 5, 9, 9),
        ),
      () => {
        const imageId = ids[random.integer(4)]!;
        const [first] = store.annotations.get(imageId).boxes;
        if (first !== undefined) edit(imageId, { type: 'delete-box', boxId: first.id });
      },
      () => store.splits.set([ids[random.integer(4)]!], random.integer(2) === 0 ? 'train' : 'val'),
      () => {
        if (store.journal.projectSteps().undo?.kind === 'split-change') store.journal.undoProject();
      },
      () => {
        const imageId = ids[random.integer(4)]!;
        if (store.annotations.get(imageId).canUndo) store.annotations.undo(imageId);
      },
    ];
    for (let step = 0; step < 60; step++) {
      steps[random.integer(steps.length)]!();
      if (step % 10 === 0) kept.push({ id: store.snapshots.add(`step ${step}`).id, labels: state() });
    }
    for (const { id, labels } of [...kept, ...kept.toReversed()]) {
      await store.snapshots.restore(id);
      expect(state()).toEqual(labels);
    }
    expect(store.fullCheck().problems).toEqual([]);
  });

  it('needs a name, and can’t be of the middle of an import', async () => {
    expect(() => project.store.snapshots.add(' ')).toThrow(/one line of 1 to 200 characters/);
    await expect(project.store.snapshots.restore(9)).rejects.toThrow(/no snapshot 9/);
    project.store.snapshots.add('a');
    project.store.snapshots.addFor('run', 'b');
    expect(project.store.snapshots.list().map(({ name, kind }) => [name, kind])).toEqual([
      ['b', 'run'],
      ['a', 'person'],
    ]);
    project.store.snapshots.delete(1);
    expect(project.store.snapshots.list()).toHaveLength(1);
  });

  describe('made before imports and by runs', () => {
    const kept = () =>
      project.store.snapshots
        .list()
        .map(({ name }) => inEnglish(name))
        .reverse();
    const at = (time: string) => project.reopen({ clock: () => new Date(time) });
    const makeRun = () =>
      project.store.runs.create({
        ...{ config: {}, seed: 1, epochs: 1, dataRevision: 0, appVersion: '0', engine: 'tensorflow-cpu' },
      });

    it('goes after a while, but for the newest, the last of a day, week and month', () => {
      at('2026-01-15T10:00:00Z');
      project.store.snapshots.addFor('import', 'January, early');
      project.store.snapshots.addFor('import', 'January');
      project.store.snapshots.add('mine');
      at('2026-06-10T10:00:00Z');
      for (let n = 1; n <= 20; n++) project.store.snapshots.addFor('import', `June ${n}`);
      const june = Array.from({ length: 20 }, (_, n) => `June ${n + 1}`);
      expect(kept()).toEqual(['January', 'mine', ...june]);
    });

    it('stays as long as its run does', () => {
      const [first, second] = ['10', '11'].map((hour) => {
        at(`2026-01-15T${hour}:00:00Z`);
        const { id } = makeRun();
        project.store.snapshots.addFor('run', `of ${id}`);
        return id;
      });
      project.store.snapshots.addFor('import', 'January');
      at('2026-06-10T10:00:00Z');
      for (let n = 1; n <= 20; n++) project.store.snapshots.addFor('import', `June ${n}`);
      expect(kept().slice(0, 4)).toEqual([`of ${first}`, `of ${second}`, 'January', 'June 1']);
      project.store.runs.delete(first!);
      project.store.snapshots.addFor('import', 'June 21');
      expect(kept().slice(0, 3)).toEqual([`of ${second}`, 'January', 'June 2']);
    });
  });
});
