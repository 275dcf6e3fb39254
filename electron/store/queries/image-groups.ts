import type { GroupProgress } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { lastPart } from '../rows/paths.ts';
import { ProgressCounts } from './group-progress.ts';
import type { ProgressImage } from './group-progress.ts';

/** Images that belong together: of a folder, a video, a file of several pages or another group. */
export type ImageGroup = Pick<GroupProgress, 'kind' | 'name' | 'filter'> & {
  readonly imageIds: readonly number[];
};

interface Row extends Omit<ProgressImage, 'folder'> {
  readonly id: number;
  readonly path: string;
}

/** The groups that Dataset lists, of these images alone; those with the most images first. */
export function imageGroups(reader: Reader, imageIds: readonly number[]): ImageGroup[] {
  const counts = new ProgressCounts();
  const members = new Map<string, number[]>();
  for (const { id, path, ...row } of reader.all<Row>(
    `SELECT id, root_id AS rootId, path, split_group AS "group", state, split FROM images
     WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
    JSON.stringify(imageIds),
  )) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    counts.add({ ...row, folder }, 0);
    const filters: GroupProgress['filter'][] = [
      { folder: { rootId: row.rootId, path: folder } },
      ...(row.group === null ? [] : [{ group: row.group }]),
    ];
    for (const filter of filters) {
      const key = JSON.stringify(filter);
      const own = members.get(key);
      if (own === undefined) members.set(key, [id]);
      else own.push(id);
    }
  }
  const roots = new Map(
    reader
      .all<{ id: number; folder: string }>('SELECT id, folder FROM roots')
      .map(({ id, folder }) => [id, lastPart(folder)]),
  );
  return counts.figures(roots).groups.map(({ kind, name, filter }) => ({
    ...{ kind, name, filter },
    imageIds: members.get(JSON.stringify(filter)) ?? [],
  }));
}
