import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Reader } from '../database/database.ts';

export interface ChangeOptions {
  /** Id of a change that may be asked for again: one that the journal has is answered as it was, not made twice. */
  readonly editId?: string;
}

/** The entry of a change that was made already and is asked for again. */
export interface KnownEntry {
  readonly id: number;
  readonly image_id: number | null;
  readonly image_revision: number;
  readonly kind: string;
  readonly summary: string;
  readonly operations: string;
  readonly inverse: string;
  readonly target_id: number | null;
  /** `open`: it is being made. */
  readonly status: string;
}

/**
 * The entry of that id.
 * @param imageId null: of the project as a whole
 * @throws TwinheadError `invalid-input` where the id belongs to another change
 */
export function knownEntry(
  reader: Reader,
  imageId: number | null,
  kind: string,
  editId: string | undefined,
): KnownEntry | undefined {
  if (editId === undefined) return undefined;
  const entry = reader.get<KnownEntry>(
    `SELECT id, image_id, image_revision, kind, summary, operations, inverse, target_id, status FROM journal WHERE edit_id = ?`,
    editId,
  );
  if (entry === undefined || (entry.image_id === imageId && entry.kind === kind)) return entry;
  throw editIdTaken();
}

/** The id belongs to another change than the one that is asked for. */
export function editIdTaken(): TwinheadError {
  return new TwinheadError('invalid-input', say('store.editId'), {
    place: 'editId',
    remedy: say('store.editId.remedy'),
  });
}

/** How many images an entry of the project as a whole has changed. */
export function countImages(reader: Reader, entryId: number): number {
  return reader.get<{ n: number }>('SELECT count(*) AS n FROM journal_images WHERE entry_id = ?', entryId)!.n;
}
