import type { Actor, AnnotationOperation, ImageAnnotations } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import type { StoreContext } from './context.ts';
import type { Reader, Writer } from './database.ts';
import {
  abandonImageRedo,
  abandonProjectRedo,
  appendEntry,
  lastDone,
  laterProjectChange,
  nextRedo,
  turnEntry,
} from './entries.ts';
import type { StackEntry } from './entries.ts';
import { planEdit, summarise } from './operations.ts';
import { applyPatch, imageClassIds, insertBox, UseCounts } from './apply-patch.ts';
import { classIdsOf, isEmptyPatch } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { BOX_COLUMNS, boxOf, IMAGE_COLUMNS, summaryOf, tupleOf } from './rows.ts';
import type { BoxRow, ImageRow } from './rows.ts';
import { readSettings } from './settings.ts';
import { readSuggestions } from './suggestion-rows.ts';

export interface EditResult {
  readonly annotations: ImageAnnotations;
  /** In the order of the operations that made them: `add-box`, and `accept-suggestion` of a box. */
  readonly createdBoxIds: number[];
}

function imageRow(reader: Reader, imageId: number): ImageRow {
  const row = reader.get<ImageRow>(`SELECT ${IMAGE_COLUMNS} FROM images WHERE id = ?`, imageId);
  if (row === undefined) {
    throw new TwinheadError('not-found', `There is no image with the id ${imageId}.`, {
      remedy: 'Read the list of images again.',
    });
  }
  return row;
}

function readAnnotations(reader: Reader, imageId: number): ImageAnnotations {
  const row = imageRow(reader, imageId);
  const boxes = reader
    .all<BoxRow>(`SELECT ${BOX_COLUMNS} FROM boxes WHERE image_id = ? ORDER BY id`, imageId)
    .map((box) => boxOf(tupleOf(box)));
  const last = lastDone(reader, imageId);
  return {
    image: summaryOf(row, imageClassIds(reader, imageId)),
    boxes,
    suggestions: readSuggestions(reader, imageId),
    note: reader.get<{ note: string }>('SELECT note FROM images WHERE id = ?', imageId)!.note,
    canUndo: last !== undefined && laterProjectChange(reader, imageId, last.id) === undefined,
    canRedo: nextRedo(reader, imageId) !== undefined,
  };
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
    actor: Actor = this.#context.actor,
  ): EditResult {
    return this.#context.db.write((writer) => {
      const image = imageRow(writer, imageId);
      if (image.revision !== expectedRevision) {
        throw new TwinheadError('stale-revision', `${image.path} was changed elsewhere in the meantime.`, {
          file: image.path,
          remedy: 'Look at the image as it is now and make the change again.',
          revision: image.revision,
        });
      }
      const plan = planEdit(
        writer,
        {
          id: imageId,
          width: image.width,
          height: image.height,
          boxCount: image.box_count,
          classCount: imageClassIds(writer, imageId).length,
        },
        operations,
        readSettings(writer).multipleImageClasses,
      );
      const uses = new UseCounts();
      const createdBoxIds = plan.added.map((box) => insertBox(writer, imageId, box, uses));
      const inverse = applyPatch(writer, imageId, plan.patch, uses, createdBoxIds);
      if (!isEmptyPatch(inverse)) {
        uses.flush(writer);
        abandonImageRedo(writer, imageId);
        abandonProjectRedo(writer);
        appendEntry(writer, this.#context, {
          imageId,
          kind: 'edit',
          summary: summarise(operations, plan.sources),
          actor,
          operations,
          inverse,
          status: 'done',
        });
      }
      return { annotations: readAnnotations(writer, imageId), createdBoxIds };
    });
  }

  /** Takes back the last edit of the image. @throws TwinheadError `not-allowed` where there is none, with the reason */
  undo(imageId: number, actor: Actor = this.#context.actor): ImageAnnotations {
    return this.#context.db.write((writer) => {
      imageRow(writer, imageId);
      const last = lastDone(writer, imageId);
      if (last === undefined) {
        throw new TwinheadError('not-allowed', 'This image has no edit to undo.', {
          remedy: 'Changes of the whole project are undone for the whole project.',
        });
      }
      const later = laterProjectChange(writer, imageId, last.id);
      if (later !== undefined) {
        throw new TwinheadError(
          'not-allowed',
          `The last change of this image was one of the whole project: ${later.summary}.`,
          { remedy: 'Undo that for the project first.' },
        );
      }
      return this.#turn(writer, imageId, last, 'undo', actor);
    });
  }

  /** Makes the last undone edit again. @throws TwinheadError `not-allowed` where there is none */
  redo(imageId: number, actor: Actor = this.#context.actor): ImageAnnotations {
    return this.#context.db.write((writer) => {
      imageRow(writer, imageId);
      const next = nextRedo(writer, imageId);
      if (next === undefined) {
        throw new TwinheadError('not-allowed', 'This image has no undone edit to redo.', {
          remedy: 'A new edit ends what can be redone.',
        });
      }
      return this.#turn(writer, imageId, next, 'redo', actor);
    });
  }

  #turn(
    writer: Writer,
    imageId: number,
    entry: StackEntry,
    kind: 'undo' | 'redo',
    actor: Actor,
  ): ImageAnnotations {
    const patch = JSON.parse(entry.inverse) as ImagePatch;
    for (const classId of classIdsOf(patch)) {
      if (writer.get('SELECT 1 AS there FROM classes WHERE id = ?', classId) === undefined) {
        throw new TwinheadError('not-allowed', `A class that this ${kind} needs was deleted since.`, {
          remedy: 'Undo the deletion of the class for the project first.',
        });
      }
    }
    const uses = new UseCounts();
    const inverse = applyPatch(writer, imageId, patch, uses);
    uses.flush(writer);
    abandonProjectRedo(writer);
    const record = appendEntry(writer, this.#context, {
      imageId,
      kind,
      summary: `${kind === 'undo' ? 'Undone' : 'Redone'}: ${entry.summary}`,
      actor,
      operations: [],
      inverse,
      status: 'record',
      targetId: entry.id,
    });
    turnEntry(writer, entry.id, kind === 'undo' ? 'undone' : 'done', record);
    return readAnnotations(writer, imageId);
  }
}
