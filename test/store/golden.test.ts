import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../electron/store/index.ts';
import type { ProjectStore } from '../../electron/store/index.ts';
import { migrate } from '../../electron/store/file/migrate.ts';
import { MIGRATIONS, NEWEST_SCHEMA } from '../../electron/store/file/migrations/index.ts';
import { verifyDatabase } from '../../electron/store/file/backup-files.ts';
import { everything, fillGolden } from './golden/content.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { asEnglish } from '../support/in-english.ts';

const golden = path.join(import.meta.dirname, 'golden');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-golden-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Earlier versions stored what they said as text: their words, and today's for the same. */
const SAID_BEFORE = [
  [/^((?:Undone: )?Moved .*) to train$/, '$1 to the training set'],
  [/^((?:Undone: )?Moved .*) to val$/, '$1 to the validation set'],
  [/^(Undone: )?Set to (empty|unseen)$/, '$1Marked as $2'],
  [/^New class (.*)$/, 'Added class “$1”'],
  [/^((?:Undone: )?Merged class) ([^“]*) into ([^“]*)$/, '$1 “$2” into “$3”'],
  [/^((?:Undone: )?(?:Added|Deleted|Changed) class) ([^“]*)$/, '$1 “$2”'],
  [/^((?:Undone: )?Renamed class) ([^“]*) to ([^“]*)$/, '$1 “$2” to “$3”'],
  // Without the number of its labels.
  [/(erged class “gone” into “RBC”)$/, '$1 (1 label)'],
] as const;

/** With today's words for those of earlier versions. */
function inWordsOfToday(value: unknown): unknown {
  if (typeof value === 'string')
    return SAID_BEFORE.reduce((text, [before, today]) => text.replace(before, today), value).replace(
      /^(?:Undone|Redone): ./,
      (beginning) => beginning.slice(0, -1) + beginning.slice(-1).toLowerCase(),
    );
  if (Array.isArray(value)) return value.map(inWordsOfToday);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inWordsOfToday(one)]));
}

/** As an earlier version made a table or an index. */
function schemaSql(file: string, name: string): string {
  const connection = new Database(path.join(golden, file), { readonly: true });
  const sql = connection.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(name);
  connection.close();
  return String(sql);
}

function schemaOf(file: string): unknown[] {
  const connection = new Database(file, { readonly: true });
  const rows = connection.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  connection.close();
  return rows;
}

/** Every edit of every image and every change of the project, the last first. */
function undoAll(store: ProjectStore): void {
  const undoOne = (): boolean => {
    const imageId = store.images.ids().find((id) => store.annotations.get(id).canUndo);
    if (imageId === undefined) return store.journal.undoProject() !== null;
    store.annotations.undo(imageId);
    return true;
  };
  while (undoOne());
}

