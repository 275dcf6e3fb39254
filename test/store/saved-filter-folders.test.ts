import { describe, expect, it } from 'vitest';
import type { ImageFilter } from '../../electron/common/entities.ts';
import { useProject } from './support.ts';

const project = useProject();

const file = (path: string, place: number) => ({
  path,
  sha256: place.toString(16).padStart(64, '0'),
  bytes: 1,
  modifiedMs: 0,
  width: 10,
  height: 10,
  orientation: 1,
  format: 'png',
});

/** Two images in a folder and one in another, and a saved filter on the first. */
function filtered() {
  const { store } = project;
  const [old, fresh] = [store.roots.add('/data/cells'), store.roots.add('/mnt/disk')];
  const ids = store.files
    .add(old.id, [file('night/1.png', 1), file('night/2.png', 2), file('day/3.png', 3)])
    .map(({ id }) => id);
  const save = (name: string, filter: ImageFilter) =>
    store.settings.saveFilter({ name, filter, sort: 'path', descending: false });
  save('night', { folder: { rootId: old.id, path: 'night' }, split: 'none' });
  save('day', { folder: { rootId: old.id, path: 'day' } });
  const filter = (name: string) => store.settings.savedFilters().find((one) => one.name === name)!.filter;
  const move = (id: number, path: string) =>
    store.files.relink([{ imageId: id, rootId: fresh.id, path, bytes: 1, modifiedMs: 0 }]);
  return { store, ids, old, fresh, save, filter, move };
}

describe('a saved filter by folder', () => {
  it('goes with its images once all of them are found elsewhere, and comes back with them', () => {
    const { store, ids, old, fresh, save, filter, move } = filtered();
    const before = filter('night');
    move(ids[0]!, 'moved/1.png');
    expect(filter('night')).toEqual(before);
    move(ids[1]!, 'moved/2.png');
    // The first went alone: where it went is not asked again.
    expect(filter('night')).toEqual({ folder: { rootId: fresh.id, path: 'moved' }, split: 'none' });
    expect(store.images.ids({ filter: filter('night') })).toEqual(ids.slice(0, 2));
    expect(filter('day')).toEqual({ folder: { rootId: old.id, path: 'day' } });
    save('made since', { text: 'x' });
    store.journal.undoProject();
    store.journal.undoProject();
    expect(filter('night')).toEqual(before);
    expect(filter('made since')).toEqual({ text: 'x' });
    expect(store.fullCheck().problems).toEqual([]);
  });

  it('stays where its images went to several folders', () => {
    const { store, ids, filter, fresh } = filtered();
    const before = filter('night');
    store.files.relink(
      [0, 1].map((at) => ({
        ...{ imageId: ids[at]!, rootId: fresh.id, path: `to ${at}/${at}.png` },
        ...{ bytes: 1, modifiedMs: 0 },
      })),
    );
    expect(filter('night')).toEqual(before);
  });
});
