import type { Actor } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, raiseRevision } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { firstRows, putClasses, removeUnusedClasses } from '../rows/class-rows.ts';
import { storedPatches } from './bulk-changes.ts';
import { changedSince } from './changed-since.ts';
import { AT_ONCE, ProjectEntry } from './entries.ts';
import type { StackEntry } from './entries.ts';
import { isEmptyPatch, without } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { readProjectPatch } from './patch-text.ts';
import { applyProjectPatch } from './project-patch.ts';
import { rollBackSteps } from './rollback.ts';
import { SLICE_BOXES, SLICE_IMAGES } from './slices.ts';
import type { Slices } from './slices.ts';

export interface UndoRequest {
  readonly entry: StackEntry;
  readonly kind: 'undo' | 'redo';
  readonly actor: Actor;
  readonly editId: string | undefined;
}

/** In the text of a query. */
const DONE_ALREADY = ['{}', ...AT_ONCE].map((text) => `'${text}'`).join(', ');

/** What is left of an undo or redo after each of its transactions. */
interface UnderWay {
  readonly recordId: number;
  /** Images of which boxes alone are said and that are to be done one by one. */
  readonly left: string;
  readonly classes: ReturnType<typeof putClasses>;
  /** The last image that was done. */
  after: number;
  /** How many images it has changed. */
  images: number;
}

/**
 * Applies the patches of `entry.appliedId` under a new entry, those of many images in slices; what fails is taken back.
 * Classes are put before the boxes that need them, and removed after those that needed them.
 * @param conclude in the last transaction, once all is applied
 */
export function* applyProjectEntry<Value>(
  context: StoreContext,
  begin: (writer: Writer) => UndoRequest | { readonly answer: Value },
  conclude: (writer: Writer, request: UndoRequest, applied: { recordId: number; changed: boolean }) => Value,
): Slices<Value> {
  const started = changeMuch(context, (writer) => {
    const request = begin(writer);
    if ('answer' in request) return request;
    const underWay = start(writer, context, request);
    if (!isLarge(writer, request)) {
      while (!applySlice(writer, request, underWay));
      return { answer: finish(writer, request, underWay, conclude) };
    }
    new ProjectEntry(writer, underWay.recordId).leaveOpen(underWay.classes);
    return { request, underWay };
  });
  if ('answer' in started) return started.answer;
  const { request, underWay } = started;
  try {
    let done = false;
    while (!done) {
      yield;
      done = context.db.write((writer) => {
        const before = underWay.images;
        const last = applySlice(writer, request, underWay);
        if (underWay.images > before) raiseRevision(writer);
        return last;
      });
    }
    return changeMuch(context, (writer) => finish(writer, request, underWay, conclude));
  } catch (error) {
    // What a slice throws after the project was closed is that: the next opening takes it back.
    if (!context.db.open) throw error;
    for (const step of rollBackSteps(context, underWay.recordId)) {
      step();
      yield;
    }
    throw error;
  }
}

/** Boxes of a class as a whole are changed by one statement, however many: their patches have no text to be taken back by. */
function isLarge(reader: Reader, { entry }: UndoRequest): boolean {
  const { n } = reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM journal_images WHERE entry_id = ? AND inverse NOT IN (${DONE_ALREADY}) LIMIT ?)`,
    entry.appliedId,
    SLICE_IMAGES + 1,
  )!;
  if (n <= SLICE_IMAGES) return false;
  return (
    reader.get(
      'SELECT 1 AS there FROM journal_boxes WHERE entry_id IN (?, ?) LIMIT 1',
      entry.id,
      entry.appliedId,
    ) === undefined
  );
}

function start(writer: Writer, context: StoreContext, { entry, kind, actor, editId }: UndoRequest): UnderWay {
  const record = ProjectEntry.begin(writer, context, {
    kind,
    summary: say(kind === 'undo' ? 'history.undone' : 'history.redone', { what: entry.summary }),
    actor,
    operations: [],
    status: 'record',
    targetId: entry.id,
    editId,
  });
  const kept = keptSince(writer, entry, kind, record.id);
  const classes = putClasses(writer, readProjectPatch(entry.inverse, entry.appliedId).put ?? []);
  record.applyAdditionsOf(entry.appliedId, kept.keys());
  record.applySplitsOf(entry.appliedId);
  const left = record.applyBoxesOf(entry.appliedId, kept.keys());
  record.uses.flush(writer);
  return {
    ...{ recordId: record.id, left: JSON.stringify([...left]), classes },
    ...{ after: 0, images: record.images },
  };
}

/** A redo was ended by any edit that came before it; both keep what is edited while they are under way. */
const keptSince = (
  reader: Reader,
  entry: StackEntry,
  kind: UndoRequest['kind'],
  recordId: number,
  among?: readonly [number, number],
): ReturnType<typeof changedSince> =>
  changedSince(reader, kind === 'undo' ? entry.id : recordId, entry.appliedId, among);

/** Some images more. @returns whether those were the last */
function applySlice(writer: Writer, { entry, kind }: UndoRequest, underWay: UnderWay): boolean {
  // Nothing may be written while a result is being read.
  const rows = writer.all<{ image_id: number; inverse: string }>(
    `SELECT image_id, inverse FROM journal_images WHERE entry_id = ? AND image_id > ?
       AND (inverse NOT IN (${DONE_ALREADY}) OR image_id IN (SELECT value FROM json_each(?)))
     ORDER BY image_id LIMIT ?`,
    entry.appliedId,
    underWay.after,
    underWay.left,
    SLICE_IMAGES,
  );
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first === undefined || last === undefined) return true;
  const record = new ProjectEntry(writer, underWay.recordId);
  const kept = keptSince(writer, entry, kind, record.id, [first.image_id, last.image_id]);
  const patchOf = storedPatches(writer, entry.appliedId);
  let boxes = 0;
  for (const { image_id: imageId, inverse } of rows) {
    const patch = patchOf(imageId, inverse);
    const protectedRows = kept.get(imageId);
    const rest = protectedRows === undefined ? patch : without(patch, protectedRows);
    if (!isEmptyPatch(rest)) record.apply(imageId, rest);
    underWay.after = imageId;
    boxes += boxesIn(patch);
    if (boxes >= SLICE_BOXES) break;
  }
  record.uses.flush(writer);
  underWay.images += record.images;
  return underWay.after === last.image_id && rows.length < SLICE_IMAGES;
}

const boxesIn = ({ put = [], remove = [] }: ImagePatch): number => put.length + remove.length;

function finish<Value>(
  writer: Writer,
  request: UndoRequest,
  { recordId, classes, images }: UnderWay,
  conclude: (writer: Writer, request: UndoRequest, applied: { recordId: number; changed: boolean }) => Value,
): Value {
  const { entry } = request;
  const record = new ProjectEntry(writer, recordId);
  const patch = readProjectPatch(entry.inverse, entry.appliedId);
  const put = firstRows(classes.put, removeUnusedClasses(writer, patch.remove ?? []));
  const rest = applyProjectPatch(writer, patch);
  record.finish({ put, remove: classes.remove, ...rest });
  const changed = put.length > 0 || classes.remove.length > 0 || Object.keys(rest).length > 0;
  return conclude(writer, request, { recordId, changed: changed || images > 0 });
}
