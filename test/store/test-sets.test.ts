import { describe, expect, it } from 'vitest';
import {
  answeredImages,
  answeringRun,
  readProjectFile,
  unansweredImages,
} from '../../electron/store/index.ts';
import { asEnglish } from '../support/in-english.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const sets = () => project.store.testSets.list();
const splitOf = (id: number) => project.store.images.get(id).split;

describe('a test set', () => {
  it('is images of the test split under a name; those that are elsewhere come there, as one step', () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    project.store.splits.set([a, c], 'test');
    expect(project.store.testSets.add(' night shift ', [a, b])).toEqual({ images: 2, moved: 1 });
    expect(sets()).toEqual([{ name: 'night shift', images: 2, looks: 0 }]);
    expect([a, b, c].map(splitOf)).toEqual(['test', 'test', 'test']);
    expect(project.store.images.ids({ filter: { testSet: 'night shift' } })).toEqual([a, b]);
    expect(asEnglish(project.store.journal.steps()[0]?.summary)).toBe(
      'Put 2 images into test set “night shift”',
    );
    project.reopen();
    expect(project.store.info().testSets).toEqual([{ name: 'night shift', images: 2, looks: 0 }]);

    project.store.journal.undoProject();
    expect(sets()).toEqual([]);
    expect([a, b, c].map(splitOf)).toEqual(['test', 'none', 'test']);
    project.store.journal.redoProject();
    expect(sets()).toMatchObject([{ name: 'night shift', images: 2 }]);
    expect(splitOf(b)).toBe('test');
  });

  it('grows by the same name, and goes by it: its images stay', () => {
    const [a, b] = project.addImages(2) as [number, number];
    project.store.testSets.add('night', [a]);
    expect(project.store.testSets.add('night', [a, b])).toEqual({ images: 2, moved: 1 });
    const before = project.store.revision;
    expect(project.store.testSets.add('night', [b])).toEqual({ images: 2, moved: 0 });
    expect(project.store.revision).toBe(before);
    project.store.testSets.delete('night');
    expect(sets()).toEqual([]);
    expect([a, b].map(splitOf)).toEqual(['test', 'test']);
    project.store.journal.undoProject();
    expect(sets()).toMatchObject([{ name: 'night', images: 2 }]);
  });

  it('counts no image that has left the split or the project', () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    project.store.testSets.add('night', [a, b, c]);
    project.store.splits.set([a], 'train');
    project.store.images.remove([b]);
    expect(sets()).toMatchObject([{ images: 1 }]);
    expect(project.store.testSets.images('night')).toEqual([c]);
    project.store.journal.undoProject();
    expect(sets()).toMatchObject([{ images: 2 }]);
  });

  it('can’t be made, changed or deleted while the test set is locked', () => {
    const [a, b] = project.addImages(2) as [number, number];
    project.store.testSets.add('night', [a]);
    project.store.settings.update({ testLocked: true });
    for (const change of [
      () => project.store.testSets.add('night', [b]),
      () => project.store.testSets.add('day', [a]),
      () => project.store.testSets.delete('night'),
    ])
      expect(change).toThrow(expect.objectContaining({ code: 'not-allowed' }));
    expect(sets()).toMatchObject([{ name: 'night', images: 1 }]);
  });

  it('stays what it is when splits are drawn anew, with what is kin to it', () => {
    const ids = project.addImages(40, (index) => (index < 4 ? 'film' : null));
    project.store.testSets.add('night', [ids[0]!, ids[10]!]);
    for (const seed of [1, 2, 3]) {
      project.store.splits.assign({ train: 1, val: 0, test: 0, seed, reassign: true });
      expect(project.store.testSets.images('night')).toEqual([ids[0], ids[10]]);
      expect(ids.slice(1, 4).map(splitOf)).toEqual(['none', 'none', 'none']);
      expect(splitOf(ids[20]!)).toBe('train');
    }
  });

  it.each(['locked', 'named'])(
    'that is %s has its kin of training counted, and taken out where asked for',
    (how) => {
      const ids = project.addImages(40, (index) => (index < 6 ? 'film' : null));
      const { store } = project;
      store.splits.set(ids.slice(1, 4), 'train');
      store.splits.set([ids[4]!], 'val');
      store.splits.set([ids[0]!, ids[10]!], 'test');
      expect(store.splits.kinOfTest({})).toBe(0);
      if (how === 'locked') store.settings.update({ testLocked: true });
      else store.testSets.add('night', [ids[0]!]);
      expect(store.splits.kinOfTest({})).toBe(4);
      const shares = { train: 0.8, val: 0.2, test: 0, seed: 1, reassign: false };
      expect(store.splits.assign(shares)).toMatchObject({ kin: 4 });
      expect(ids.slice(1, 6).map(splitOf)).toEqual(['train', 'train', 'train', 'val', 'none']);
      expect(store.splits.assign({ ...shares, kinOfTest: 'none' })).toMatchObject({ kin: 4, changed: 4 });
      expect(ids.slice(0, 6).map(splitOf)).toEqual(['test', 'none', 'none', 'none', 'none', 'none']);
      expect(store.splits.kinOfTest({})).toBe(0);
      store.journal.undoProject();
      expect(store.splits.kinOfTest({})).toBe(4);
    },
  );

  it.each([[' '], ['a\nb'], ['x'.repeat(61)]])('can’t be called %j', (name) => {
    const ids = project.addImages(1);
    expect(() => project.store.testSets.add(name, ids)).toThrow(/1 to 60 visible characters/);
  });

  it('that is not there is told with those that are', () => {
    const ids = project.addImages(1);
    expect(() => project.store.testSets.images('day')).toThrow(/no test set called “day”/);
    project.store.testSets.add('night', ids);
    expect(() => project.store.testSets.delete('day')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ remedy: expect.anything() as unknown }) as unknown,
      }),
    );
  });

  it('has looks of its own: at it alone, and with the whole split', () => {
    const [a, b] = project.addImages(2) as [number, number];
    project.store.testSets.add('night', [a]);
    project.store.testSets.add('day', [b]);
    project.store.settings.countTestLook('night');
    project.store.settings.countTestLook();
    expect(sets().map(({ name, looks }) => [name, looks])).toEqual([
      ['day', 1],
      ['night', 2],
    ]);
    expect(project.store.info().testLooks).toBe(1);
    project.store.testSets.delete('night');
    project.store.testSets.add('night', [a]);
    expect(sets().find(({ name }) => name === 'night')?.looks).toBe(2);
  });

  it('is what is scored by its name', () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    const red = project.store.classes.create({ kind: 'object', name: 'RBC' });
    for (const id of [a, b, c]) draw(project.store, id, box(red.id));
    project.store.splits.set([c], 'test');
    project.store.testSets.add('night', [a, b]);
    const run = project.store.runs.create({
      config: {},
      seed: 1,
      epochs: 1,
      dataRevision: 0,
      appVersion: '0',
      engine: 'cpu',
    });
    project.store.answers.save(
      run.id,
      { epoch: 1, step: 1, imageClasses: [], objectClasses: [{ id: red.id, name: 'RBC' }] },
      [a, c].map((imageId) => ({ imageId, sha256: '0'.repeat(64), boxes: [], imageClass: null })),
    );
    const on = { split: 'test', testSet: 'night' } as const;
    readProjectFile(project.store.file, (reader) => {
      expect(answeringRun(reader, run.id)).not.toBeNull();
      expect(answeredImages(reader, run.id, { split: 'test' }).map(({ id }) => id)).toEqual([a, c]);
      expect(answeredImages(reader, run.id, on).map(({ id }) => id)).toEqual([a]);
      expect(unansweredImages(reader, run.id, on)).toBe(1);
    });
  });
});
