import type { Snapshot, SnapshotKind } from '../../common/entities.ts';
import { classNameKey } from '../../common/class-names.ts';
import { TwinheadError } from '../../common/errors.ts';
import { kit } from '../../common/labels/kits.ts';
import { sentenceText } from '../../common/sentences/index.ts';
import { LANGUAGES } from '../../common/sentences/languages.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { readSaid, storedSaid } from '../../common/sentences/stored.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, now, raiseRevision } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { expired } from '../file/retention.ts';
import type { Retention } from '../file/retention.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import { ProjectEntry } from '../history/entries.ts';
import { requireNoImport } from '../history/journal.ts';
import type { Journal } from '../history/journal.ts';
import { classesAt, momentAfter, newestEntry, touchedSince } from '../history/moments.ts';
import { rememberedPatches } from '../history/bulk-changes.ts';
import type { RememberedPatches } from '../history/bulk-changes.ts';
import { patchBetween, readContent } from '../history/rewind.ts';
import { rollBackSteps } from '../history/rollback.ts';
import { inTurns, SLICE_BOXES, SLICE_IMAGES } from '../history/slices.ts';
import type { Slices } from '../history/slices.ts';
import { firstRows, putClasses, removeUnusedClasses } from '../rows/class-rows.ts';
import type { ClassPatch, ClassRow } from '../rows/class-rows.ts';
import { requireUnlocked } from './splits.ts';

const LONGEST_NAME = 200;

interface SnapshotRow {
  readonly id: number;
  readonly name: string;
  readonly kind: SnapshotKind;
  readonly entryId: number;
  readonly at: string;
}

const COLUMNS = 'id, name, kind, entry_id AS entryId, at';

function snapshotRow(reader: Reader, id: number): SnapshotRow {
  const row = reader.get<SnapshotRow>(`SELECT ${COLUMNS} FROM snapshots WHERE id = ?`, id);
  if (row !== undefined) return row;
  throw new TwinheadError('not-found', say('store.noSnapshot', { id: String(id) }), {
    remedy: say('store.noSnapshot.remedy'),
  });
}

/** The last entry of the journal that a snapshot contains. @throws TwinheadError `not-found` */
export const snapshotEntry = (reader: Reader, id: number): number => snapshotRow(reader, id).entryId;

/** How long snapshots stay that no person has made and no run refers to. */
const RULES: Retention = { newest: 20, days: 7, weeks: 4, months: 6, daysBefore: 0 };

/**
 * Snapshots that may go: never one that a person has made, nor that of a run which is there. That one is the first
 * that was made for a run since the run was created.
 */
function expiredSnapshots(reader: Reader, now: Date): number[] {
  const ofRuns = new Set(
    reader.values<number>(
      `SELECT (SELECT id FROM snapshots WHERE kind = 'run' AND at >= runs.created_at ORDER BY id LIMIT 1) FROM runs`,
    ),
  );
  const automatic = reader
    .all<{ id: number; at: string }>("SELECT id, at FROM snapshots WHERE kind <> 'person' ORDER BY id")
    .filter(({ id }) => !ofRuns.has(id))
    .map(({ id, at }) => ({ name: String(id).padStart(16, '0'), at: new Date(at), reason: 'auto' }));
  return expired(automatic, now, RULES).map(Number);
}

/** What the command line and the page call the labels as they are. */
const NOW = ['now', '现在'];

/** @throws TwinheadError `invalid-input` for a name by which two moments could be meant, in any language */
function requireFreeName(reader: Reader, name: string): void {
  const key = classNameKey(name);
  const refusal = NOW.includes(key)
    ? say('store.snapshotNow', { name })
    : reader
          .values<string>('SELECT name FROM snapshots')
          .some((other) =>
            LANGUAGES.some((language) => classNameKey(sentenceText(readSaid(other), language)) === key),
          )
      ? say('store.snapshotTaken', { name })
      : null;
  if (refusal === null) return;
  throw new TwinheadError('invalid-input', refusal, { place: 'name', remedy: say('store.anotherName') });
}

const isImporting = (reader: Reader): boolean =>
  reader.get("SELECT 1 AS there FROM journal WHERE image_id IS NULL AND status = 'open'") !== undefined;

/** What going back to a snapshot has come to. */
export interface Restored {
  readonly images: number;
  /** Images that were edited while it was under way, and are left as they are. */
  readonly kept: number;
  readonly changed: boolean;
}

