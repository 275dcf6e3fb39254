import path from 'node:path';
import { expect, it } from 'vitest';
import { videoGroup } from '../../electron/common/video-frames.ts';
import { imageGroups, readProjectFile } from '../../electron/store/index.ts';
import { breakDown } from '../../electron/services/scoring/breakdown.ts';
import { useProject } from './support.ts';

const project = useProject();

/** Three images of a folder, two of another, of which one is a frame of a video, one at the root. */
function add(): number[] {
  const root = project.store.roots.add(path.join(project.folder, 'photos'));
  const names = ['day/1.png', 'day/2.png', 'day/3.png', 'night/1.png', 'night/2.png', 'alone.png'];
  const images = names.map((name, index) => ({
    ...{ path: name, sha256: index.toString(16).padStart(64, '0'), bytes: 1, modifiedMs: 0 },
    ...{ width: 100, height: 80, orientation: 1, format: 'png' },
    group: index === 4 ? videoGroup('film') : null,
  }));
  return project.store.files.add(root.id, images).map(({ id }) => id);
}

const read = <Result>(ask: (reader: Parameters<typeof imageGroups>[0]) => Result): Result =>
  readProjectFile(path.join(project.folder, 'project.db'), ask);

it('groups of images are folders and videos, the largest first, with a filter that finds them', () => {
  const ids = add();
  const groups = read((reader) => imageGroups(reader, ids));
  expect(groups.map(({ kind, name, imageIds }) => [kind, name, imageIds.length])).toEqual([
    ['folder', 'day', 3],
    ['folder', 'night', 2],
    ['folder', 'photos', 1],
    ['video', expect.any(String), 1],
  ]);
  for (const { filter, imageIds } of groups)
    expect(project.store.images.ids({ filter }).toSorted((a, b) => a - b)).toEqual([...imageIds]);
  expect(read((reader) => imageGroups(reader, ids.slice(0, 2)))).toHaveLength(1);
});

it('scores are broken down by group and by number of boxes, each on its own images alone', () => {
  const ids = add();
  const boxes = [1, 1, 4, 0, null, 2];
  const images = ids.map((id, index) => ({ id, index, boxes: boxes[index]! }));
  // The sum of the indices of the images that are drawn stands for a score.
  const resampled = (counts: Uint16Array): number => counts.reduce((sum, count, at) => sum + count * at, 0);
  const found = read((reader) => breakDown(reader, images, ids.length, [{ task: 'boxes', resampled }]));
  expect(found.groups.map(({ name, images: n, tasks }) => [name, n, tasks['boxes']])).toEqual([
    ['day', 3, 0 + 1 + 2],
    ['night', 2, 3 + 4],
    ['photos', 1, 5],
    [expect.any(String), 1, 4],
  ]);
  expect(found.objects.map(({ from, to, images: n, tasks }) => [from, to, n, tasks['boxes']])).toEqual([
    [0, 1, 1, 3],
    [1, 2, 2, 0 + 1],
    [2, 3, 1, 5],
    [3, 5, 1, 2],
  ]);
});
