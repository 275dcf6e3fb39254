import { SPLITS } from '../../common/entities.ts';
import type { Actor, Split } from '../../common/entities.ts';
import { isEmptyProjectPatch } from './project-patch.ts';
import type { ProjectPatch } from './project-patch.ts';
import type { StoreContext } from '../database/context.ts';
import { now, raiseLabelsRevision, raiseRevision } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { applyPatch } from './apply-patch.ts';
import { UseCounts } from './use-counts.ts';
import { countImages } from './edit-ids.ts';
import { reclassBoxes, removeClassBoxes, applyBulk } from './bulk-changes.ts';
import { isEmptyPatch, touchesAnnotations, touchesLabels } from './patch.ts';
import { patchText } from './patch-text.ts';
import type { ImagePatch } from './patch.ts';
import { entrySummary } from '../rows/entry-summary.ts';
import { storedSaid } from '../../common/sentences/stored.ts';
import type { Said } from '../../common/sentences/sentence.ts';

export type EntryStatus = 'open' | 'done' | 'undone' | 'abandoned' | 'record';

export interface NewEntry {
  /** null: of the project as a whole. */
  readonly imageId: number | null;
  readonly kind: string;
  readonly summary: Said;
  readonly actor: Actor;
  /** The run or file behind a model or an import. */
  readonly actorName?: string;
  /** What was asked for, as plain data. */
  readonly operations: unknown;
  readonly inverse: ImagePatch | ProjectPatch;
  readonly status: EntryStatus;
  /** See ChangeOptions. */
  readonly editId?: string;
  /** The entry that an undo or redo concerns. */
  readonly targetId?: number;
}

