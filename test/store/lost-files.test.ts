import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openProject, restoreBackup } from '../../electron/store/index.ts';
import { useProject } from './support.ts';

const project = useProject();
const names = (): string[] => project.store.classes.list().map(({ name }) => name);
const create = (name: string): unknown => project.store.classes.create({ kind: 'object', name });
const refused = expect.objectContaining({ code: 'read-only' }) as Error;

function take(...files: string[]): void {
  for (const file of files) rmSync(path.join(project.folder, file));
}

/** What a process that is killed now would leave behind: files without a name end with it. */
function leftByKill<Value>(look: (folder: string) => Value): Value {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-left-'));
  try {
    cpSync(project.folder, folder, { recursive: true });
    return look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const classesLeft = (): string[] =>
  leftByKill((folder) => {
    const store = openProject(folder);
    const found = store.classes.list().map(({ name }) => name);
    store.close();
    return found;
  });

const losses: Record<string, string[]> = {
  log: ['project.db-wal'],
  'index of the log': ['project.db-shm'],
  'log and its index': ['project.db-wal', 'project.db-shm'],
  database: ['project.db'],
  'database and its log': ['project.db', 'project.db-wal', 'project.db-shm'],
};

describe.each(Object.entries(losses))('a project whose %s is removed while it is open', (_, files) => {
  it('says so at the next edit, and everything acknowledged is on the disk', () => {
    for (const name of ['a', 'b', 'c']) create(name);
    take(...files);
    expect(() => create('d')).toThrow(refused);
    expect(() => create('e')).toThrow(refused);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(classesLeft()).toEqual(['a', 'b', 'c']);
    project.reopen();
    create('d');
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has everything on the disk soon also where nobody edits', async () => {
    create('a');
    take(...files);
    await vi.waitUntil(() => project.store.lost, { timeout: 5000 });
    expect(classesLeft()).toEqual(['a']);
  });
});

it('a database that another one has replaced is left alone, and what was acknowledged is a backup', () => {
  create('a');
  const other = mkdtempSync(path.join(os.tmpdir(), 'twinhead-other-'));
  const theirs = openProject(other, { create: true });
  theirs.classes.create({ kind: 'object', name: 'theirs' });
  theirs.close();
  renameSync(path.join(other, 'project.db'), path.join(project.folder, 'project.db'));
  rmSync(other, { recursive: true });
  const content = readFileSync(path.join(project.folder, 'project.db'));
  expect(() => create('b')).toThrow(refused);
  project.store.close();
  expect(readFileSync(path.join(project.folder, 'project.db')).equals(content)).toBe(true);
  for (const part of ['-wal', '-shm'])
    rmSync(path.join(project.folder, `project.db${part}`), { force: true });
  const [rescued] = readdirSync(path.join(project.folder, 'backups'));
  expect(rescued).toMatch(/-rescued\.db$/);
  expect(restoreBackup(project.folder, rescued).movedTo).not.toBeNull();
  project.reopen();
  expect(names()).toEqual(['a']);
});

it('a project folder that was moved says so, and is whole where it is now', () => {
  create('a');
  const moved = `${project.folder}.moved`;
  renameSync(project.folder, moved);
  expect(() => create('b')).toThrow();
  renameSync(moved, project.folder);
  expect(names()).toEqual(['a']);
  create('b');
  expect(existsSync(path.join(project.folder, 'project.db-wal'))).toBe(true);
  project.reopen();
  expect(names()).toEqual(['a', 'b']);
});

it('half-written files of openers that were killed are removed, and no others', () => {
  const dead = ['', '-wal', '-shm', '-journal'].map((end) => `project.db.999999999-0a1b2c3d.tmp${end}`);
  // Its number is a living process's by now, as in a container that gives the same ones at each start.
  const old = `a.${process.pid}-9a8b7c6d.tmp`;
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  const own = [`a.${process.pid}-0a1b2c3d.tmp`, 'mine.tmp', 'a.999999999-0a1b2c3d.tmp.jpg'];
  for (const place of ['', 'backups', 'cache', 'runs'])
    for (const name of [...dead, old, ...own]) {
      cpSync(path.join(project.folder, 'project.db'), path.join(project.folder, place, name));
      if (name === old) utimesSync(path.join(project.folder, place, name), yesterday, yesterday);
    }
  project.reopen();
  for (const place of ['', 'backups', 'cache', 'runs']) {
    const found = readdirSync(path.join(project.folder, place));
    expect(found.filter((name) => dead.includes(name) || name === old)).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(own));
  }
});
