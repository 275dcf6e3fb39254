import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageFilter } from '../../electron/common/entities.ts';
import { openProject } from '../../electron/store/index.ts';
import { ImageList } from '../../renderer/label/state/image-list.svelte.ts';
import { ImageSelection } from '../../renderer/label/state/image-selection.svelte.ts';
import { TestApp } from '../support/app.ts';

const PLAIN = { shiftKey: false, ctrlKey: false, metaKey: false };
const SHIFT = { ...PLAIN, shiftKey: true };
const CTRL = { ...PLAIN, ctrlKey: true };

let app: TestApp;
let list: ImageList;
/** By their paths: a0001.png, a0002.png … */
let ids: number[];

function add(names: readonly string[]): number[] {
  const store = openProject(app.project, { create: ids.length === 0 });
  const root = store.roots.add(path.join(app.folder, 'images'));
  const file = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
  const added = store.files.add(
    root.id,
    names.map((name) => ({
      ...file,
      path: `${name}.png`,
      sha256: Buffer.from(name).toString('hex').padStart(64, '0'),
    })),
  );
  store.close();
  return added.map(({ id }) => id);
}

async function openWith(count: number): Promise<void> {
  ids = add(Array.from({ length: count }, (_, index) => `a${String(index + 1).padStart(4, '0')}`));
  await app.call('project.open', { path: app.project });
  list = new ImageList({ call: (name, input) => app.call(name, input) });
}

async function show(filter: ImageFilter): Promise<void> {
  await list.setFilter(filter, { sort: 'path', descending: false });
}

/** What the list shows, seen page by page. */
async function names(): Promise<(string | undefined)[]> {
  const total = list.total ?? 0;
  list.want(0, total - 1);
  await expect.poll(() => list.item(total - 1)).toBeDefined();
  return list.ids.map((_, index) => list.item(index)?.fileName);
}

const split = (imageIds: number[], to: 'train' | 'test') =>
  app.call('images.setSplit', { imageIds, split: to });

beforeEach(() => {
  ids = [];
  app = new TestApp();
});
afterEach(() => app.remove());

describe('a list', () => {
  it('comes with what its first images are, in one answer', async () => {
    await openWith(3);
    await split(ids.slice(1), 'test');
    await show({ split: 'test' });
    expect(list.ids.map((_, index) => list.item(index)?.fileName)).toEqual(['a0002.png', 'a0003.png']);
  });
});

describe('an index in the list', () => {
  it('is that of the image it was, after images before it have gone and come back', async () => {
    await openWith(6);
    await show({});
    const open = ids[3]!;
    await app.call('images.remove', { imageIds: ids.slice(0, 2) });
    expect(list.indexOf(open)).toBe(3);
    await list.refresh();
    expect([list.indexOf(open), list.total]).toEqual([1, 4]);
    await app.call('project.undo', {});
    await list.refresh();
    expect([list.indexOf(open), list.total]).toEqual([3, 6]);
  });

  it('is none where a change has taken the image out of the filter', async () => {
    await openWith(6);
    await split(ids, 'test');
    await show({ split: 'test' });
    await split(ids.slice(1, 4), 'train');
    await list.refresh();
    expect(list.indexOf(ids[2]!)).toBe(-1);
    expect(await names()).toEqual(['a0001.png', 'a0005.png', 'a0006.png']);
  });
});

