import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { isSentence, say } from '../../common/sentences/sentence.ts';
import type { Reader } from '../database/database.ts';
import { readImagePatch, readProjectPatch } from './patch-text.ts';

/** Entries of the journal that no undo could read, each as its undo would say, up to `most`. */
export function unreadableEntries(reader: Reader, file: string, most: number): Problem[] {
  const problems: Problem[] = [];
  const look = (read: () => unknown): boolean => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof TwinheadError)) throw error;
      const { place, remedy } = error.details;
      // Which check to make is no advice of the check.
      const isCheck = isSentence(remedy) && remedy.key === 'store.entry.check';
      problems.push({
        file,
        place,
        message: error.said,
        remedy: isCheck ? say('store.health.restore') : remedy,
      });
    }
    return problems.length < most;
  };
  const entries = reader.iterate<{ id: number; image_id: number | null; inverse: string }>(
    'SELECT id, image_id, inverse FROM journal',
  );
  for (const { id, image_id: imageId, inverse } of entries)
    if (!look(() => (imageId === null ? readProjectPatch : readImagePatch)(inverse, id))) return problems;
  const parts = reader.iterate<{ entry_id: number; inverse: string }>(
    'SELECT entry_id, inverse FROM journal_images',
  );
  for (const { entry_id: id, inverse } of parts)
    if (!look(() => readImagePatch(inverse, id))) return problems;
  return problems;
}
