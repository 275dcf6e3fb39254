import { MOST_LISTED } from '../../common/entities.ts';
import type { Actor, JournalEntry, ProjectStep } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { storedPatches } from './bulk-changes.ts';
import { firstRows, putClasses, removeUnusedClasses } from '../rows/class-rows.ts';
import { changeMuch } from '../database/context.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { AT_ONCE, lastProjectDone, nextProjectRedo, ProjectEntry, setApplied } from './entries.ts';
import type { StackEntry } from './entries.ts';
import { countImages, knownEntry } from './edit-ids.ts';
import type { ChangeOptions, KnownEntry } from './edit-ids.ts';
import { boxIdsOf, isEmptyPatch, suggestionIdsOf, without } from './patch.ts';
import { readProjectPatch, readImagePatch } from './patch-text.ts';
import type { ImagePatch, Protected } from './patch.ts';
import { boxesOfEntries } from './entry-boxes.ts';
import { applyProjectPatch, isEmptyProjectPatch } from './project-patch.ts';
import { projectSteps, stepOf } from './steps.ts';
import { entryOf, JOURNAL_COLUMNS } from '../rows/rows.ts';
import type { JournalRow } from '../rows/rows.ts';

interface Keeping {
  readonly boxIds: Set<number>;
  readonly suggestionIds: Set<number>;
  imageClasses: boolean;
  state: boolean;
  verified: boolean;
}

/**
 * What edits of single images, later than the change and still in force, have changed on the images that it
 * touched (those with ids up to `upToImage`). An undo of the change leaves that alone: a person's later word counts.
 */
export function changedSince(
  reader: Reader,
  entryId: number,
  appliedId: number,
  upToImage = Number.MAX_SAFE_INTEGER,
): Map<number, Protected> {
  const kept = new Map<number, Keeping>();
  const later = reader.iterate<{ id: number; image_id: number; inverse: string }>(
    `SELECT edit.id, edit.image_id, edit.inverse FROM journal AS edit
     JOIN journal_images AS touched ON touched.entry_id = ? AND touched.image_id = edit.image_id
     WHERE edit.id > ? AND edit.status = 'done' AND touched.image_id <= ?`,
    appliedId,
    entryId,
    upToImage,
  );
  for (const row of later) {
    const patch = readImagePatch(row.inverse, row.id);
    let keeping = kept.get(row.image_id);
    if (keeping === undefined) {
      keeping = {
        boxIds: new Set(),
        suggestionIds: new Set(),
        imageClasses: false,
        state: false,
        verified: false,
      };
      kept.set(row.image_id, keeping);
    }
    for (const id of boxIdsOf(patch)) keeping.boxIds.add(id);
    for (const id of suggestionIdsOf(patch)) keeping.suggestionIds.add(id);
    keeping.imageClasses ||= patch.imageClassIds !== undefined;
    keeping.state ||= patch.state !== undefined;
    keeping.verified ||= patch.verified !== undefined;
  }
  return kept;
}

/** In the text of a query. */
const DONE_ALREADY = ['{}', ...AT_ONCE].map((text) => `'${text}'`).join(', ');

/**
 * Reads patches a few at a time: nothing may be written while a result is being read. Of the images of which
 * boxes alone are said, those in `left`.
 */
