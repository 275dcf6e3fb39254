import type { JournalEntry } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { kit } from '../../common/labels/kits.ts';
import type { Reader } from '../database/database.ts';
import { sameRow } from '../rows/rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { storedPatch } from './bulk-changes.ts';
import { boxIdsOf } from './patch.ts';
import { follow, readContent } from './rewind.ts';

type EntryBox = JournalEntry['boxes'][number];

/** Most boxes of one entry that are shown: the rest is in its summary. */
const MOST_SHOWN = 20;

/**
 * The boxes that entries of an image's history added, changed or deleted, by entry.
 * @param entries with the inverses of what they did to the image, from the newest of all on, without gaps
 */
export function boxesOfEntries(
  reader: Reader,
  imageId: number,
  entries: readonly { readonly id: number; readonly inverse: string }[],
): Map<number, EntryBox[]> {
  const byEntry = new Map<number, EntryBox[]>();
  if (!imageExists(reader, imageId)) return byEntry;
  const content = readContent(reader, imageId);
  try {
    for (const { id: entryId, inverse } of entries) {
      const patch = storedPatch(reader, entryId, imageId, inverse);
      const ids = [...new Set(boxIdsOf(patch))].sort((a, b) => a - b);
      const after = ids.map((id) => content.boxes.get(id));
      follow(content, patch);
      const boxes = ids.flatMap((id, index) => entryBox(content.boxes.get(id), after[index]) ?? []);
      byEntry.set(entryId, boxes.slice(0, MOST_SHOWN));
    }
  } catch (error) {
    // Further back than an entry that can't be read nothing is known; whoever undoes it gets an error.
    if (!(error instanceof TwinheadError)) throw error;
  }
  return byEntry;
}

/** One whose adding was undone has a history and no content. */
function imageExists(reader: Reader, imageId: number): boolean {
  return reader.get('SELECT 1 AS there FROM images WHERE id = ?', imageId) !== undefined;
}

function entryBox(before: BoxRow | undefined, after: BoxRow | undefined): EntryBox | null {
  const shown = after ?? before;
  if (shown === undefined) return null;
  if (before !== undefined && after !== undefined && sameRow(before, after)) return null;
  const { id, classId } = shown;
  const change = before === undefined ? 'added' : after === undefined ? 'deleted' : 'changed';
  const former = before === undefined || before.classId === classId ? {} : { formerClassId: before.classId };
  return { id, classId, ...kit.bounds(shown), change, ...former };
}
