import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../electron/store/database/connection.ts';
import { ProjectDatabase } from '../../electron/store/database/database.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();
const IMAGES = 12;
/** Boxes of each image: more in all than a change may have to be left to a thread. */
const BOXES = 1000;
const PATIENCE = { timeout: 20_000, interval: 50 };
let ids: number[] = [];
let many = 0;

beforeEach(async () => {
  ids = project.addImages(IMAGES);
  await project.store.importAnnotations({
    title: 'many',
    images: ids.map((imageId) => ({
      imageId,
      boxes: Array.from({ length: BOXES }, (_, n) => ({
        className: 'many',
        x: n / 30,
        y: 1 / 3,
        width: 3,
        height: 4,
        score: null,
        attributes: {},
        extra: null,
      })),
      imageClassNames: null,
      split: null,
      verifiedEmpty: false,
    })),
  });
  many = project.store.classes.find('object', 'many')!.id;
});

const remove = (): unknown => project.store.classes.delete(many, { reassignTo: null });

/** Boxes in the database file alone, without what is only in its log. */
function boxesInFile(): number {
  const copy = path.join(project.folder, 'cache', 'copy.db');
  copyFileSync(path.join(project.folder, 'project.db'), copy);
  const connection = new Database(copy);
  const count = connection.prepare<[], number>('SELECT count(*) FROM boxes').pluck(true).get()!;
  connection.close();
  return count;
}

describe('a change of many boxes', () => {
  it('is brought into the file by itself, while edits go on', async () => {
    remove();
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    await vi.waitFor(() => {
      draw(project.store, ids[0]!, box(other));
      expect(boxesInFile()).toBeLessThan(IMAGES * BOXES);
    }, PATIENCE);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('is whole where the project is closed at once, and nothing has it open any more', () => {
    const before = allLabels(project.store);
    remove();
    project.store.close();
    expect(readdirSync(project.folder).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
    project.reopen();
    expect(project.store.info().boxes).toBe(0);
    project.store.journal.undoProject();
    project.store.journal.redoProject();
    project.store.journal.undoProject();
    project.reopen();
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.fullCheck().problems).toEqual([]);
  });
});

describe('a database', () => {
  it('keeps its log small and its memory bounded again after a large transaction', async () => {
    const file = path.join(project.folder, 'cache', 'apart.db');
    const db = new ProjectDatabase(connect(file), file);
    try {
      const settings = (): unknown[] => ['wal_autocheckpoint', 'cache_size'].map((name) => db.pragma(name));
      const usual = settings();
      db.write((writer) => writer.run('CREATE TABLE numbers (n INTEGER)'));
      const fill = (rows: number): void =>
        db.writeMuch((writer) => {
          writer.run(
            `INSERT INTO numbers WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) SELECT i FROM n`,
          );
          if (rows === 3) throw new Error('no');
        });
      fill(2);
      expect(settings()).toEqual(usual);
      expect(() => fill(3)).toThrow('no');
      expect(settings()).toEqual(usual);
      fill(100_000);
      fill(100_000);
      await vi.waitFor(() => expect(settings()).toEqual(usual), PATIENCE);
      expect(db.read.get('SELECT count(*) AS n FROM numbers')).toEqual({ n: 200_002 });
    } finally {
      db.close();
    }
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});
