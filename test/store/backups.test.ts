import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { listBackups, openProject, readBackup, restoreBackup } from '../../electron/store/index.ts';
import { saying } from '../support/in-english.ts';
import { allLabels, box, draw, useProject } from './support.ts';

let time = new Date('2026-11-24T10:00:00Z');
const project = useProject({ clock: () => time });
const later = (ms: number): void => void (time = new Date(time.getTime() + ms));
const HOUR_MS = 3_600_000;

/** One image and one box more with every call. */
function work(): void {
  const [id] = project.addImages(1);
  const known = project.store.classes.find('object', 'RBC');
  draw(project.store, id!, box((known ?? project.store.classes.create({ kind: 'object', name: 'RBC' })).id));
}

const files = (): string[] => readdirSync(path.join(project.folder, 'backups')).toSorted();
const inProject = (name: string): string => path.join(project.folder, name);

describe('a backup', () => {
  it('is one whole file with everything in it, also of edits made while it was copied', async () => {
    work();
    const making = project.store.backups.create();
    work();
    const { name, file } = await making;
    expect(files()).toEqual([name]);
    const elsewhere = inProject('copy.twinhead');
    mkdirSync(elsewhere);
    copyFileSync(file, path.join(elsewhere, 'project.db'));
    const copy = openProject(elsewhere);
    expect(copy.fullCheck().problems).toEqual([]);
    expect(allLabels(copy)).toEqual(allLabels(project.store));
    copy.close();
  });

  it('says what it holds, and of a damaged one only that it can not be read', async () => {
    work();
    work();
    const whole = await project.store.backups.create();
    expect(readBackup(whole)).toEqual({ bytes: statSync(whole.file).size, holds: { images: 1, boxes: 2 } });
    for (const damage of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      readFileSync(whole.file).fill(0xff, 24, 8192),
    ]) {
      writeFileSync(whole.file, damage);
      expect(readBackup(whole)).toEqual({ bytes: damage.length, holds: null });
    }
    // Reading has changed nothing and left nothing beside it.
    expect(files()).toEqual([whole.name]);
  });

  it('is made when due: something has changed, and the last one is an hour old', async () => {
    work();
    expect(await project.store.backups.createIfDue()).not.toBeNull();
    work();
    expect(await project.store.backups.createIfDue()).toBeNull();
    later(HOUR_MS);
    expect(await project.store.backups.createIfDue()).not.toBeNull();
    later(HOUR_MS);
    expect(await project.store.backups.createIfDue()).toBeNull();
    expect(project.store.backups.list()).toHaveLength(2);
  });

  it('is made once for two that ask at a time', async () => {
    const [a, b] = await Promise.all([project.store.backups.create(), project.store.backups.create()]);
    expect(a).toEqual(b);
    expect(files()).toHaveLength(1);
  });

  it('lets old ones go only once it is there itself, and never a foreign file', async () => {
    writeFileSync(path.join(project.folder, 'backups', 'mine.db'), 'keep');
    for (let n = 0; n < 6; n++) {
      later(60_000);
      await project.store.backups.create();
    }
    expect(files()).toHaveLength(4);
    expect(files()).toContain('mine.db');
    expect(project.store.backups.list()[0]?.at).toEqual(time);
  });

  it('that can not be written is an error, and leaves the earlier ones and no remains', async () => {
    const { name } = await project.store.backups.create();
    later(HOUR_MS);
    const folder = path.join(project.folder, 'backups');
    renameSync(folder, `${folder}-elsewhere`);
    symlinkSync(`${folder}-elsewhere`, folder);
    await expect(project.store.backups.create()).rejects.toThrow(/is a link/);
    expect(readdirSync(folder)).toEqual([name]);
    expect(project.store.backups.list().map((backup) => backup.name)).toEqual([name]);
    work();
    expect(project.store.info().images).toBe(1);
  });
});