/** Named moments of the labels. A snapshot is a position in the journal: it costs nothing to make, and copies nothing. */
export class Snapshots {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  /** The newest first. */
  list(): Snapshot[] {
    return this.#context.db.read
      .all<SnapshotRow>(`SELECT ${COLUMNS} FROM snapshots ORDER BY id DESC`)
      .map(({ name, ...row }) => ({ ...row, name: readSaid(name) }));
  }

  /** The entry of the journal up to which a snapshot goes; null: now. @throws TwinheadError `not-found` */
  entryOf(id: number | null): number {
    const { read } = this.#context.db;
    return id === null ? newestEntry(read) : snapshotEntry(read, id);
  }

  /**
   * Keeps the labels, classes and splits as they are now under a name.
   * @throws TwinheadError `invalid-input` for a name that can't be seen, is too long, is another one's or stands for the
   * present; `not-allowed` during an import
   */
  add(name: string): Snapshot {
    const text = name.normalize('NFC').trim();
    if (text === '' || Array.from(text).length > LONGEST_NAME || /\p{Cc}/u.test(text)) {
      throw new TwinheadError('invalid-input', say('store.snapshotName', { most: LONGEST_NAME }), {
        place: 'name',
        remedy: say('store.anotherName'),
      });
    }
    return this.#context.db.write((writer) => {
      requireNoImport(writer);
      requireFreeName(writer, text);
      return this.#insert(writer, text, 'person');
    });
  }

  /**
   * As `add`, before an import or for a run. Nothing is kept of the middle of an import. Of those that were made so,
   * the ones that have had their time go; see {@link expiredSnapshots}.
   */
  addFor(kind: 'import' | 'run', name: Said): void {
    this.#context.db.write((writer) => {
      if (isImporting(writer)) return;
      this.#insert(writer, name, kind);
      for (const id of expiredSnapshots(writer, this.#context.clock()))
        writer.run('DELETE FROM snapshots WHERE id = ?', id);
    });
  }

  /** One that is not there changes nothing. The labels stay as they are. */
  delete(id: number): void {
    this.#context.db.write((writer) => writer.run('DELETE FROM snapshots WHERE id = ?', id));
  }

  /**
   * Makes labels, classes and splits as they were, as one step of undo; images that came since leave the project, not the disk.
   * Many images are changed in slices, between which the event loop gets its turn; what is edited meanwhile stays.
   * @throws TwinheadError (rejects) `not-found`; `not-allowed` during an import, where a locked test set would change,
   * or a box would lie outside an image that has another content now; nothing is changed then
   */
  restore(id: number, { editId }: ChangeOptions = {}): Promise<Restored> {
    return inTurns(this.#restore(id, editId));
  }

  *#restore(id: number, editId: string | undefined): Slices<Restored> {
    const { db } = this.#context;
    type Started = { readonly answer: Restored } | { readonly underWay: UnderWay };
    const started = changeMuch(this.#context, (writer): Started => {
      const known = knownEntry(writer, null, 'restore-snapshot', editId);
      if (known !== undefined && known.status !== 'open') {
        const { images, kept = 0 } = JSON.parse(known.operations) as { images: number; kept?: number };
        return { answer: { images, kept, changed: true } };
      }
      const { name, entryId } = snapshotRow(writer, id);
      // Before the new entry is there: it is no part of what is taken back.
      const touched = touchedSince(writer, entryId);
      const wanted = classesAt(writer, entryId);
      const entry = this.#journal.begin(writer, {
        kind: 'restore-snapshot',
        summary: say('history.restoredSnapshot', { name: readSaid(name) }),
        operations: {},
        editId,
      });
      const classes = bringBack(writer, wanted);
      const underWay: UnderWay = { id: entry.id, name, entryId, touched, wanted, classes, done: 0, kept: 0 };
      if (touched.length > SLICE_IMAGES) {
        entry.leaveOpen(classes);
        return { underWay };
      }
      while (!restoreSlice(writer, underWay));
      return { answer: finishRestore(writer, underWay) };
    });
    if ('answer' in started) return started.answer;
    const { underWay } = started;
    try {
      let done = false;
      while (!done) {
        yield;
        done = db.write((writer) => restoreSlice(writer, underWay));
      }
      return changeMuch(this.#context, (writer) => finishRestore(writer, underWay));
    } catch (error) {
      // What a slice throws after the project was closed is that: the next opening takes it back.
      if (!db.open) throw error;
      for (const step of rollBackSteps(this.#context, underWay.id)) {
        step();
        yield;
      }
      throw error;
    }
  }

  #insert(writer: Writer, name: Said, kind: SnapshotKind): Snapshot {
    const entryId = newestEntry(writer);
    const at = now(this.#context);
    const { lastId: id } = writer.run(
      'INSERT INTO snapshots (name, kind, entry_id, at) VALUES (?, ?, ?, ?)',
      storedSaid(name),
      kind,
      entryId,
      at,
    );
    return { id, name, kind, entryId, at };
  }
}