describe('a project written by an earlier version', () => {
  it('is there for every released schema', () => {
    const files = readdirSync(golden).filter((name) => name.endsWith('.db'));
    expect(files.toSorted()).toEqual(MIGRATIONS.map(({ version }) => `schema-${version}.db`).toSorted());
  });

  it.each(MIGRATIONS.map(({ version }) => version))(
    'of schema %i opens with everything in it',
    async (version) => {
      copyFileSync(path.join(golden, `schema-${version}.db`), path.join(folder, 'project.db'));
      const clock = (): Date => new Date('2026-11-24T10:00:00Z');
      const store = openProject(folder, { clock });
      const fresh = openProject(path.join(folder, 'fresh'), { create: true, clock });
      try {
        expect(store.info().schemaVersion).toBe(NEWEST_SCHEMA);
        expect(store.fullCheck().problems).toEqual([]);
        await fillGolden(fresh, version);
        expect(inWordsOfToday(everything(store))).toEqual(inWordsOfToday(everything(fresh)));
        if (version >= 2) for (const one of [store, fresh]) one.journal.undoProject();
        if (version >= 15) for (const one of [store, fresh]) one.journal.undoProject();
        const undo = (): unknown[] =>
          [store, fresh].map((one) => inWordsOfToday(asEnglish(one.journal.undoProject()?.summary ?? null)));
        const moved = 'Moved 2 images to the training set';
        expect(undo()).toEqual([moved, moved]);
        expect(undo()).toEqual(['Import of cells.json', 'Import of cells.json']);
        const merged = 'Merged class “gone” into “RBC” (1 label)';
        expect(undo()).toEqual([merged, merged]);
        expect(inWordsOfToday(everything(store))).toEqual(inWordsOfToday(everything(fresh)));
      } finally {
        store.close();
        fresh.close();
      }
    },
  );

  it.each(MIGRATIONS.map(({ version }) => version))('of schema %i is undone to its start', (version) => {
    copyFileSync(path.join(golden, `schema-${version}.db`), path.join(folder, 'project.db'));
    const store = openProject(folder);
    try {
      undoAll(store);
      expect(store.fullCheck().problems).toEqual([]);
      expect(store.info()).toMatchObject({ boxes: 0, byState: { labelled: 0, empty: 0 } });
      expect(store.classes.list()).toEqual([]);
      expect(store.suggestions.sources()).toEqual([]);
    } finally {
      store.close();
    }
  });

  it('of schema 3 goes on undoing and redoing changes of classes', () => {
    const clock = (): Date => new Date('2026-11-24T10:00:00Z');
    const open = (at: string) => openProject(path.join(folder, at), { create: true, clock });
    for (const at of ['old', 'new']) {
      mkdirSync(path.join(folder, at));
      copyFileSync(path.join(golden, 'schema-3.db'), path.join(folder, at, 'project.db'));
      const store = open(at);
      const [one, other] = store.classes.list().filter(({ kind }) => kind === 'object');
      store.classes.delete(one!.id, { reassignTo: other!.id });
      store.journal.undoProject();
      store.classes.delete(other!.id, { reassignTo: null });
      store.journal.undoProject();
      store.journal.redoProject();
      store.journal.undoProject();
      store.close();
    }
    const connection = new Database(path.join(folder, 'old', 'project.db'));
    const third = new Database(path.join(golden, 'schema-3.db'), { readonly: true });
    const predictions = third
      .prepare(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'predictions' AND sql IS NOT NULL ORDER BY rowid",
      )
      .pluck()
      .all();
    third.close();
    connection.exec(['DROP TABLE predictions', ...predictions].join(';'));
    // As version 3 wrote it: rows of boxes for the undo and the redo too, and attributes counted at once.
    connection.exec(`
      INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id, x, y, width, height, source, attributes, extra)
        SELECT redo.id, b.image_id, box_id, class_id, x, y, width, height, source, attributes, extra
        FROM journal_boxes AS b JOIN journal AS redo ON redo.target_id = b.entry_id AND redo.kind = 'redo';
      INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id)
        SELECT undo.id, b.image_id, box_id, change.operations ->> '$.delete.reassignTo'
        FROM journal_boxes AS b JOIN journal AS change ON change.id = b.entry_id AND change.status <> 'record'
          JOIN journal AS undo ON undo.target_id = change.id AND undo.kind = 'undo';
      DROP TABLE answers;
      DROP TABLE answering_runs;
      DROP TABLE filter_evaluations;
      DROP TABLE measurements;
      ALTER TABLE runs DROP COLUMN saved_filter;
      ALTER TABLE runs DROP COLUMN filter_images;
      ALTER TABLE runs DROP COLUMN thresholds;
      DROP TABLE jobs;
      DROP TABLE label_contents;
      DROP TABLE snapshots;
      DROP TABLE looks;
      DROP INDEX images_unsummed;
      ALTER TABLE images DROP COLUMN label_sum;
      DROP INDEX images_removed;
      ALTER TABLE images DROP COLUMN removed;
      ALTER TABLE images DROP COLUMN extra;
      ALTER TABLE classes DROP COLUMN extra;
      ALTER TABLE classes DROP COLUMN description;
      ALTER TABLE classes DROP COLUMN examples;
      DROP TABLE source_fields;
      DROP INDEX journal_by_edit_id;
      ALTER TABLE journal DROP COLUMN edit_id;
      ALTER TABLE journal DROP COLUMN image_revision;
      ALTER TABLE project DROP COLUMN labels_revision;
      ALTER TABLE project DROP COLUMN attributes_loose;
      ALTER TABLE images DROP COLUMN attributes_loose;
      ALTER TABLE journal_images RENAME TO newer;
      DROP INDEX journal_images_by_image;
      ${schemaSql('schema-3.db', 'journal_images')};
      INSERT INTO journal_images (entry_id, image_id, annotations, inverse) SELECT * FROM newer;
      DROP TABLE newer;
      ${schemaSql('schema-3.db', 'journal_images_by_image')};
      PRAGMA user_version = 3`);
    connection.close();
    const [old, fresh] = [open('old'), open('new')];
    try {
      const both = (turn: (store: ProjectStore) => Said | null): void => {
        expect(asEnglish(turn(old))).toEqual(asEnglish(turn(fresh)));
        expect(everything(old)).toEqual(everything(fresh));
        expect(old.fullCheck().problems).toEqual([]);
      };
      both((store) => store.journal.redoProject()?.summary ?? null);
      both((store) => store.journal.undoProject()?.summary ?? null);
      both((store) => store.journal.undoProject()?.summary ?? null);
    } finally {
      old.close();
      fresh.close();
    }
  });

  it('has the schema of one that was made anew: a released migration was never edited', () => {
    openProject(folder, { create: true }).close();
    expect(schemaOf(path.join(golden, `schema-${NEWEST_SCHEMA}.db`))).toEqual(
      schemaOf(path.join(folder, 'project.db')),
    );
  });
});

