import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { NEWEST_SCHEMA } from '../../electron/store/file/migrations/index.ts';
import { openProject, restoreBackup } from '../../electron/store/index.ts';
import { everything } from './golden/content.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const file = (): string => path.join(project.folder, 'project.db');

/** Changes of a stranger's making, and what is said of them. */
const HOSTILE: Record<string, [sql: string, said: RegExp]> = {
  'a trigger that moves boxes': [
    'CREATE TRIGGER later AFTER INSERT ON boxes BEGIN UPDATE boxes SET x = x + 3 WHERE id = new.id; END',
    /trigger later is not Twinhead’s/,
  ],
  'a trigger that deletes boxes': [
    'CREATE TRIGGER t AFTER UPDATE ON images BEGIN DELETE FROM boxes; END',
    /trigger t is not Twinhead’s/,
  ],
  'a view in the place of a table': [
    'ALTER TABLE runs RENAME TO real_runs; CREATE VIEW runs AS SELECT * FROM real_runs',
    /table runs is missing; table real_runs is not Twinhead’s/,
  ],
  'a table of its own': ['CREATE TABLE notes (text TEXT)', /table notes is not Twinhead’s/],
  'an index with a collation': [
    'CREATE INDEX i ON images (path COLLATE NOCASE)',
    /index i is not Twinhead’s/,
  ],
  'a trigger that bears a name of SQLite’s own': [
    `PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('trigger', 'sqlite_stat1', 'boxes', 0,
       'CREATE TRIGGER sqlite_stat1 AFTER INSERT ON boxes BEGIN UPDATE boxes SET x = x + 3; END')`,
    /trigger sqlite_stat1 is not Twinhead’s/,
  ],
  'a missing table': ['PRAGMA foreign_keys = OFF; DROP TABLE suggestions', /table suggestions is missing/],
  'another column': ['ALTER TABLE classes ADD COLUMN planted TEXT DEFAULT 1', /table classes is different/],
  'an earlier version than it has': ['PRAGMA user_version = 1', /is not Twinhead’s|is different/],
  'no version at all': ['PRAGMA user_version = 0', /is not Twinhead’s/],
};

function alter(target: string, sql: string): void {
  const connection = new Database(target);
  // As a program would that writes into the schema by hand.
  connection.unsafeMode(true);
  connection.exec(sql);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
}

