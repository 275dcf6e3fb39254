import { z } from 'zod';
import { SavedFilter } from '../../common/contract.ts';
import type { Writer } from '../database/database.ts';
import { valueIn } from './damaged.ts';
import { putSettings } from './setting-rows.ts';

/** A folder of images: its path below its root. */
export interface FolderPlace {
  readonly rootId: number;
  readonly path: string;
}

const SavedFilters = z.array(SavedFilter);

const keyOf = ({ rootId, path }: FolderPlace): string => `${rootId} ${path}`;

const hasImages = (writer: Writer, { rootId, path }: FolderPlace): boolean => {
  const prefix = path === '' ? '' : `${path}/`;
  return (
    writer.get(
      `SELECT 1 AS there FROM images WHERE root_id = ? AND removed = 0 AND substr(path, 1, length(?)) = ?
         AND instr(substr(path, length(?) + 1), '/') = 0 LIMIT 1`,
      rootId,
      prefix,
      prefix,
      prefix,
    ) !== undefined
  );
};

/**
 * Saved filters that ask for a folder go with it, where all of its images are in one other folder now. Taking the move
 * back takes them back in the same way: what was saved since stays.
 */
export function followFolders(
  writer: Writer,
  moves: readonly { readonly from: FolderPlace; readonly to: FolderPlace }[],
): void {
  if (moves.length === 0) return;
  const text = writer.get<{ value: string }>("SELECT value FROM settings WHERE key = 'savedFilters'")?.value;
  if (text === undefined) return;
  const targets = new Map<string, FolderPlace | null>();
  for (const { from, to } of moves) {
    const known = targets.get(keyOf(from));
    targets.set(
      keyOf(from),
      known === undefined || (known !== null && keyOf(known) === keyOf(to)) ? to : null,
    );
  }
  const saved = valueIn(SavedFilters, text, 'settings.value');
  const followed = saved.map((one) => {
    const { folder } = one.filter;
    const target = folder === undefined ? undefined : targets.get(keyOf(folder));
    if (folder === undefined || !target || keyOf(target) === keyOf(folder) || hasImages(writer, folder))
      return one;
    return { ...one, filter: { ...one.filter, folder: target } };
  });
  putSettings(writer, { savedFilters: JSON.stringify(followed) });
}
