import { MOST_LISTED } from '../../common/entities.ts';
import type { JournalEntry, ProjectStep } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { lastProjectDone, nextProjectRedo, ProjectEntry, setApplied } from './entries.ts';
import type { StackEntry } from './entries.ts';
import { countImages, knownEntry } from './edit-ids.ts';
import type { ChangeOptions, KnownEntry } from './edit-ids.ts';
import { readProjectPatch } from './patch-text.ts';
import { boxesOfEntries } from './entry-boxes.ts';
import { isEmptyProjectPatch } from './project-patch.ts';
import { applyProjectEntry } from './project-undo.ts';
import { atOnce, inTurns } from './slices.ts';
import type { Slices } from './slices.ts';
import { projectSteps, stepOf } from './steps.ts';
import { entryOf, JOURNAL_COLUMNS } from '../rows/rows.ts';
import type { JournalRow } from '../rows/rows.ts';

/** Whether the step has nothing to take back. */
function isEmptyEntry(reader: Reader, { appliedId, inverse }: StackEntry): boolean {
  return isEmptyProjectPatch(readProjectPatch(inverse, appliedId)) && countImages(reader, appliedId) === 0;
}

/** The step that a known undo or redo was about, in the state that it gave it. */
function knownStep(reader: Reader, known: KnownEntry, state: 'done' | 'undone'): ProjectStep {
  return { ...stepOf(reader, known.target_id!)!, state };
}

/** @throws TwinheadError `not-allowed` */
export function requireNoImport(reader: Reader): void {
  if (reader.get("SELECT 1 AS there FROM journal WHERE image_id IS NULL AND status = 'open'") === undefined)
    return;
  throw new TwinheadError('not-allowed', say('store.importing'), {
    remedy: say('store.importing.remedy'),
  });
}

interface StepOptions {
  /** The step that was seen when it was asked for. */
  readonly stepId?: number | undefined;
}

type UndoOptions = ChangeOptions & StepOptions & { readonly of?: string };

/** The history of the project, and undo and redo of what changed it as a whole. */
export class Journal {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Newest first. Of one image: its own edits and the changes of the project that touched it; null: everything. */
  list(imageId: number | null, limit = 100): JournalEntry[] {
    const { read } = this.#context.db;
    if (imageId === null)
      return read
        .all<JournalRow>(`SELECT ${JOURNAL_COLUMNS} FROM journal ORDER BY id DESC LIMIT ?`, limit)
        .map((row) => entryOf(row));
    const rows = read.all<JournalRow & { readonly inverse: string }>(
      `SELECT ${JOURNAL_COLUMNS}, said.inverse FROM (
         SELECT id AS entry_id, inverse FROM journal WHERE image_id = ?
         UNION ALL SELECT entry_id, inverse FROM journal_images WHERE image_id = ?
         ORDER BY entry_id DESC LIMIT ?) AS said
       CROSS JOIN journal ON journal.id = said.entry_id ORDER BY id DESC`,
      imageId,
      imageId,
      limit,
    );
    const boxes = boxesOfEntries(read, imageId, rows);
    return rows.map((row) => entryOf(row, boxes.get(row.id)));
  }