describe.each(Object.entries(HOSTILE))('a project file with %s', (_, [sql, said]) => {
  it('is refused with what differs, and not written to', () => {
    project.store.close();
    alter(file(), sql);
    const before = readFileSync(file());
    const refused = expect.objectContaining({
      code: 'project-corrupt',
      message: expect.stringMatching(said) as string,
    }) as Error;
    expect(() => openProject(project.folder)).toThrow(refused);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it('is not restored from a backup either', async () => {
    const { name, file: backup } = await project.store.backups.create();
    project.store.close();
    alter(backup, sql);
    expect(() => restoreBackup(project.folder, name)).toThrow(
      expect.objectContaining({ code: 'project-corrupt' }) as Error,
    );
    openProject(project.folder).close();
  });
});

describe('a schema larger than Twinhead could make it', () => {
  const many = `PRAGMA writable_schema = ON;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO sqlite_schema SELECT 'table', 't' || i, 't' || i, 2, 'CREATE TABLE t' || i || ' (a)' FROM n;`;
  const long = `PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema VALUES ('view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT 1 /*' || hex(zeroblob(5000000)) || '*/');`;

  it.each([
    ['many tables', many, 'file'],
    ['many tables in the log', many, 'log'],
    ['a long one', long, 'file'],
  ])('is refused at once, before SQLite reads it: %s', (_, sql, place) => {
    project.store.close();
    const connection = new Database(file());
    connection.unsafeMode(true);
    connection.exec(sql);
    if (place === 'file') connection.pragma('wal_checkpoint(TRUNCATE)');
    const refused = expect.objectContaining({
      code: 'project-corrupt',
      message: expect.stringContaining('far more tables') as string,
    }) as Error;
    const started = process.cpuUsage();
    expect(() => openProject(project.folder)).toThrow(refused);
    const { user, system } = process.cpuUsage(started);
    // It took seconds.
    expect((user + system) / 1000).toBeLessThan(500);
    connection.close();
  });
});

describe.each(
  Object.entries({
    'settings of another shape': [
      "INSERT INTO settings (key, value) VALUES ('attributes', '\"x\"')",
      /settings that Twinhead never writes/,
    ],
    'endless settings': [
      `INSERT INTO settings (key, value) VALUES ('savedFilters', '["' || hex(zeroblob(9000000)) || '"]')`,
      /settings that Twinhead never writes/,
    ],
    'more classes than can be listed': [
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)
       INSERT INTO classes (kind, name, color, position) SELECT 'object', 'c' || i, '#FF0000', i FROM n`,
      /classes has more than 100,000 rows/,
    ],
    'a counter that can’t go on': [
      'UPDATE project SET revision = 9223372036854775807',
      /its change counters/,
    ],
    'a counter below nothing': ['UPDATE project SET labels_revision = -1', /its change counters/],
  } satisfies Record<string, [sql: string, said: RegExp]>),
)('a project file with %s', (_, [sql, said]) => {
  it('is refused in words', () => {
    project.store.close();
    alter(file(), sql);
    const refused = expect.objectContaining({
      code: 'project-corrupt',
      message: expect.stringMatching(said) as string,
    }) as Error;
    expect(() => openProject(project.folder)).toThrow(refused);
  });
});

it('statistics of the planner, which SQLite keeps itself, are no difference', () => {
  project.store.close();
  alter(file(), 'ANALYZE');
  openProject(project.folder).close();
});

it('restoring where there is nothing says so, and makes nothing', () => {
  const nowhere = path.join(project.folder, 'nowhere');
  expect(() => restoreBackup(nowhere)).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  mkdirSync(nowhere);
  expect(() => restoreBackup(nowhere)).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  writeFileSync(path.join(nowhere, 'project.db'), 'x');
  expect(() => openProject(nowhere)).toThrow(expect.objectContaining({ code: 'project-corrupt' }) as Error);
  expect(readdirSync(nowhere)).toContain('project.db');
});

describe('a row of a stranger’s', () => {
  const read = (id: number): Record<string, () => unknown> => ({
    roots: () => project.store.roots.list(),
    file: () => project.store.files.get(id).file,
    labels: () => project.store.annotations.get(id),
    export: () => {
      const query = { imageIds: [id], format: 'coco', suggestions: false };
      return [project.store.labelledClasses('coco'), ...project.store.labelledImages(query)];
    },
    training: () => project.store.trainingSnapshot(),
    source: () => project.store.sourceFields('coco'),
    deleting: () =>
      project.store.classes.delete(project.store.classes.find('object', 'a')!.id, { reassignTo: null }),
  });

  it.each([
    ['roots', "UPDATE roots SET folder = '/a' || char(0)", ['roots', 'file', 'export', 'training']],
    ['images', "UPDATE images SET path = 'a' || char(0)", ['file', 'export', 'training']],
    [
      'paths that leave their folder',
      "UPDATE images SET path = '../../a.png'",
      ['file', 'export', 'training'],
    ],
    ['labels', "UPDATE boxes SET attributes = '1'", ['labels', 'export']],
    ['extra fields of boxes', "UPDATE boxes SET extra = 'null'", ['export']],
    ['extra fields of images', "UPDATE images SET extra = 'null'", ['export']],
    ['extra fields of classes', "UPDATE classes SET extra = '1'", ['export']],
    ['numbers of labels', 'UPDATE classes SET uses = 0', ['deleting']],
    ['a source', "INSERT INTO source_fields VALUES ('coco', '[]')", ['source']],
  ])('in %s is said to be damaged where it is used', (_, sql, uses) => {
    const [id] = project.addImages(1) as [number];
    const { id: classId } = project.store.classes.create({ kind: 'object', name: 'a' });
    draw(project.store, id, box(classId));
    project.store.close();
    alter(file(), sql);
    project.reopen();
    const damaged = expect.objectContaining({ code: 'project-corrupt' }) as Error;
    for (const use of uses) expect(() => read(id)[use]!(), use).toThrow(damaged);
  });
});

describe('JSON of another shape in', () => {
  const VALUES = ['null', '5', '"x"', '[]', '{}', '[[1,null],{}]', '{"a":{"b":[null]}}', '{', ''];
  const golden = path.join(import.meta.dirname, 'golden', `schema-${NEWEST_SCHEMA}.db`);

  it.each([
    ...[
      'journal.operations',
      'journal.inverse',
      'journal.summary',
      'jobs.error',
      'jobs.input',
      'runs.config',
    ],
    ...['runs.thresholds', 'evaluations.result', 'predictions.result', 'exports.certificate'],
    ...['answering_runs.image_classes', 'answering_runs.object_classes', 'classes.extra', 'images.extra'],
  ])('%s is read past, or said to be damaged', (column) => {
    project.store.close();
    for (const value of VALUES) {
      copyFileSync(golden, file());
      const connection = new Database(file());
      connection.pragma('ignore_check_constraints = ON');
      const [table, name] = column.split('.');
      expect(connection.prepare(`UPDATE ${table} SET ${name} = ?`).run(value).changes).toBeGreaterThan(0);
      connection.close();
      const said = wordsOf(() => {
        const store = openProject(project.folder);
        try {
          return everything(store);
        } finally {
          store.close();
        }
      });
      expect(said, value).not.toBeInstanceOf(Error);
    }
    copyFileSync(golden, file());
    project.store = openProject(project.folder);
  });

  /** What was thrown, where it has no words for people. */
  function wordsOf(work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      return error instanceof TwinheadError ? error.code : error;
    }
  }
});
