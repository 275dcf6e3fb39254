import type { Actor, AnnotationOperation, ImageAnnotations } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { kit } from '../../common/labels/kits.ts';
import { say } from '../../common/sentences/sentence.ts';
import { entrySummary } from '../rows/entry-summary.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import {
  abandonImageRedo,
  abandonProjectRedo,
  appendEntry,
  lastDone,
  laterProjectChange,
  nextRedo,
  setApplied,
} from '../history/entries.ts';
import type { NewEntry, StackEntry } from '../history/entries.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions, KnownEntry } from '../history/edit-ids.ts';
import { contentAfter, patchBetween, readContent } from '../history/rewind.ts';
import type { ImageContent } from '../history/rewind.ts';
import { planEdit } from './operations.ts';
import { applyPatch } from '../history/apply-patch.ts';
import { insertBoxes } from '../history/replace-boxes.ts';
import { UseCounts } from '../history/use-counts.ts';
import { classIdsOf, isEmptyPatch } from '../history/patch.ts';
import { readImagePatch } from '../history/patch-text.ts';
import type { ImagePatch } from '../history/patch.ts';
import { boxOf } from '../rows/box-rows.ts';
import { IMAGE_COLUMNS, noImage, summaryOf } from '../rows/rows.ts';
import type { ImageRow } from '../rows/rows.ts';
import { suggestionsOf } from '../rows/suggestion-rows.ts';
import { readSaid } from '../../common/sentences/stored.ts';

export interface EditResult {
  readonly annotations: ImageAnnotations;
  /** In the order of the operations that made them: `add-box`, and `accept-suggestion` of a box. */
  readonly createdBoxIds: number[];
}

function findImageRow(reader: Reader, imageId: number): ImageRow | undefined {
  return reader.get<ImageRow>(`SELECT ${IMAGE_COLUMNS} FROM images WHERE id = ? AND removed = 0`, imageId);
}

function imageRow(reader: Reader, imageId: number): ImageRow {
  const row = findImageRow(reader, imageId);
  if (row === undefined) throw noImage(imageId);
  return row;
}

function annotationsOf(reader: Reader, row: ImageRow, content: ImageContent): ImageAnnotations {
  const last = lastDone(reader, row.id);
  return {
    image: summaryOf(row, [...content.imageClassIds]),
    boxes: [...content.boxes.values()].map(boxOf).sort((a, b) => a.id - b.id),
    suggestions: suggestionsOf(reader, content.suggestions.values()),
    note: content.note,
    canUndo: last !== undefined && laterProjectChange(reader, row.id, last.id) === undefined,
    canRedo: nextRedo(reader, row.id) !== undefined,
  };
}

function readAnnotations(reader: Reader, imageId: number): ImageAnnotations {
  return annotationsOf(reader, imageRow(reader, imageId), readContent(reader, imageId));
}

/** The image as it was right after an entry of its own history. Where its file lies, and its split, are as they are. */
function annotationsAfter(reader: Reader, imageId: number, entry: KnownEntry): ImageAnnotations {
  const row = imageRow(reader, imageId);
  if (row.revision === entry.image_revision) return readAnnotations(reader, imageId);
  const content = contentAfter(reader, imageId, entry.id);
  const { state } = content;
  return annotationsOf(
    reader,
    {
      ...row,
      revision: entry.image_revision,
      state,
      verified: content.verified ? 1 : 0,
      flagged: content.flagged ? 1 : 0,
      noted: content.note === '' ? 0 : 1,
      box_count: content.boxes.size,
      suggestion_count: content.suggestions.size,
    },
    content,
  );
}

function requireRevision(image: ImageRow, expected: number): void {
  if (image.revision === expected) return;
  throw new TwinheadError('stale-revision', say('store.stale', { path: image.path }), {
    file: image.path,
    remedy: say('store.stale.remedy'),
    revision: image.revision,
  });
}

function requireClasses(reader: Reader, patch: ImagePatch, what: 'restore' | 'undo' | 'redo'): void {
  for (const classId of classIdsOf(patch)) {
    if (reader.get('SELECT 1 AS there FROM classes WHERE id = ?', classId) !== undefined) continue;
    throw new TwinheadError('not-allowed', say(`store.classDeleted.${what}`), {
      remedy: say('store.classDeleted.remedy'),
    });
  }
}