/** Going back to a snapshot, after each of its transactions. */
interface UnderWay {
  /** The entry that it is. */
  readonly id: number;
  readonly name: string;
  /** The last entry of the snapshot. */
  readonly entryId: number;
  /** Images that later entries have touched, and how many of them are done. */
  readonly touched: readonly number[];
  done: number;
  /** Images that were edited while it was under way. */
  kept: number;
  readonly wanted: ReadonlyMap<number, ClassRow>;
  readonly classes: Required<ClassPatch>;
}

/** Some images more. @returns whether those were the last */
function restoreSlice(writer: Writer, underWay: UnderWay): boolean {
  const { id, entryId, touched } = underWay;
  const entry = new ProjectEntry(writer, id);
  const storedAs = rememberedPatches(writer);
  let boxes = 0;
  for (const imageId of touched.slice(underWay.done, underWay.done + SLICE_IMAGES)) {
    underWay.done += 1;
    if (isEditedSince(writer, imageId, id)) underWay.kept += 1;
    else boxes += restoreImage(writer, entry, imageId, { entryId, storedAs });
    if (boxes >= SLICE_BOXES) break;
  }
  entry.uses.flush(writer);
  if (entry.images > 0) raiseRevision(writer);
  return underWay.done === touched.length;
}

const isEditedSince = (reader: Reader, imageId: number, entryId: number): boolean =>
  reader.get('SELECT 1 AS there FROM journal WHERE image_id = ? AND id > ? LIMIT 1', imageId, entryId) !==
  undefined;

function finishRestore(writer: Writer, { id, name, wanted, classes, kept }: UnderWay): Restored {
  const entry = new ProjectEntry(writer, id, true);
  const extra = [...classesAt(writer, id).keys()].filter((one) => !wanted.has(one));
  const gone = removeUnusedClasses(writer, extra);
  const images = entry.countImages();
  entry.describe(say('history.restoredSnapshot', { name: readSaid(name) }), { images, kept });
  const changed = entry.finish({ put: firstRows(classes.put, gone), remove: classes.remove });
  return { images, kept, changed };
}

/** @returns how many boxes it has put and removed */
function restoreImage(
  writer: Writer,
  entry: ProjectEntry,
  imageId: number,
  { entryId, storedAs }: { readonly entryId: number; readonly storedAs: RememberedPatches },
): number {
  const now = writer.get<{ split: string; removed: 0 | 1; width: number; height: number }>(
    'SELECT split, removed, width, height FROM images WHERE id = ?',
    imageId,
  )!;
  const wanted = momentAfter(writer, imageId, entryId, storedAs);
  const patch = patchBetween(readContent(writer, imageId), wanted);
  for (const box of patch.put ?? []) kit.requireInside(box, now, 'boxes');
  if (wanted.split !== now.split) requireUnlocked(writer, [imageId], wanted.split);
  entry.apply(imageId, {
    ...patch,
    ...(wanted.split === now.split ? {} : { split: wanted.split }),
    ...(wanted.removed === (now.removed === 1) ? {} : { removed: wanted.removed }),
  });
  return (patch.put?.length ?? 0) + (patch.remove?.length ?? 0);
}

/** Makes classes as they were. */
function bringBack(writer: Writer, wanted: ReadonlyMap<number, ClassRow>): Required<ClassPatch> {
  const present = classesAt(writer, Number.MAX_SAFE_INTEGER);
  const changed = [...wanted.values()].filter((row) => {
    const now = present.get(row.id);
    return (
      now === undefined ||
      (['name', 'color', 'hotkey', 'position', 'description'] as const).some(
        (column) => now[column] !== row[column],
      ) ||
      String(now.examples) !== String(row.examples)
    );
  });
  return putClasses(writer, changed);
}