describe('restoring', () => {
  it('makes the project what it was, and moves the file that was there aside', async () => {
    work();
    const before = allLabels(project.store);
    const { name } = await project.store.backups.create();
    work();
    const run = project.store.runs.create({
      config: {},
      seed: 1,
      epochs: 1,
      dataRevision: 1,
      appVersion: '',
      engine: '',
    });
    const after = allLabels(project.store);
    project.store.close();
    const restored = restoreBackup(project.folder);
    expect(restored.backup).toBe(name);
    project.reopen();
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.runs.list()).toEqual([]);
    // Its folder is still there, so no later run may get it.
    expect(
      project.store.runs.create({
        config: {},
        seed: 1,
        epochs: 1,
        dataRevision: 1,
        appVersion: '',
        engine: '',
      }).id,
    ).not.toBe(run.id);
    const aside = inProject('aside.twinhead');
    mkdirSync(aside);
    renameSync(restored.movedTo!, path.join(aside, 'project.db'));
    const moved = openProject(aside);
    expect(allLabels(moved)).toEqual(after);
    moved.close();
  });

  it('brings back a project whose file is damaged; the damaged one is kept as it is', async () => {
    work();
    const before = allLabels(project.store);
    await project.store.backups.create();
    project.store.close();
    const damaged = Buffer.from(readFileSync(inProject('project.db')));
    damaged.fill(0xff, 0, 8192);
    writeFileSync(inProject('project.db'), damaged);
    expect(() => openProject(project.folder)).toThrow(expect.objectContaining({ code: 'project-corrupt' }));
    const { movedTo } = restoreBackup(project.folder);
    expect(readFileSync(movedTo!).equals(damaged)).toBe(true);
    project.reopen();
    expect(allLabels(project.store)).toEqual(before);
  });

  it('brings back a project whose file is gone, and never takes over a log that was left behind', async () => {
    work();
    const before = allLabels(project.store);
    await project.store.backups.create();
    work();
    copyFileSync(inProject('project.db-wal'), inProject('left-behind'));
    project.store.close();
    renameSync(inProject('project.db'), inProject('gone'));
    renameSync(inProject('left-behind'), inProject('project.db-wal'));
    // With backups in it, it is a project that has lost its file, not an empty folder.
    for (const create of [false, true])
      expect(() => openProject(project.folder, { create })).toThrow(
        expect.objectContaining({ code: 'project-corrupt' }),
      );
    expect(restoreBackup(project.folder).movedTo).toBeNull();
    project.reopen();
    expect(allLabels(project.store)).toEqual(before);
  });

  it('passes over a damaged backup for an older whole one, and refuses a damaged one that was named', async () => {
    work();
    const { name } = await project.store.backups.create();
    later(HOUR_MS);
    work();
    const newer = await project.store.backups.create();
    truncateSync(newer.file, 8192);
    const before = allLabels(project.store);
    project.store.close();
    // What is said is of the backup that was chosen, not of a copy that is gone by then.
    expect(() => restoreBackup(project.folder, newer.name)).toThrow(
      expect.objectContaining({
        code: 'project-corrupt',
        message: `The backup ${newer.name} is damaged.`,
        details: expect.objectContaining({ file: newer.file }) as unknown,
      }),
    );
    project.reopen();
    expect(allLabels(project.store)).toEqual(before);
    project.store.close();
    expect(restoreBackup(project.folder).backup).toBe(name);
  });

  it('leaves a project of a later version as it is, and says so', async () => {
    work();
    await project.store.backups.create();
    project.store.close();
    const file = inProject('project.db');
    const connection = new Database(file);
    connection.pragma('user_version = 9999');
    connection.close();
    const before = readFileSync(file);
    expect(() => restoreBackup(project.folder)).toThrow(
      expect.objectContaining({
        code: 'project-too-new',
        details: expect.objectContaining({ file, remedy: saying(/Update Twinhead/) }) as unknown,
      }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses an open project, a name that is none, and a project without backups', () => {
    expect(() => restoreBackup(project.folder)).toThrow(expect.objectContaining({ code: 'project-in-use' }));
    project.store.close();
    expect(() => restoreBackup(project.folder)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => restoreBackup(project.folder, '../project.db')).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(listBackups(project.folder)).toEqual([]);
  });

  it.each(['staged', 'log moved', 'file moved'])(
    'cut short when %s is finished by the next opening',
    async (cut) => {
      work();
      const before = allLabels(project.store);
      const { file } = await project.store.backups.create();
      work();
      copyFileSync(inProject('project.db-wal'), inProject('wal'));
      project.store.close();
      copyFileSync(file, inProject('project.db.restoring'));
      if (cut === 'staged') renameSync(inProject('wal'), inProject('project.db-wal'));
      if (cut === 'file moved') renameSync(inProject('project.db'), inProject('project.db.replaced-before'));
      project.reopen();
      expect(allLabels(project.store)).toEqual(before);
      expect(existsSync(inProject('project.db.restoring'))).toBe(false);
      expect(readdirSync(project.folder).some((name) => name.startsWith('project.db.replaced-'))).toBe(true);
    },
  );
});