/** Writes the entry and raises the project's revision with it. Returns the entry's id. */
export function appendEntry(writer: Writer, context: StoreContext, entry: NewEntry): number {
  const revision = raiseRevision(writer);
  if (entry.imageId !== null) {
    writer.run('UPDATE images SET edited_revision = ? WHERE id = ?', revision, entry.imageId);
    if (touchesLabels(entry.inverse as ImagePatch)) raiseLabelsRevision(writer);
  }
  return writer.run(
    `INSERT INTO journal (image_revision, image_id, kind, summary, actor, actor_name, at, revision, operations, inverse,
       status, target_id, edit_id)
     VALUES ((SELECT revision FROM images WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.imageId,
    entry.imageId,
    entry.kind,
    storedSaid(entry.summary),
    entry.actor,
    entry.actorName ?? null,
    now(context),
    revision,
    JSON.stringify(entry.operations),
    patchText(entry.inverse),
    entry.status,
    entry.targetId ?? null,
    entry.editId ?? null,
  ).lastId;
}

/** An undone change of the project can't be redone once anything else has changed. */
export function abandonProjectRedo(writer: Writer): void {
  writer.run("UPDATE journal SET status = 'abandoned' WHERE status = 'undone' AND image_id IS NULL");
}

export function abandonImageRedo(writer: Writer, imageId: number): void {
  writer.run("UPDATE journal SET status = 'abandoned' WHERE status = 'undone' AND image_id = ?", imageId);
}

/** Patches of images of which nothing is said but that they have come into the project, or gone. */
const ADDED = patchText({ removed: true });
const TAKEN_OUT = patchText({ removed: false });
/** Texts of the journal that say nothing but a split. */
const MOVED = SPLITS.map((split) => ({ split, said: patchText({ split }) }));
/** Patches that are applied to all their images at once. */
export const AT_ONCE: readonly string[] = [ADDED, TAKEN_OUT, ...MOVED.map(({ said }) => said)];

/** A change may come to an image in several parts, which concern different things. */
const MERGE = `ON CONFLICT (entry_id, image_id) DO UPDATE SET annotations = max(annotations, excluded.annotations),
  inverse = json_patch(inverse, excluded.inverse)`;

/**
 * One change of the project as a whole while it is made: its patches image by image, each with its inverse, under
 * one entry of the journal.
 */
export class ProjectEntry {
  readonly id: number;
  readonly uses = new UseCounts();
  #images = 0;
  #labels = false;
  readonly #writer: Writer;
  readonly #isNew: boolean;

  /** @param isNew made and finished in this transaction, as a change of its own */
  constructor(writer: Writer, id: number, isNew = false) {
    this.#writer = writer;
    this.id = id;
    this.#isNew = isNew;
  }

  static begin(
    writer: Writer,
    context: StoreContext,
    entry: Omit<NewEntry, 'imageId' | 'inverse'>,
  ): ProjectEntry {
    const id = appendEntry(writer, context, { ...entry, imageId: null, inverse: {} });
    return new ProjectEntry(writer, id, entry.status === 'done');
  }

  /** How many parts it has changed: an image counts once for each of its parts. */
  get images(): number {
    return this.#images;
  }

  /** How many images it has changed, by the journal. */
  countImages(): number {
    return countImages(this.#writer, this.id);
  }

  /** `created`: see applyPatch. False where nothing changed. */
  apply(imageId: number, patch: ImagePatch, created: readonly number[] = []): boolean {
    const inverse = applyPatch(this.#writer, imageId, patch, this.uses, created);
    if (isEmptyPatch(inverse)) return false;
    if (touchesLabels(inverse)) this.#changedLabels();
    this.#writer.run(
      `INSERT INTO journal_images (entry_id, image_id, annotations, inverse) VALUES (?, ?, ?, ?)
       ${MERGE}`,
      this.id,
      imageId,
      Number(touchesAnnotations(inverse)),
      patchText(inverse),
    );
    this.#images += 1;
    return true;
  }

  /** Gives every box of one class another. */
  reclassAll(fromClass: number, toClass: number): void {
    this.#images += reclassBoxes(this.#writer, this.id, fromClass, toClass, this.uses);
    this.#changedLabels();
  }

  /** Removes every box of a class. */
  removeAll(classId: number): void {
    this.#images += removeClassBoxes(this.#writer, this.id, classId, this.uses);
    this.#changedLabels();
  }

  /** Does at once what another entry says of boxes of a class, and tells the images that are left to be done one by one. */
  applyBoxesOf(appliedId: number, apart: Iterable<number>): ReadonlySet<number> {
    const { images, left } = applyBulk(this.#writer, { record: this.id, appliedId, apart }, this.uses);
    this.#images += images;
    if (images > 0) this.#changedLabels();
    return left;
  }

  /** Notes that images have just been added. */
  noteAdded(imageIds: readonly number[]): void {
    this.#images += this.#writer.run(
      `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
       SELECT ?, value, 0, '${ADDED}' FROM json_each(?) WHERE 1 ${MERGE}`,
      this.id,
      JSON.stringify(imageIds),
    ).changes;
  }

  /** Takes images out of the project of which nothing is said: no box, no class, no suggestion. */
  takeOut(imageIds: readonly number[]): void {
    if (imageIds.length === 0) return;
    const ids = JSON.stringify(imageIds);
    this.#changedLabels();
    this.#images += this.#writer.run(
      `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
       SELECT ?, value, 0, '${TAKEN_OUT}' FROM json_each(?)`,
      this.id,
      ids,
    ).changes;
    this.#writer.run(
      'UPDATE images SET removed = 1, revision = revision + 1 WHERE id IN (SELECT value FROM json_each(?))',
      ids,
    );
  }

  /**
   * Takes images out of the project or back into it, as the entry `appliedId` says of images of which it says nothing else.
   * Those in `apart` stay.
   */
  applyAdditionsOf(appliedId: number, apart: Iterable<number>): void {
    for (const [said, inverse, removed] of [
      [ADDED, TAKEN_OUT, 1],
      [TAKEN_OUT, ADDED, 0],
    ] as const) {
      const { changes } = this.#writer.run(
        `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
         SELECT ?, touched.image_id, 0, ? FROM journal_images AS touched
         CROSS JOIN images ON images.id = touched.image_id
         WHERE touched.entry_id = ? AND touched.inverse = ? AND images.removed <> ?
           AND touched.image_id NOT IN (SELECT value FROM json_each(?))`,
        this.id,
        inverse,
        appliedId,
        said,
        removed,
        JSON.stringify(removed === 1 ? [...apart] : []),
      );
      if (changes === 0) continue;
      this.#images += changes;
      this.#changedLabels();
      this.#writer.run(
        `UPDATE images SET removed = ?, revision = revision + 1
         WHERE id IN (SELECT image_id FROM journal_images WHERE entry_id = ? AND inverse = ?)`,
        removed,
        this.id,
        inverse,
      );
    }
  }

  /** Moves images to the split that the entry `appliedId` says, where it says nothing else of them. */
  applySplitsOf(appliedId: number): void {
    for (const { split, said } of MOVED) {
      const ids = this.#writer.values<number>(
        `SELECT touched.image_id FROM journal_images AS touched CROSS JOIN images ON images.id = touched.image_id
         WHERE touched.entry_id = ? AND touched.inverse = ? AND images.split <> ?`,
        appliedId,
        said,
        split,
      );
      if (ids.length > 0) this.moveToSplit(split, ids);
    }
  }

  /**
   * More is to come in later transactions: if it doesn't, it is taken back, as all that it says.
   * @param classes what takes the classes back
   */
  leaveOpen(classes: Pick<ProjectPatch, 'put' | 'remove'>): void {
    const { put, remove } = classes;
    this.#writer.run(
      "UPDATE journal SET status = 'open', inverse = ? WHERE id = ?",
      patchText({ put, remove }),
      this.id,
    );
  }

  /** What the entry says of itself while it grows. */
  describe(summary: Said, operations: unknown): void {
    this.#writer.run(
      'UPDATE journal SET summary = ?, operations = ? WHERE id = ?',
      storedSaid(summary),
      JSON.stringify(operations),
      this.id,
    );
  }

  /** Moves images that are elsewhere to `split`: the patches are made by SQLite. */
  moveToSplit(split: Split, imageIds: readonly number[]): void {
    this.#changedLabels();
    const ids = JSON.stringify(imageIds);
    this.#images += this.#writer.run(
      `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
       SELECT ?, id, 0, json_object('v', 2, 'split', split) FROM images WHERE id IN (SELECT value FROM json_each(?))`,
      this.id,
      ids,
    ).changes;
    this.#writer.run(
      'UPDATE images SET split = ?, revision = revision + 1 WHERE id IN (SELECT value FROM json_each(?))',
      split,
      ids,
    );
  }

  /**
   * Counts are written; undone edits of the images that were touched can't be redone any more, nor, after a new change,
   * those of the project. @returns false for a new change that has changed nothing: it leaves no entry
   */
  finish(inverse: ProjectPatch): boolean {
    if (this.#isNew && this.#images === 0 && isEmptyProjectPatch(inverse) && this.countImages() === 0) {
      this.#writer.run('DELETE FROM journal WHERE id = ?', this.id);
      return false;
    }
    if (this.#isNew) abandonProjectRedo(this.#writer);
    if ((inverse.put?.length ?? 0) + (inverse.remove?.length ?? 0) > 0) this.#changedLabels();
    this.uses.flush(this.#writer);
    this.#writer.run(
      "UPDATE journal SET inverse = ?, status = CASE WHEN status <> 'open' THEN status WHEN target_id IS NULL THEN 'done' ELSE 'record' END WHERE id = ?",
      patchText(inverse),
      this.id,
    );
    this.#writer.run(
      `UPDATE journal SET status = 'abandoned' WHERE status = 'undone' AND image_id IN (
         SELECT image_id FROM journal_images WHERE entry_id = ? AND annotations = 1)`,
      this.id,
    );
    return true;
  }

  /** Once is enough for one transaction. */
  #changedLabels(): void {
    if (!this.#labels) raiseLabelsRevision(this.#writer);
    this.#labels = true;
  }
}

export interface StackEntry {
  readonly id: number;
  readonly summary: Said;
  /** Whose patch the next undo or redo applies. */
  readonly appliedId: number;
  readonly edit_id: string | null;
  readonly inverse: string;
}

function stackEntry(reader: Reader, where: string, ...parameters: number[]): StackEntry | undefined {
  const entry = reader.get<
    StackEntry & { readonly summary: string; readonly kind: string; readonly actor_name: string | null }
  >(
    `SELECT entry.id, entry.kind, entry.summary, entry.actor_name, entry.edit_id, coalesce(entry.turn_id, entry.id) AS appliedId,
       (SELECT inverse FROM journal WHERE id = coalesce(entry.turn_id, entry.id)) AS inverse
     FROM journal AS entry WHERE ${where} LIMIT 1`,
    ...parameters,
  );
  return entry && { ...entry, summary: entrySummary(entry) };
}

/** The last change in force of an image's own history, whether or not it can be undone now. */
export function lastDone(reader: Reader, imageId: number): StackEntry | undefined {
  return stackEntry(reader, "image_id = ? AND status = 'done' ORDER BY id DESC", imageId);
}

/** Changes are undone from the last to the first, so the first of the undone is the next to be redone. */
export function nextRedo(reader: Reader, imageId: number): StackEntry | undefined {
  return stackEntry(reader, "image_id = ? AND status = 'undone' ORDER BY id", imageId);
}

export function lastProjectDone(reader: Reader): StackEntry | undefined {
  return stackEntry(reader, "image_id IS NULL AND status = 'done' ORDER BY id DESC");
}

export function nextProjectRedo(reader: Reader): StackEntry | undefined {
  return stackEntry(reader, "image_id IS NULL AND status = 'undone' ORDER BY id");
}

/** A change of the whole project, in force and later than `entryId`, that touched labels of the image. */
export function laterProjectChange(
  reader: Reader,
  imageId: number,
  entryId: number,
): { readonly id: number; readonly summary: Said } | undefined {
  const entry = reader.get<{ id: number; kind: string; summary: string; actor_name: string | null }>(
    `SELECT journal.id, journal.kind, journal.summary, journal.actor_name FROM journal_images AS touched JOIN journal ON journal.id = touched.entry_id
     WHERE touched.image_id = ? AND touched.entry_id > ? AND touched.annotations = 1
       AND journal.status IN ('done', 'open') ORDER BY touched.entry_id DESC LIMIT 1`,
    imageId,
    entryId,
  );
  return entry && { id: entry.id, summary: entrySummary(entry) };
}

/** The entry now counts as `status`; the next undo or redo of it applies the patch of `appliedId`. */
export function setApplied(
  writer: Writer,
  entryId: number,
  status: 'done' | 'undone',
  appliedId: number,
): void {
  writer.run('UPDATE journal SET status = ?, turn_id = ? WHERE id = ?', status, appliedId, entryId);
}