  /** What the next undo and redo of the project would take back or make again. */
  projectSteps(): { readonly undo: ProjectStep | null; readonly redo: ProjectStep | null } {
    return this.#context.db.snapshot((reader) => ({
      undo: stepOf(reader, lastProjectDone(reader)?.id),
      redo: stepOf(reader, nextProjectRedo(reader)?.id),
    }));
  }

  /** Every change of the project as a whole, the newest first. */
  steps(limit = 100): ProjectStep[] {
    return projectSteps(this.#context.db.read, limit);
  }

  /** Images of the project that a step has changed, as many as a filter lists. */
  imagesOf(entryId: number): number[] {
    return this.#context.db.read.values(
      `SELECT touched.image_id FROM journal_images AS touched JOIN images ON images.id = touched.image_id
       WHERE touched.entry_id = ? AND images.removed = 0 ORDER BY touched.image_id LIMIT ?`,
      entryId,
      MOST_LISTED,
    );
  }

  /**
   * Undoes the last change of the project as a whole; later edits of single images are kept, and so are added images that
   * have some. Returns what was undone, or null where nothing is left.
   * @param options.of nothing is undone where the last change was made under another id
   * @param options.stepId nothing is undone where the last change is another step
   * @throws TwinheadError `not-allowed` where an import is under way, or all of it has been changed since
   */
  undoProject(options: UndoOptions = {}): ProjectStep | null {
    return atOnce(this.#undo(options));
  }

  /** As `undoProject`; a large change is undone in slices, between which the event loop gets its turn and edits go on. */
  undoProjectInTurns(options: UndoOptions = {}): Promise<ProjectStep | null> {
    return inTurns(this.#undo(options));
  }

  #undo({ editId, of, stepId }: UndoOptions): Slices<ProjectStep | null> {
    let step: ProjectStep | null = null;
    return applyProjectEntry<ProjectStep | null>(
      this.#context,
      (writer) => {
        const known = knownEntry(writer, null, 'undo', editId);
        if (known !== undefined && known.status !== 'open')
          return { answer: knownStep(writer, known, 'done') };
        requireNoImport(writer);
        const entry = lastProjectDone(writer);
        if (entry === undefined || (of !== undefined && entry.edit_id !== of)) return { answer: null };
        if (entry.id !== (stepId ?? entry.id)) return { answer: null };
        step = stepOf(writer, entry.id);
        return { entry, kind: 'undo', actor: this.#context.actor, editId };
      },
      (writer, { entry }, { recordId, changed }) => {
        // An empty step that an older version wrote stands in nobody's way.
        if (!changed && !isEmptyEntry(writer, entry)) {
          throw new TwinheadError('not-allowed', say('store.undo.inUse', { summary: entry.summary }), {
            remedy: say('store.undo.inUse.remedy'),
          });
        }
        setApplied(writer, entry.id, 'undone', recordId);
        return step;
      },
    );
  }

  /**
   * Makes the last undone change of the project again. Returns what was redone, as it was until then, or null where
   * nothing is left.
   * @param options.stepId nothing is made again where the next one is another step
   * @throws TwinheadError `not-allowed` where an import is under way
   */
  redoProject(options: ChangeOptions & StepOptions = {}): ProjectStep | null {
    return atOnce(this.#redo(options));
  }

  /** As `redoProject`, in slices as `undoProjectInTurns`. */
  redoProjectInTurns(options: ChangeOptions & StepOptions = {}): Promise<ProjectStep | null> {
    return inTurns(this.#redo(options));
  }

  #redo({ editId, stepId }: ChangeOptions & StepOptions): Slices<ProjectStep | null> {
    let step: ProjectStep | null = null;
    return applyProjectEntry<ProjectStep | null>(
      this.#context,
      (writer) => {
        const known = knownEntry(writer, null, 'redo', editId);
        if (known !== undefined && known.status !== 'open')
          return { answer: knownStep(writer, known, 'undone') };
        requireNoImport(writer);
        const entry = nextProjectRedo(writer);
        if (entry === undefined || entry.id !== (stepId ?? entry.id)) return { answer: null };
        step = stepOf(writer, entry.id);
        return { entry, kind: 'redo', actor: this.#context.actor, editId };
      },
      (writer, { entry }, { recordId }) => {
        setApplied(writer, entry.id, 'done', recordId);
        return step;
      },
    );
  }

  /**
   * For the repositories: a new change of the project, which ends what could be redone where it changes anything.
   * @throws TwinheadError `not-allowed` where an import is under way: changes of the project come one after another
   */
  begin(
    writer: Writer,
    entry: { kind: string; summary: Said; operations: unknown; editId?: string },
  ): ProjectEntry {
    requireNoImport(writer);
    const { actor } = this.#context;
    return ProjectEntry.begin(writer, this.#context, { ...entry, actor, status: 'done' });
  }
}
