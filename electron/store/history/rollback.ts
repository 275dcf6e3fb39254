import { putClasses, removeUnusedClasses } from '../rows/class-rows.ts';
import type { StoreContext } from '../database/context.ts';
import { raiseLabelsRevision, raiseRevision } from '../database/context.ts';
import { changedSince } from './changed-since.ts';
import { applyPatch } from './apply-patch.ts';
import { UseCounts } from './use-counts.ts';
import { without } from './patch.ts';
import { readProjectPatch, readImagePatch } from './patch-text.ts';
import { readSaid, storedSaid } from '../../common/sentences/stored.ts';
import { say } from '../../common/sentences/sentence.ts';

/** Images in one transaction. */
const PAGE = 400;

/**
 * Takes back an import, an undo or another change in slices that was not completed: each transaction applies the inverses of some images and forgets them, so
 * that a crash leaves fewer for the next time. What edits have changed since is kept.
 */
export function* rollBackSteps(context: StoreContext, entryId: number): Generator<() => void> {
  let left = true;
  while (left) {
    yield () => {
      left = context.db.write((writer) => {
        const rows = writer.all<{ image_id: number; inverse: string }>(
          'SELECT image_id, inverse FROM journal_images WHERE entry_id = ? ORDER BY image_id LIMIT ?',
          entryId,
          PAGE,
        );
        const uses = new UseCounts();
        const among = [rows.at(0)?.image_id ?? 0, rows.at(-1)?.image_id ?? 0] as const;
        const kept = changedSince(writer, entryId, entryId, among);
        for (const { image_id, inverse } of rows) {
          const patch = readImagePatch(inverse, entryId);
          const protectedRows = kept.get(image_id);
          applyPatch(
            writer,
            image_id,
            protectedRows === undefined ? patch : without(patch, protectedRows),
            uses,
          );
          writer.run('DELETE FROM journal_images WHERE entry_id = ? AND image_id = ?', entryId, image_id);
        }
        uses.flush(writer);
        if (rows.length > 0) {
          raiseRevision(writer);
          raiseLabelsRevision(writer);
        }
        return rows.length === PAGE;
      });
    };
  }
  yield () => {
    context.db.write((writer) => {
      const { inverse, summary, targetId } = writer.get<{
        inverse: string;
        summary: string;
        targetId: number | null;
      }>('SELECT inverse, summary, target_id AS targetId FROM journal WHERE id = ?', entryId)!;
      const { put = [], remove = [] } = readProjectPatch(inverse, entryId);
      putClasses(writer, put);
      removeUnusedClasses(writer, remove);
      // Of an undo or redo nothing is left: the step is in the state in which it was.
      if (targetId !== null) writer.run('DELETE FROM journal WHERE id = ?', entryId);
      else
        writer.run(
          "UPDATE journal SET status = 'abandoned', summary = ?, inverse = '{}', edit_id = NULL WHERE id = ?",
          storedSaid(say('history.takenBack', { what: readSaid(summary) })),
          entryId,
        );
      raiseRevision(writer);
      raiseLabelsRevision(writer);
    });
  };
}

/** Imports and other changes in slices that a process left open when it died. Called at open. */
export function rollBackOpenImports(context: StoreContext): void {
  const open = context.db.read.all<{ id: number }>(
    "SELECT id FROM journal WHERE image_id IS NULL AND status = 'open' ORDER BY id DESC",
  );
  for (const { id } of open) {
    for (const step of rollBackSteps(context, id)) step();
  }
}