describe('a migration', () => {
  const next = { version: NEWEST_SCHEMA + 1, sql: 'ALTER TABLE images ADD COLUMN remark TEXT' };
  const at = new Date('2026-11-24T10:00:00Z');
  let connection: Database.Database;
  const file = (): string => path.join(folder, 'project.db');

  beforeEach(() => {
    copyFileSync(path.join(golden, `schema-${NEWEST_SCHEMA}.db`), file());
    connection = new Database(file());
  });
  afterEach(() => connection.close());
  const version = (): unknown => connection.pragma('user_version', { simple: true });

  it('makes a checked copy of the earlier schema first', () => {
    migrate(connection, file(), at, [...MIGRATIONS, next]);
    expect(version()).toBe(next.version);
    const backups = readdirSync(path.join(folder, 'backups'));
    expect(backups).toEqual([`2026-11-24T10-00-00-000Z-before-schema-${next.version}.db`]);
    const backup = path.join(folder, 'backups', backups[0]!);
    verifyDatabase(backup);
    expect(schemaOf(backup)).toEqual(schemaOf(path.join(golden, `schema-${NEWEST_SCHEMA}.db`)));
  });

  it.each([
    ['an SQL error', 'ALTER TABLE images ADD COLUMN remark TEXT; SELECT nothing FROM nowhere'],
    [
      'broken links',
      'ALTER TABLE images ADD COLUMN remark TEXT; PRAGMA defer_foreign_keys = ON; DELETE FROM images',
    ],
  ])('that fails with %s leaves the database as it was', (_, sql) => {
    const before = schemaOf(file());
    expect(() => migrate(connection, file(), at, [...MIGRATIONS, { ...next, sql }])).toThrow();
    expect(version()).toBe(NEWEST_SCHEMA);
    expect(schemaOf(file())).toEqual(before);
  });

  it('that is not needed makes no copy', () => {
    const before = readFileSync(file());
    migrate(connection, file(), at);
    expect(readdirSync(folder)).toEqual(['project.db']);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });
});