function* patchesOf(
  reader: Reader,
  entryId: number,
  left: ReadonlySet<number>,
): Generator<{ imageId: number; patch: ImagePatch }> {
  const page = 500;
  const leftText = JSON.stringify([...left]);
  const patchOf = storedPatches(reader, entryId);
  let after = 0;
  for (;;) {
    const rows = reader.all<{ image_id: number; inverse: string }>(
      `SELECT image_id, inverse FROM journal_images WHERE entry_id = ? AND image_id > ?
         AND (inverse NOT IN (${DONE_ALREADY}) OR image_id IN (SELECT value FROM json_each(?)))
       ORDER BY image_id LIMIT ?`,
      entryId,
      after,
      leftText,
      page,
    );
    for (const { image_id, inverse } of rows) yield { imageId: image_id, patch: patchOf(image_id, inverse) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = last.image_id;
  }
}

/**
 * Applies the patches of `entry.appliedId` under a new entry and returns it. Classes are put before the boxes that need
 * them and removed after those that needed them are gone.
 */
export function applyProjectEntry(
  writer: Writer,
  context: StoreContext,
  entry: StackEntry,
  kind: 'undo' | 'redo',
  actor: Actor,
  editId?: string,
): { readonly record: ProjectEntry; readonly changed: boolean } {
  const record = ProjectEntry.begin(writer, context, {
    kind,
    summary: say(kind === 'undo' ? 'history.undone' : 'history.redone', { what: entry.summary }),
    actor,
    operations: [],
    status: 'record',
    targetId: entry.id,
    editId,
  });
  const kept =
    kind === 'undo' ? changedSince(writer, entry.id, entry.appliedId) : new Map<number, Protected>();
  const patchOfProject = readProjectPatch(entry.inverse, entry.appliedId);
  const classes = putClasses(writer, patchOfProject.put ?? []);
  record.applyAdditionsOf(entry.appliedId, kept.keys());
  record.applySplitsOf(entry.appliedId);
  const left = record.applyBoxesOf(entry.appliedId, kept.keys());
  for (const { imageId, patch } of patchesOf(writer, entry.appliedId, left)) {
    const protectedRows = kept.get(imageId);
    const rest = protectedRows === undefined ? patch : without(patch, protectedRows);
    if (!isEmptyPatch(rest)) record.apply(imageId, rest);
  }
  record.uses.flush(writer);
  const put = firstRows(classes.put, removeUnusedClasses(writer, patchOfProject.remove ?? []));
  const rest = applyProjectPatch(writer, patchOfProject);
  record.finish({ put, remove: classes.remove, ...rest });
  const changed = put.length > 0 || classes.remove.length > 0 || Object.keys(rest).length > 0;
  return { record, changed: changed || record.images > 0 };
}

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
  undoProject({
    editId,
    of,
    stepId,
  }: ChangeOptions & StepOptions & { readonly of?: string } = {}): ProjectStep | null {
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'undo', editId);
      if (known !== undefined) return knownStep(writer, known, 'done');
      requireNoImport(writer);
      const entry = lastProjectDone(writer);
      if (entry === undefined || (of !== undefined && entry.edit_id !== of)) return null;
      if (entry.id !== (stepId ?? entry.id)) return null;
      const step = stepOf(writer, entry.id);
      const { actor } = this.#context;
      const { record, changed } = applyProjectEntry(writer, this.#context, entry, 'undo', actor, editId);
      // An empty step that an older version wrote stands in nobody's way.
      if (!changed && !isEmptyEntry(writer, entry)) {
        throw new TwinheadError('not-allowed', say('store.undo.inUse', { summary: entry.summary }), {
          remedy: say('store.undo.inUse.remedy'),
        });
      }
      setApplied(writer, entry.id, 'undone', record.id);
      return step;
    });
  }

  /**
   * Makes the last undone change of the project again. Returns what was redone, as it was until then, or null where
   * nothing is left.
   * @param options.stepId nothing is made again where the next one is another step
   * @throws TwinheadError `not-allowed` where an import is under way
   */
  redoProject({ editId, stepId }: ChangeOptions & StepOptions = {}): ProjectStep | null {
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'redo', editId);
      if (known !== undefined) return knownStep(writer, known, 'undone');
      requireNoImport(writer);
      const entry = nextProjectRedo(writer);
      if (entry === undefined || entry.id !== (stepId ?? entry.id)) return null;
      const step = stepOf(writer, entry.id);
      const { record } = applyProjectEntry(writer, this.#context, entry, 'redo', this.#context.actor, editId);
      setApplied(writer, entry.id, 'done', record.id);
      return step;
    });
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
