import type { Split } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { readImagePatch } from '../history/patch-text.ts';

/**
 * The split that images had at a time, for those whose split was changed since: each later entry says what it was before.
 * @param at ISO 8601, UTC
 */
export function splitsAt(reader: Reader, imageIds: readonly number[], at: string): Map<number, Split> {
  const entryId = reader.get<{ id: number }>(
    'SELECT id FROM journal WHERE at <= ? ORDER BY id DESC LIMIT 1',
    at,
  );
  const later = reader.all<{ imageId: number; entryId: number; inverse: string }>(
    `SELECT image_id AS imageId, entry_id AS entryId, inverse FROM journal_images
     WHERE entry_id > ? AND image_id IN (SELECT value FROM json_each(?)) ORDER BY entry_id`,
    entryId?.id ?? 0,
    JSON.stringify(imageIds),
  );
  const splits = new Map<number, Split>();
  for (const one of later) {
    if (splits.has(one.imageId) || !one.inverse.includes('"split"')) continue;
    const { split } = readImagePatch(one.inverse, one.entryId);
    if (split !== undefined) splits.set(one.imageId, split);
  }
  return splits;
}
