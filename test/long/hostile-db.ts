import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Random } from '../../electron/common/random.ts';
import { openProject } from '../../electron/store/index.ts';
import { defectOf, pick } from './harness.ts';
import type { Attempt, Harness } from './harness.ts';
import { hostileRows } from './hostile-rows.ts';

type Damage = (random: Random, file: string, tables: readonly string[]) => void;

function execute(file: string, sql: string): void {
  const connection = new Database(file);
  try {
    connection.pragma('foreign_keys = OFF');
    // As a program would that writes into the schema by hand.
    connection.unsafeMode(true);
    connection.exec(sql);
  } catch {
    // Some statements don't apply: the file then stays as it was.
  } finally {
    connection.close();
  }
}

/** Changes of the schema, each of which has to be noticed before anything is written. */
const SCHEMA: readonly Damage[] = [
  (random, file, tables) =>
    execute(
      file,
      `CREATE TRIGGER t${random.integer(9)} AFTER ${pick(random, ['INSERT', 'UPDATE', 'DELETE'])} ON ${pick(random, tables)} BEGIN DELETE FROM boxes; END`,
    ),
  (random, file, tables) => execute(file, `DROP TABLE ${pick(random, tables)}`),
  (random, file, tables) =>
    execute(file, `ALTER TABLE ${pick(random, tables)} ADD COLUMN own TEXT DEFAULT 'x'`),
  (random, file, tables) =>
    execute(file, `CREATE VIEW v${random.integer(9)} AS SELECT * FROM ${pick(random, tables)}`),
  (random, file, tables) =>
    execute(file, `CREATE TABLE own${random.integer(9)} AS SELECT * FROM ${pick(random, tables)}`),
  (random, file, tables) => {
    const name = pick(random, ['sqlite_stat1', 'sqlite_autoindex_boxes_1', 'SQLITE_x']);
    const table = pick(random, tables);
    execute(
      file,
      `PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('trigger', '${name}', '${table}', 0,
        'CREATE TRIGGER ${name} AFTER UPDATE ON ${table} BEGIN DELETE FROM boxes; END')`,
    );
  },
];

/** Damage of bytes and versions, which may go unnoticed where it hits nothing; but never as a defect. */
const BYTES: readonly Damage[] = [
  (random, file) => execute(file, `PRAGMA user_version = ${random.integer(40) - 5}`),
  (random, file) => {
    const content = readFileSync(file);
    for (let flips = 1 + random.integer(50); flips > 0; flips--)
      content[random.integer(content.length)] = random.integer(256);
    writeFileSync(file, content);
  },
  (random, file) => writeFileSync(file, readFileSync(file).subarray(0, random.integer(200_000))),
];

export const hostileDb: Harness = {
  name: 'hostile-db',
  goal: 1_000,
  about:
    'a project file with a stranger’s schema or rows or damaged bytes; broken: accepted, or an error without words',
  async open(folder) {
    const whole = path.join(folder, 'whole');
    const store = openProject(whole, { create: true });
    for (let n = 0; n < 200; n++) store.classes.create({ kind: 'object', name: `class ${n}` });
    store.close();
    const connection = new Database(path.join(whole, 'project.db'), { readonly: true });
    const tables = connection
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all() as string[];
    connection.close();
    let rows: Promise<Attempt> | null = null;
    return {
      close: async () => undefined,
      attempt: async (random) => {
        // Seldom: they take far longer, as all that is read is asked for.
        if (random.next() < 0.05) return (await (rows ??= hostileRows(folder)))(random);
        const project = path.join(folder, 'hostile');
        mkdirSync(project);
        const file = path.join(project, 'project.db');
        copyFileSync(path.join(whole, 'project.db'), file);
        const changed = random.next() < 0.5;
        pick(random, changed ? SCHEMA : BYTES)(random, file, tables);
        try {
          const opened = openProject(project);
          const differs = !readFileSync(file).equals(readFileSync(path.join(whole, 'project.db')));
          opened.fullCheck();
          opened.close();
          return changed && differs ? 'a stranger’s schema was accepted' : null;
        } catch (error) {
          return defectOf(error);
        } finally {
          rmSync(project, { recursive: true, force: true });
        }
      },
    };
  },
};
