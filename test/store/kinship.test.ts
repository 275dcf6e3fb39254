import { describe, expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const shares = { train: 0.5, val: 0, test: 0.5, seed: 1, reassign: true };

/** Registers files by path; those of one content number are copies. */
function add(
  files: readonly (readonly [path: string, content: number])[],
  group: string | null = null,
): number[] {
  const root = project.store.roots.add(`${project.folder}/pictures`);
  const images = files.map(([path, content]) => ({
    path,
    sha256: content.toString(16).padStart(64, '0'),
    bytes: 1,
    modifiedMs: 0,
    width: 100,
    height: 80,
    orientation: 1,
    format: 'png',
    group,
  }));
  return project.store.files.add(root.id, images).map(({ id }) => id);
}

const splitOf = (id: number): Split => project.store.images.get(id).split;
const splitsOf = (ids: readonly number[]): number => new Set(ids.map(splitOf)).size;

/** Says that the pictures of these look the same, and all others unlike. */
function look(alike: readonly number[]): void {
  const { store } = project;
  store.looks.save(
    store.files.list().map(({ id, sha256 }) => {
      const seed = alike.includes(id) ? 0 : id;
      const thumbnail = Uint8Array.from(
        { length: 256 },
        (_, at) => (((at * 37 + seed * 101) ** 2) >> 3) % 251,
      );
      return { imageId: id, sha256, state: 'ok', thumbnail, brightness: 1, dark: 0, bright: 0, sharpness: 1 };
    }),
  );
}

describe('images that stay together when splits are drawn', () => {
  it('are copies, always', () => {
    const ids = add(Array.from({ length: 40 }, (_, index) => [`a/${index}x.png`, index >> 1] as const));
    project.store.splits.assign(shares);
    for (let index = 0; index < ids.length; index += 2) expect(splitsOf(ids.slice(index, index + 2))).toBe(1);
  });

  it('are those of one folder, or of one numbered series, where asked for', () => {
    const folders = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const ids = add(
      folders.flatMap((folder, at) =>
        Array.from(
          { length: 6 },
          (_, n) => [`${folder}/${n % 2 ? 'left' : 'right'}_${n}.png`, at * 10 + n] as const,
        ),
      ),
    );
    const parted = (parts: number): number =>
      folders.filter((_, at) => {
        const own = ids.slice(at * 6, at * 6 + 6);
        const some = parts === 1 ? [own] : [0, 1].map((part) => own.filter((_id, n) => n % 2 === part));
        return some.some((one) => splitsOf(one) > 1);
      }).length;
    expect(project.store.splits.assign(shares)).toMatchObject({ largestUnit: 1 });
    expect(parted(1)).toBeGreaterThan(0);
    expect(project.store.splits.assign({ ...shares, keepTogether: ['series'] })).toMatchObject({
      largestUnit: 3,
    });
    expect(parted(2)).toBe(0);
    expect(project.store.splits.assign({ ...shares, keepTogether: ['folder'] })).toMatchObject({
      largestUnit: 6,
    });
    expect(parted(1)).toBe(0);
  });

  it('are pictures alike, where asked for', async () => {
    const ids = project.addImages(30);
    const alike = ids.filter((_, index) => index % 3 === 0);
    look(alike);
    const similar = await project.store.similarPairs();
    project.store.splits.assign({ ...shares, keepTogether: ['similar'], similar });
    expect(splitsOf(alike)).toBe(1);
    expect(splitsOf(ids)).toBe(2);
  });
});

describe('leaks', () => {
  it('are copies, pictures alike and groups in several splits; mended, none is left and one undo brings them back', async () => {
    const { store } = project;
    const copies = add([
      ['a.png', 1],
      ['b.png', 1],
    ]);
    const frames = add(
      [
        ['f1.png', 2],
        ['f2.png', 3],
        ['f3.png', 4],
      ],
      'film',
    );
    const [one, other, apart] = add([
      ['x.png', 5],
      ['y.png', 6],
      ['z.png', 7],
    ]) as [number, number, number];
    look([one, other]);
    store.splits.set([copies[0]!, frames[0]!, frames[1]!, one, apart], 'train');
    store.splits.set([copies[1]!, other], 'val');
    store.splits.set([frames[2]!], 'test');
    const leaks = await store.leaks();
    expect(leaks.map(({ kinship, images }) => [kinship, images.map(({ id }) => id)])).toEqual([
      ['same', copies],
      ['similar', [one, other]],
      ['group', frames],
    ]);
    expect(store.splits.mend(leaks)).toEqual({ changed: 3 });
    expect(await store.leaks()).toEqual([]);
    expect(frames.map(splitOf)).toEqual(['train', 'train', 'train']);
    store.journal.undoProject();
    expect(await store.leaks()).toEqual(leaks);
  });

  it('are nothing without a split: who is in none tests nobody', async () => {
    const copies = add([
      ['a.png', 1],
      ['b.png', 1],
    ]);
    project.store.splits.set([copies[0]!], 'test');
    expect(await project.store.leaks()).toEqual([]);
  });
});

describe('a locked test set', () => {
  const refused = /The test set is locked/;

  it('lets nothing in or out, by hand, by removal or by an import, but takes labels', async () => {
    const { store } = project;
    const ids = project.addImages(6);
    const red = store.classes.create({ kind: 'object', name: 'red' });
    store.splits.set(ids.slice(0, 2), 'test');
    store.settings.update({ testLocked: true });
    expect(() => store.splits.set([ids[0]!], 'train')).toThrow(refused);
    expect(() => store.splits.set([ids[3]!], 'test')).toThrow(refused);
    expect(() => store.images.remove([ids[1]!])).toThrow(refused);
    const image = { boxes: [], imageClassNames: null, verifiedEmpty: false };
    const counts = await store.importAnnotations({
      title: 'new.json',
      images: ids.slice(0, 4).map((imageId, at) => ({ ...image, imageId, split: at % 2 ? 'test' : 'train' })),
    });
    expect(counts.splitsKept).toBe(2);
    expect(ids.map(splitOf)).toEqual(['test', 'test', 'train', 'none', 'none', 'none']);
    draw(store, ids[0]!, box(red.id));
    store.settings.update({ testLocked: false });
    store.splits.set([ids[0]!], 'train');
    expect(splitOf(ids[0]!)).toBe('train');
  });

  it('stays when splits are drawn, with what is kin to it outside of train and val', () => {
    const { store } = project;
    const tested = add([['t.png', 0]]);
    const [copy] = add([['copy.png', 0]]) as [number];
    const others = add(Array.from({ length: 20 }, (_, at) => [`o${at}.png`, at + 1] as const));
    store.splits.set(tested, 'test');
    store.settings.update({ testLocked: true });
    store.splits.assign({ ...shares, train: 0.4, val: 0.1, test: 0.5 });
    expect(tested.map(splitOf)).toEqual(['test']);
    expect(splitOf(copy)).toBe('none');
    expect(others.filter((id) => splitOf(id) === 'train')).toHaveLength(16);
    expect(others.filter((id) => splitOf(id) === 'val')).toHaveLength(4);
  });

  it('keeps its own images when leaks are mended: the others leave the splits', async () => {
    const { store } = project;
    const copies = add([
      ['a.png', 1],
      ['b.png', 1],
      ['c.png', 1],
    ]);
    store.splits.set(copies.slice(0, 2), 'train');
    store.splits.set(copies.slice(2), 'test');
    store.settings.update({ testLocked: true });
    store.splits.mend(await store.leaks());
    expect(copies.map(splitOf)).toEqual(['none', 'none', 'test']);
  });

  it('counts how often it was looked at, in no step of undo', () => {
    const { store } = project;
    store.settings.countTestLook();
    store.settings.countTestLook();
    project.reopen();
    expect(project.store.info()).toMatchObject({ testLooks: 2, undo: null });
  });
});
