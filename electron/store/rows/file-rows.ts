import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Writer } from '../database/database.ts';
import { foldText, sortKey } from './paths.ts';
import { followFolders } from './saved-filter-rows.ts';
import type { FolderPlace } from './saved-filter-rows.ts';

/** Where an image's file is, and what was known of it when it was read. */
export type FileTuple = readonly [
  imageId: number,
  rootId: number,
  path: string,
  bytes: number,
  modifiedMs: number,
  missing: 0 | 1,
];

/**
 * Says where images' files are and returns what takes that back.
 * @throws TwinheadError `invalid-input` where another image's file is there
 */
export function putFiles(writer: Writer, files: readonly FileTuple[]): FileTuple[] {
  const before = putEach(writer, files);
  const now = new Map(files.map((file) => [file[0], file]));
  followFolders(
    writer,
    before.map((old) => ({ from: placeOf(old), to: placeOf(now.get(old[0])!) })),
  );
  return before;
}

const placeOf = ([, rootId, path]: FileTuple): FolderPlace => ({
  rootId,
  path: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
});

function putEach(writer: Writer, files: readonly FileTuple[]): FileTuple[] {
  return files.flatMap(([id, rootId, path, bytes, modifiedMs, missing]): FileTuple[] => {
    const old = writer.get<{
      root_id: number;
      path: string;
      bytes: number;
      modified_ms: number;
      missing: 0 | 1;
    }>('SELECT root_id, path, bytes, modified_ms, missing FROM images WHERE id = ?', id);
    if (old === undefined) return [];
    const other = writer.get<{ id: number; removed: 0 | 1 }>(
      'SELECT id, removed FROM images WHERE root_id = ? AND path = ? AND id <> ?',
      rootId,
      path,
      id,
    );
    if (other?.removed === 0) {
      throw new TwinheadError('invalid-input', say('store.pathTaken', { path }), {
        file: path,
        remedy: say('store.pathTaken.remedy'),
      });
    }
    // One that was taken out of the project makes way: the two change places, and the inverse changes them back.
    if (other !== undefined) writer.run('UPDATE images SET path = ? WHERE id = ?', `${path}\u0000`, other.id);
    writer.run(
      `UPDATE images SET root_id = ?, path = ?, path_folded = ?, path_key = ?, bytes = ?, modified_ms = ?,
       missing = ? WHERE id = ?`,
      rootId,
      path,
      foldText(path),
      sortKey(path),
      bytes,
      modifiedMs,
      missing,
      id,
    );
    if (other !== undefined) {
      writer.run(
        'UPDATE images SET root_id = ?, path = ?, path_folded = ?, path_key = ? WHERE id = ?',
        old.root_id,
        old.path,
        foldText(old.path),
        sortKey(old.path),
        other.id,
      );
    }
    return [[id, old.root_id, old.path, old.bytes, old.modified_ms, old.missing]];
  });
}
