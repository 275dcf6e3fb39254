import type { Snapshot, SnapshotKind } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { kit } from '../../common/labels/kits.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { readSaid, storedSaid } from '../../common/sentences/stored.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, now } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { ProjectEntry } from '../history/entries.ts';
import { requireNoImport } from '../history/journal.ts';
import type { Journal } from '../history/journal.ts';
import { classesAt, momentAfter, newestEntry, touchedSince } from '../history/moments.ts';
import { patchBetween, readContent } from '../history/rewind.ts';
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

const isImporting = (reader: Reader): boolean =>
  reader.get("SELECT 1 AS there FROM journal WHERE image_id IS NULL AND status = 'open'") !== undefined;

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
    return id === null ? newestEntry(read) : snapshotRow(read, id).entryId;
  }

  /**
   * Keeps the labels, classes and splits as they are now under a name.
   * @throws TwinheadError `invalid-input` for a name that can't be seen or is too long; `not-allowed` during an import
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
      return this.#insert(writer, text, 'person');
    });
  }

  /** As `add`, before an import or for a run. Nothing is kept of the middle of an import. */
  addFor(kind: 'import' | 'run', name: Said): void {
    this.#context.db.write((writer) => {
      if (!isImporting(writer)) this.#insert(writer, name, kind);
    });
  }

  /** One that is not there changes nothing. The labels stay as they are. */
  delete(id: number): void {
    this.#context.db.write((writer) => writer.run('DELETE FROM snapshots WHERE id = ?', id));
  }

  /**
   * Makes labels, classes and splits as they were, as one step of the project's undo. Images that came since leave the
   * project; their files stay.
   * @returns how many images have changed, and whether anything has
   * @throws TwinheadError `not-found`; `not-allowed` during an import, where a locked test set would change, or a box
   * would lie outside an image that has another content now
   */
  restore(id: number, { editId }: ChangeOptions = {}): { images: number; changed: boolean } {
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'restore-snapshot', editId);
      if (known !== undefined)
        return { ...(JSON.parse(known.operations) as { images: number }), changed: true };
      const { name, entryId } = snapshotRow(writer, id);
      const summary = say('history.restoredSnapshot', { name: readSaid(name) });
      // Before the new entry is there: it is no part of what is taken back.
      const touched = touchedSince(writer, entryId);
      const wanted = classesAt(writer, entryId);
      const entry = this.#journal.begin(writer, {
        kind: 'restore-snapshot',
        summary,
        operations: {},
        editId,
      });
      const classes = bringBack(writer, wanted);
      for (const imageId of touched) restoreImage(writer, entry, imageId, entryId);
      entry.uses.flush(writer);
      const extra = [...classesAt(writer, entry.id).keys()].filter((one) => !wanted.has(one));
      const gone = removeUnusedClasses(writer, extra);
      const images = entry.countImages();
      entry.describe(summary, { images });
      const changed = entry.finish({ put: firstRows(classes.put, gone), remove: classes.remove });
      return { images, changed };
    });
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

function restoreImage(writer: Writer, entry: ProjectEntry, imageId: number, entryId: number): void {
  const now = writer.get<{ split: string; removed: 0 | 1; width: number; height: number }>(
    'SELECT split, removed, width, height FROM images WHERE id = ?',
    imageId,
  )!;
  const wanted = momentAfter(writer, imageId, entryId);
  const patch = patchBetween(readContent(writer, imageId), wanted);
  for (const box of patch.put ?? []) kit.requireInside(box, now, 'boxes');
  if (wanted.split !== now.split) requireUnlocked(writer, [imageId], wanted.split);
  entry.apply(imageId, {
    ...patch,
    ...(wanted.split === now.split ? {} : { split: wanted.split }),
    ...(wanted.removed === (now.removed === 1) ? {} : { removed: wanted.removed }),
  });
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
