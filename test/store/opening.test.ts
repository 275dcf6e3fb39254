import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../electron/common/errors.ts';
import { connect } from '../../electron/store/database/connection.ts';
import { ProjectDatabase } from '../../electron/store/database/database.ts';
import { openProject } from '../../electron/store/index.ts';
import { withoutRights } from '../support/without-rights.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const file = (): string => path.join(project.folder, 'project.db');
const withCode = (code: ErrorCode) => expect.objectContaining({ code }) as Error;

/** Changes the closed project's file by SQL, as another program would. */
function alter(sql: string): void {
  project.store.close();
  const connection = new Database(file());
  connection.exec(sql);
  connection.close();
}

/** Opening is refused with `code`, and neither the file nor its folder is any different afterwards, but for SQLite's own empty log. */
function expectRefusedUntouched(code: ErrorCode): void {
  const names = (): string[] => readdirSync(project.folder).filter((name) => !/-(wal|shm)$/.test(name));
  const before = { content: readFileSync(file()), names: names() };
  expect(() => openProject(project.folder)).toThrow(withCode(code));
  expect(readFileSync(file()).equals(before.content)).toBe(true);
  expect(names()).toEqual(before.names);
}

describe('opening', () => {
  it('refuses a project of a newer version and leaves it untouched', () => {
    alter('PRAGMA user_version = 99');
    expectRefusedUntouched('project-too-new');
  });

  it('refuses a database of another program and leaves it untouched', () => {
    alter('PRAGMA application_id = 1');
    expectRefusedUntouched('unusable-input');
  });

  it.each(['not a database at all', ''])('refuses a file that is none: %j', (content) => {
    project.store.close();
    for (const name of ['project.db-wal', 'project.db-shm'])
      rmSync(path.join(project.folder, name), { force: true });
    writeFileSync(file(), content);
    expectRefusedUntouched('project-corrupt');
  });

  it('refuses a file that was cut off', () => {
    project.store.close();
    truncateSync(file(), 40_960);
    expectRefusedUntouched('project-corrupt');
  });

  it('refuses a file with a damaged page anywhere in it', () => {
    const ids = project.addImages(400);
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    for (const id of ids.slice(0, 50)) draw(project.store, id, box(cell.id));
    project.store.close();
    const whole = readFileSync(file());
    // As the header of an SQLite file has it.
    const pageSize = whole.readUInt16BE(16);
    for (let page = 1; page < whole.length / pageSize; page += 3) {
      const damaged = Buffer.from(whole);
      damaged.fill(0x5a, page * pageSize, page * pageSize + 64);
      writeFileSync(file(), damaged);
      expect(() => openProject(project.folder), `page ${page}`).toThrow(withCode('project-corrupt'));
    }
    writeFileSync(file(), whole);
    project.reopen();
    expect(project.store.info().boxes).toBe(50);
  });

  it('goes on without the part of the log that a crash cut off', () => {
    const ids = project.addImages(3);
    const before = project.store.info();
    const cut = mkdtempSync(path.join(os.tmpdir(), 'twinhead-cut-'));
    try {
      copyFileSync(file(), path.join(cut, 'project.db'));
      copyFileSync(`${file()}-wal`, path.join(cut, 'project.db-wal'));
      const length = readFileSync(`${file()}-wal`).length;
      project.store.splits.set(ids, 'train');
      writeFileSync(
        path.join(cut, 'project.db-wal'),
        readFileSync(`${file()}-wal`).subarray(0, length + 2000),
      );
      const copy = openProject(cut);
      expect(copy.info().bySplit).toEqual(before.bySplit);
      expect(copy.fullCheck().ok).toBe(true);
      copy.close();
    } finally {
      rmSync(cut, { recursive: true, force: true });
    }
  });

  it('refuses a folder without a project, makes none unasked, and refuses a file in its place', () => {
    const empty = path.join(project.folder, 'empty');
    mkdirSync(empty);
    expect(() => openProject(empty)).toThrow(withCode('not-found'));
    expect(readdirSync(empty)).toEqual([]);
    expect(() => openProject(file(), { create: true })).toThrow(withCode('unusable-input'));
  });

  it('makes the folders of a project again where they were deleted', () => {
    project.store.close();
    for (const name of ['runs', 'backups', 'cache'])
      rmSync(path.join(project.folder, name), { recursive: true });
    project.reopen();
    for (const name of ['runs', 'backups', 'cache'])
      expect(existsSync(path.join(project.folder, name))).toBe(true);
  });

  it('opens with what durability rests on', () => {
    project.store.close();
    const connection = connect(file());
    const read = (name: string): unknown => connection.pragma(name, { simple: true });
    expect(
      ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'busy_timeout'].map(read),
    ).toEqual(['wal', 2, 1, 0, 5000]);
    const loose = connection.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    );
    expect(loose.all()).toEqual([]);
    connection.close();
  });

  it.skipIf(process.platform === 'win32').each([
    ['where nothing may be written', 0o555, /isn’t allowed to write/],
    ['that may not be looked into', 0o000, /can’t be read/],
  ])('refuses a folder %s, and leaves it as it is', async (_what, mode, message) => {
    project.store.close();
    const before = readFileSync(file());
    chmodSync(project.folder, mode);
    try {
      await withoutRights(() => {
        expect(() => openProject(project.folder)).toThrow(withCode('read-only'));
        expect(() => openProject(project.folder)).toThrow(message);
        expect(() => openProject(path.join(project.folder, 'new.twinhead'), { create: true })).toThrow(
          withCode('read-only'),
        );
      });
    } finally {
      chmodSync(project.folder, 0o755);
    }
    expect(readFileSync(file()).equals(before)).toBe(true);
    project.reopen();
  });
});

describe('a write that fails', () => {
  it('for want of permission says so and changes nothing', () => {
    project.store.close();
    const db = new ProjectDatabase(new Database(file(), { readonly: true }), file());
    expect(() => db.write((writer) => writer.run('UPDATE project SET revision = 7'))).toThrow(
      withCode('read-only'),
    );
    expect(db.read.get('SELECT revision FROM project')).toEqual({ revision: 0 });
    db.close();
  });

  it('for want of room says so, changes nothing, and works again once there is room', () => {
    project.store.close();
    const connection = connect(file());
    const db = new ProjectDatabase(connection, file());
    const size = Number(connection.pragma('page_count', { simple: true }));
    connection.pragma(`max_page_count = ${size}`);
    const fill = (): unknown =>
      db.write((writer) => {
        writer.run('UPDATE project SET revision = 7');
        writer.run(
          "INSERT INTO settings (key, value) VALUES ('text', ?)",
          JSON.stringify('x'.repeat(100_000)),
        );
      });
    expect(fill).toThrow(withCode('disk-full'));
    expect(db.read.get('SELECT revision FROM project')).toEqual({ revision: 0 });
    connection.pragma('max_page_count = 100000');
    fill();
    expect(db.read.get('SELECT revision FROM project')).toEqual({ revision: 7 });
    db.close();
  });

  it('since another program holds the database says so', () => {
    project.store.close();
    const connection = connect(file());
    connection.pragma('busy_timeout = 1');
    const other = new Database(file());
    other.exec('BEGIN IMMEDIATE');
    const db = new ProjectDatabase(connection, file());
    expect(() => db.write(() => undefined)).toThrow(withCode('project-in-use'));
    other.close();
    expect(() => db.write(() => undefined)).not.toThrow();
    db.close();
  });
});