function entryOfImage(reader: Reader, imageId: number, entryId: number): { readonly summary: Said } {
  const entry = reader.get<{ kind: string; summary: string; actor_name: string | null }>(
    `SELECT kind, summary, actor_name FROM journal WHERE id = ? AND (image_id = ?
       OR EXISTS (SELECT 1 FROM journal_images WHERE entry_id = journal.id AND image_id = ?))`,
    entryId,
    imageId,
    imageId,
  );
  if (entry === undefined) {
    throw new TwinheadError('not-found', say('store.noEntry'), {
      remedy: say('store.noEntry.remedy'),
    });
  }
  return { summary: entrySummary(entry) };
}

interface UndoOptions extends ChangeOptions {
  /** Revision of the image as it was looked at; left out: whatever it is. */
  readonly expectedRevision?: number;
}

/** What a person says about single images: read, edited, undone and redone. Every change is durable on return. */
export class Annotations {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** @throws TwinheadError `not-found` */
  get(imageId: number): ImageAnnotations {
    return this.#context.db.snapshot((reader) => readAnnotations(reader, imageId));
  }

  /** Labels of those images that there are, in their order. */
  list(imageIds: readonly number[]): ImageAnnotations[] {
    return this.#context.db.snapshot((reader) =>
      imageIds.flatMap((imageId) => {
        const row = findImageRow(reader, imageId);
        return row === undefined ? [] : [annotationsOf(reader, row, readContent(reader, imageId))];
      }),
    );
  }

  /**
   * All operations as one transaction and one step of undo, or none of them. An edit that changes nothing leaves
   * the revision and the history as they are.
   * @throws TwinheadError `stale-revision` (`details.revision` is the current one), `not-found`, `invalid-input`
   * (`details.place` names the operation), `not-allowed`, `disk-full`, `read-only`
   */
  edit(
    imageId: number,
    expectedRevision: number,
    operations: readonly AnnotationOperation[],
    { editId, actor = this.#context.actor }: ChangeOptions & { readonly actor?: Actor } = {},
  ): EditResult {
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, imageId, 'edit', editId);
      if (known !== undefined) {
        const { remove = [] } = readImagePatch(known.inverse, known.id);
        return { annotations: annotationsAfter(writer, imageId, known), createdBoxIds: [...remove] };
      }
      const image = imageRow(writer, imageId);
      requireRevision(image, expectedRevision);
      const plan = planEdit(writer, image, operations);
      const uses = new UseCounts();
      const createdBoxIds = insertBoxes(writer, imageId, plan.added, uses);
      const inverse = applyPatch(writer, imageId, plan.patch, uses, createdBoxIds);
      const { summary } = plan;
      this.#enter(writer, { imageId, kind: 'edit', summary, actor, operations, inverse, editId }, uses);
      return { annotations: readAnnotations(writer, imageId), createdBoxIds };
    });
  }

  /**
   * Makes the image as it was right after an entry of its history (0: before all of them), but for its split. A step
   * of undo like any edit.
   * @throws TwinheadError `stale-revision`, `not-found`; `not-allowed` where a class was deleted since or a box would
   * lie outside the image as it is now
   */
  restore(
    imageId: number,
    expectedRevision: number,
    entryId: number,
    { editId }: ChangeOptions = {},
  ): ImageAnnotations {
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, imageId, 'restore', editId);
      if (known !== undefined) return annotationsAfter(writer, imageId, known);
      const image = imageRow(writer, imageId);
      requireRevision(image, expectedRevision);
      const entry = entryId === 0 ? undefined : entryOfImage(writer, imageId, entryId);
      const patch = patchBetween(readContent(writer, imageId), contentAfter(writer, imageId, entryId));
      requireClasses(writer, patch, 'restore');
      for (const box of patch.put ?? []) kit.requireInside(box, image, 'boxes');
      const uses = new UseCounts();
      const inverse = applyPatch(writer, imageId, patch, uses);
      const summary =
        entry === undefined ? say('history.restoredStart') : say('history.restored', { what: entry.summary });
      const operations = [{ type: 'restore', entryId }];
      const { actor } = this.#context;
      this.#enter(writer, { imageId, kind: 'restore', summary, actor, operations, inverse, editId }, uses);
      return readAnnotations(writer, imageId);
    });
  }

  /** Into the journal, unless nothing has changed. */
  #enter(
    writer: Writer,
    entry: Omit<NewEntry, 'status'> & { readonly imageId: number },
    uses: UseCounts,
  ): void {
    if (isEmptyPatch(entry.inverse as ImagePatch)) return;
    uses.flush(writer);
    abandonImageRedo(writer, entry.imageId);
    abandonProjectRedo(writer);
    appendEntry(writer, this.#context, { ...entry, status: 'done' });
  }

  /**
   * Takes back the last edit of the image.
   * @throws TwinheadError `stale-revision`; `not-allowed` where there is no edit, with the reason
   */
  undo(imageId: number, { expectedRevision, editId }: UndoOptions = {}): ImageAnnotations {
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, imageId, 'undo', editId);
      if (known !== undefined) return annotationsAfter(writer, imageId, known);
      const image = imageRow(writer, imageId);
      if (expectedRevision !== undefined) requireRevision(image, expectedRevision);
      const last = lastDone(writer, imageId);
      if (last === undefined) {
        throw new TwinheadError('not-allowed', say('store.noUndo'), {
          remedy: say('store.noUndo.remedy'),
        });
      }
      const later = laterProjectChange(writer, imageId, last.id);
      if (later !== undefined) {
        throw new TwinheadError('not-allowed', say('store.undo.project', { what: later.summary }), {
          remedy: say('store.undo.project.remedy'),
        });
      }
      return this.#applyEntry(writer, imageId, last, 'undo', editId);
    });
  }

  /** The edit that the next redo makes again: after an undo, what it has undone. */
  undone(imageId: number): { readonly summary: Said; readonly at: string } | null {
    return this.#context.db.snapshot((reader) => {
      const id = nextRedo(reader, imageId)?.id;
      if (id === undefined) return null;
      const { summary, at } = reader.get<{ summary: string; at: string }>(
        'SELECT summary, at FROM journal WHERE id = ?',
        id,
      )!;
      return { summary: readSaid(summary), at };
    });
  }

  /**
   * Makes the last undone edit again.
   * @throws TwinheadError `stale-revision`; `not-allowed` where there is none
   */
  redo(imageId: number, { expectedRevision, editId }: UndoOptions = {}): ImageAnnotations {
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, imageId, 'redo', editId);
      if (known !== undefined) return annotationsAfter(writer, imageId, known);
      const image = imageRow(writer, imageId);
      if (expectedRevision !== undefined) requireRevision(image, expectedRevision);
      const next = nextRedo(writer, imageId);
      if (next === undefined) {
        throw new TwinheadError('not-allowed', say('store.noRedo'), {
          remedy: say('store.noRedo.remedy'),
        });
      }
      return this.#applyEntry(writer, imageId, next, 'redo', editId);
    });
  }

  #applyEntry(
    writer: Writer,
    imageId: number,
    entry: StackEntry,
    kind: 'undo' | 'redo',
    editId: string | undefined,
  ): ImageAnnotations {
    const patch = readImagePatch(entry.inverse, entry.appliedId);
    requireClasses(writer, patch, kind);
    const uses = new UseCounts();
    const inverse = applyPatch(writer, imageId, patch, uses);
    uses.flush(writer);
    abandonProjectRedo(writer);
    const record = appendEntry(writer, this.#context, {
      imageId,
      kind,
      summary: say(kind === 'undo' ? 'history.undone' : 'history.redone', { what: entry.summary }),
      actor: this.#context.actor,
      operations: [],
      inverse,
      status: 'record',
      targetId: entry.id,
      editId,
    });
    setApplied(writer, entry.id, kind === 'undo' ? 'undone' : 'done', record);
    return readAnnotations(writer, imageId);
  }
}