describe('the images before and after one', () => {
  it('that has left the filter are its neighbours in the order, and none is passed over', async () => {
    await openWith(6);
    await split(ids, 'test');
    await show({ split: 'test' });
    await split(ids.slice(1, 4), 'train');
    await list.refresh();
    const open = ids[2]!;
    expect(await list.neighbour(open, 1)).toBe(ids[4]);
    expect(await list.neighbour(open, 2)).toBe(ids[5]);
    expect(await list.neighbour(open, -1)).toBe(ids[0]);
    expect(await list.neighbour(open, -10)).toBe(ids[0]);
    expect(await list.neighbour(open, 10)).toBe(ids[5]);
  });

  it('that has left the project are those that it lay between', async () => {
    await openWith(5);
    await show({});
    await app.call('images.remove', { imageIds: [ids[1]!, ids[2]!, ids[4]!] });
    await list.refresh();
    expect(await list.neighbour(ids[1]!, 1)).toBe(ids[3]);
    expect(await list.neighbour(ids[1]!, -1)).toBe(ids[0]);
    expect(await list.neighbour(ids[4]!, 1)).toBe(ids[3]);
  });

  it('are found in a list that runs backwards, and in one that names its images', async () => {
    await openWith(4);
    await list.setFilter({}, { sort: 'path', descending: true });
    await app.call('images.remove', { imageIds: [ids[2]!] });
    await list.refresh();
    expect(await list.neighbour(ids[2]!, 1)).toBe(ids[1]);
    const imageIds = [ids[3]!, ids[2]!, ids[0]!];
    await list.setFilter({ imageIds }, { sort: 'listed', descending: false });
    expect(list.ids).toEqual([ids[3], ids[0]]);
    expect(await list.neighbour(ids[2]!, 1)).toBe(ids[0]);
    expect(await list.neighbour(ids[2]!, -1)).toBe(ids[3]);
  });

  it('are none in an empty list', async () => {
    await openWith(1);
    await show({ state: 'labelled' });
    expect(await list.neighbour(ids[0]!, 1)).toBeNull();
  });
});

it('working through a filter that what is worked on leaves skips none: later pages continue the first', async () => {
  await openWith(450);
  await show({ state: 'unseen' });
  list.want(0, 10);
  await expect.poll(() => list.item(0)).toBeDefined();
  await app.call('images.change', { imageIds: ids.slice(0, 150), changes: { state: 'empty' } });
  expect(await names()).toEqual(
    Array.from({ length: 450 }, (_, index) => `a${String(index + 1).padStart(4, '0')}.png`),
  );
  expect(await list.search(ids[2]!, { state: 'unseen' })).toBe(ids[150]);
});

it('many changes at once are one refresh after the one under way, and the last is seen', async () => {
  await openWith(3);
  await show({});
  const refreshed = [list.refresh()];
  await app.call('images.remove', { imageIds: [ids[0]!] });
  refreshed.push(list.refresh(), list.refresh());
  await Promise.all(refreshed);
  expect(list.ids).toEqual(ids.slice(1));
});

describe('images that are chosen together', () => {
  it('are only those that the list shows', async () => {
    await openWith(6);
    await split(ids, 'test');
    await show({ split: 'test' });
    const chosen = new ImageSelection(list);
    chosen.click(1, 0, PLAIN);
    chosen.click(4, 1, SHIFT);
    expect([...chosen.ids]).toEqual(ids.slice(1, 5));
    await split(ids.slice(1, 4), 'train');
    await list.refresh();
    expect([...chosen.ids]).toEqual([ids[4]]);
    chosen.click(0, 0, CTRL);
    await show({});
    expect([...chosen.ids]).toEqual([ids[4], ids[0]]);
    await show({ text: 'nothing' });
    expect(chosen.ids.size).toBe(0);
  });

  it('begin with the open image, which a click with Ctrl takes along', async () => {
    await openWith(4);
    await show({});
    const chosen = new ImageSelection(list);
    chosen.click(1, 0, PLAIN);
    chosen.click(3, 1, CTRL);
    expect([...chosen.ids]).toEqual([ids[1], ids[3]]);
    chosen.click(1, 1, CTRL);
    expect([...chosen.ids]).toEqual([ids[3]]);
    chosen.clear();
    chosen.click(1, 1, CTRL);
    expect([...chosen.ids]).toEqual([ids[1]]);
  });

  it('reach from the image that was clicked, wherever it lies by now', async () => {
    await openWith(6);
    await show({});
    const chosen = new ImageSelection(list);
    chosen.click(3, 0, PLAIN);
    await app.call('images.remove', { imageIds: ids.slice(0, 2) });
    await list.refresh();
    chosen.click(3, 1, SHIFT);
    expect([...chosen.ids]).toEqual(ids.slice(3));
    chosen.area([0, 1], false);
    chosen.area([3], true);
    expect([...chosen.ids]).toEqual([ids[2], ids[3], ids[5]]);
  });
});
