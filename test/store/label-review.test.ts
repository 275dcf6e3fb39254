import { describe, expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();

async function found(): Promise<string[]> {
  const { findings } = await project.store.review();
  return findings.map(({ severity, message }) => `${severity}: ${inEnglish(message)}`);
}

/** Images of the finding whose sentence has these words, as its filter lists them. */
async function listed(words: string): Promise<number[]> {
  const { findings } = await project.store.review();
  const one = findings.find(({ message }) => inEnglish(message).includes(words));
  expect(one).toBeDefined();
  return project.store.images.list({ filter: one!.filter! }).items.map(({ id }) => id);
}

/** So many images with a box of the class `cell` each, all in the split. */
function labelled(count: number, split: Split = 'train'): { ids: number[]; cell: number } {
  const ids = project.addImages(count);
  const cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
  for (const id of ids) draw(project.store, id, box(cell, 10, 10, 20, 20));
  project.store.splits.set(ids, split);
  return { ids, cell };
}

/** Says of every picture what a look at it has found; those that are not named look like no other. */
function look(
  named: ReadonlyMap<number, { as?: number; brightness?: number; bright?: number; sharpness?: number }>,
): void {
  const { store } = project;
  store.looks.save(
    store.files.list().map(({ id, sha256 }) => {
      const { as = id, ...said } = named.get(id) ?? {};
      const thumbnail = Uint8Array.from({ length: 256 }, (_, at) => (((at * 37 + as * 101) ** 2) >> 3) % 251);
      const plain = { brightness: 120, dark: 0, bright: 0, sharpness: 0.1 };
      return { imageId: id, sha256, state: 'ok', thumbnail, ...plain, ...said };
    }),
  );
}

describe('what is worth a look', () => {
  it('is a box that is tiny, or covers the image', async () => {
    const { ids, cell } = labelled(3);
    draw(project.store, ids[0]!, box(cell, 50, 50, 3, 3));
    draw(project.store, ids[1]!, box(cell, 0, 0, 100, 79));
    expect(await listed('smaller than 4 × 4')).toEqual([ids[0]]);
    expect(await listed('cover nearly all')).toEqual([ids[1]]);
  });

  it('is a box of a size that is unusual for its class, not one of a class of many sizes', async () => {
    const { ids, cell } = labelled(24);
    const mixed = project.store.classes.create({ kind: 'object', name: 'mixed' }).id;
    for (const [at, id] of ids.entries()) draw(project.store, id, box(mixed, 0, 0, 1.5 ** (at % 11), 40));
    draw(project.store, ids[3]!, box(cell, 50, 50, 2, 2));
    expect(await listed('unusual for their class')).toEqual([ids[3]]);
  });

  it('tells how far each split, folder, video and file of pages is, each with the filter of its images', async () => {
    const { store } = project;
    const { ids, cell } = labelled(2);
    const image = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
    let at = 0;
    const add = (folder: string, paths: string[], group: string | null = null): number[] =>
      store.files
        .add(
          store.roots.add(folder).id,
          paths.map((path) => ({ path, sha256: `f${++at}`.padStart(64, '0'), group, ...image })),
        )
        .map(({ id }) => id);
    const elsewhere = add('/elsewhere', ['b/1.png', 'b/2.png', 'b/deep/4.png', 'b/3.png']);
    add('/twin', ['b/1.png']);
    add('/frames', ['clip/1.png', 'clip/2.png'], 'video:clip.mp4');
    add('/elsewhere', ['b/pages-2.png'], 'pages:stack.tif');
    store.images.change([elsewhere[0]!], { state: 'empty' });
    store.splits.set([elsewhere[1]!], 'val');
    const { figures } = await store.review();
    expect(figures.states).toEqual({
      train: { unseen: 0, labelled: 2, empty: 0 },
      val: { unseen: 1, labelled: 0, empty: 0 },
      test: { unseen: 0, labelled: 0, empty: 0 },
      none: { unseen: 6, labelled: 0, empty: 1 },
    });
    expect(figures.classes).toEqual([
      { id: cell, kind: 'object', name: 'cell', labels: 2, splits: { train: 2, val: 0, test: 0, none: 0 } },
    ]);
    expect(figures.groups.map(({ kind, name, images, boxes }) => [kind, name, images, boxes])).toEqual([
      ['folder', 'elsewhere/b', 4, 0],
      ['folder', 'images', 2, 2],
      ['video', 'clip.mp4', 2, 0],
      ['folder', 'b/deep', 1, 0],
      ['folder', 'twin/b', 1, 0],
      ['pages', 'stack.tif', 1, 0],
    ]);
    expect(figures.groups[0]).toMatchObject({
      states: { unseen: 3, labelled: 0, empty: 1 },
      splits: { train: 0, val: 1, test: 0, none: 3 },
    });
    for (const { filter, images } of figures.groups)
      expect(store.images.ids({ filter })).toHaveLength(images);
    expect(store.images.ids({ filter: figures.groups[1]!.filter })).toEqual(ids);
  });

  it('is a picture that is dark, mostly white, blurred beside the others, or almost another one', async () => {
    const { ids } = labelled(24);
    const [dark, white, blurred, one, again] = ids as [number, number, number, number, number];
    look(
      new Map([
        [dark, { brightness: 12 }],
        [white, { bright: 0.8 }],
        [blurred, { sharpness: 0.01 }],
        [again, { as: one }],
      ]),
    );
    expect(await listed('very dark')).toEqual([dark]);
    expect(await listed('mostly white')).toEqual([white]);
    expect(await listed('blurred')).toEqual([blurred]);
    expect(await listed('near-duplicates of another')).toEqual([one, again]);
    project.store.splits.set([again], 'val');
    expect(await listed('near-duplicates of one in another split')).toEqual([one, again]);
  });

  it('comes with figures of how labels are spread, and of pictures that nobody has looked at', async () => {
    const { ids, cell } = labelled(3);
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    draw(project.store, ids[0]!, box(other, 60, 50, 40, 10));
    const { figures } = await project.store.review();
    const counts = (bins: typeof figures.sizes): number[][] =>
      bins.filter(({ count }) => count > 0).map(({ from, count }) => [from, count]);
    expect(counts(figures.boxesPerImage)).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(counts(figures.sizes)).toEqual([[16, 4]]);
    expect(counts(figures.aspects)).toEqual([
      [0.8, 3],
      [4, 1],
    ]);
    expect(figures.centres.flatMap((count, at) => (count > 0 ? [[at, count]] : []))).toEqual([
      [4 * 16 + 3, 3],
      [11 * 16 + 12, 1],
    ]);
    expect(figures.together).toEqual([{ classIds: [cell, other], images: 1 }]);
    expect(figures.unlooked).toBe(3);
  });

  it('is nothing in a clean project', async () => {
    labelled(3);
    expect(await found()).toEqual([]);
  });

  it('is a box that lies on another, of its class or of another, not a neighbour', async () => {
    const { ids, cell } = labelled(3);
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    draw(project.store, ids[1]!, box(cell, 10.1, 10, 20, 20));
    draw(project.store, ids[2]!, box(cell, 14, 10, 20, 20));
    draw(project.store, ids[2]!, box(other, 10, 10, 20, 20));
    expect(await found()).toEqual([
      'bad: 1 image has overlapping boxes of one class (boxes in all: 2). Delete the duplicates.',
      'warn: 1 image has the same box with two classes (boxes in all: 2). Delete the wrong ones.',
    ]);
    expect(await listed('overlapping boxes')).toEqual([ids[1]]);
  });

  it('is an image with the content of another, worse where they lie in different splits', async () => {
    const { ids } = labelled(4);
    const { store } = project;
    const image = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
    const [copy] = store.files.add(1, [{ ...image, path: 'copy.png', sha256: '0'.repeat(64) }]);
    store.splits.set([copy!.id], 'train');
    expect(await listed('same content')).toEqual([ids[0], copy!.id]);
    expect((await found())[0]).toMatch(
      /^warn: 2 images have the same content as another one: \S+, copy\.png\. /,
    );
    store.splits.set([copy!.id], 'test');
    expect((await found())[0]).toMatch(
      /^bad: 2 images have the same content as one in another split: \S+, copy\.png\. /,
    );
    store.images.remove([copy!.id]);
    expect(await found()).toEqual([]);
    // Two of one path are told apart by their folders.
    const second = store.roots.add('/pictures/second');
    const own = store.files.get(ids[0]!).path;
    store.files.add(second.id, [{ ...image, path: own, sha256: '0'.repeat(64) }]);
    expect((await found())[0]).toMatch(new RegExp(`another one: [^, ]+/${own}, second/${own}\\. `));
  });

  it('is a class with far fewer labels than another', async () => {
    const { ids, cell } = labelled(12);
    const rare = project.store.classes.create({ kind: 'object', name: 'rare' }).id;
    draw(project.store, ids[3]!, box(rare, 50, 50, 10, 10));
    expect(await found()).toEqual([
      'warn: “cell” has 12 times as many labels as “rare” (12 against 1). The model learns rare classes badly; label more of them.',
    ]);
    expect(await listed('as many labels')).toEqual([ids[3]]);
    expect(cell).toBeGreaterThan(0);
  });

  it('is a class without a label in the training set, or in the validation set', async () => {
    const { ids } = labelled(4);
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    const set = (id: number): void =>
      void project.store.annotations.edit(id, project.store.images.get(id).revision, [
        { type: 'set-image-classes', classIds: [sick] },
      ]);
    set(ids[3]!);
    project.store.splits.set([ids[3]!], 'val');
    expect(await found()).toEqual([
      'bad: The class “sick” has labels, but none in the training set, so it can’t be learned.',
    ]);
    set(ids[0]!);
    project.store.annotations.undo(ids[3]!);
    expect(await found()).toEqual([
      'warn: The class “sick” has no labels in the validation set, so you can’t tell how well the model finds it.',
    ]);
    expect(await listed('validation set')).toEqual([ids[0]]);
  });

  it('is an image that nobody has labelled in a split, one in no split, one whose file is gone, an unused class', async () => {
    const { ids } = labelled(3);
    const [bare, alone] = project.addImages(5).slice(3) as [number, number];
    project.store.splits.set([bare], 'train');
    project.store.files.markMissing([ids[2]!], true);
    project.store.classes.create({ kind: 'image', name: 'unused' });
    expect(await found()).toEqual([
      'bad: 1 image file can’t be found: a2.png. Its labels are kept; put the file back, or add its new folder.',
      'warn: 1 image in the training set has no labels, so it is left out.',
      'info: 1 image is in no split, so it is neither trained on nor evaluated.',
      'info: The class “unused” has no labels yet.',
    ]);
    expect(await listed('can’t be found')).toEqual([ids[2]]);
    expect(await listed('has no labels, so')).toEqual([bare]);
    expect(await listed('in no split')).toEqual([alone]);
  });
});
