import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { box, draw, useProject } from './support.ts';

/**
 * With 100,000 images and 1,000,000 boxes a statement that reads a large table through is a stall. Here each use
 * case runs for real, its statements are written down on the way, and SQLite explains how it would run each.
 */
const project = useProject();
const LARGE = ['images', 'boxes', 'image_classes', 'journal', 'journal_images'];
let cell = 0;
let sick = 0;

beforeEach(() => {
  const [id] = project.addImages(30);
  cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
  sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
  for (let n = 0; n < 3; n++) draw(project.store, id!, box(cell, n));
  project.reopen();
});

/** The SQL of everything that `work` prepares. */
function statementsOf(work: () => void): Set<string> {
  const spy = vi.spyOn(Database.prototype, 'prepare');
  try {
    work();
    return new Set(spy.mock.calls.map(([sql]) => sql));
  } finally {
    spy.mockRestore();
  }
}

/** Statements of `work` that read a large table through, with SQLite's own words. */
function scans(work: () => void): string[] {
  const statements = statementsOf(work);
  expect(statements.size).toBeGreaterThan(0);
  const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
  const found = [...statements].flatMap((sql) => {
    if (!/^\s*(SELECT|UPDATE|DELETE|INSERT|WITH)/.test(sql)) return [];
    const parameters = sql.match(/\?/g)?.map(() => null) ?? [];
    const plan = connection
      .prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters);
    return plan
      .filter(({ detail }) => new RegExp(`^SCAN (${LARGE.join('|')})\\b`).test(detail))
      .map(({ detail }) => `${detail}: ${sql}`);
  });
  connection.close();
  return found;
}

describe('no large table is read through', () => {
  const edit = (): void => void draw(project.store, 2, box(cell));
  const cases: [string, () => void][] = [
    ['to edit an image', edit],
    [
      'to set its class',
      () => project.store.annotations.edit(2, 0, [{ type: 'set-image-classes', classIds: [sick] }]),
    ],
    ['to read an image', () => project.store.annotations.get(1)],
    ['to undo and redo', () => void (project.store.annotations.undo(1), project.store.annotations.redo(1))],
    ['to show the history of an image', () => project.store.journal.list(1)],
    ['to show the whole history', () => project.store.journal.list(null)],
    ['to say what can be undone', () => project.store.journal.projectSteps()],
    [
      'to find an image by content or path',
      () =>
        void (
          project.store.images.findBySha256('0'.repeat(64)),
          project.store.images.findByPath(1, 'a1.png')
        ),
    ],
    ['to make or change a class', () => project.store.classes.update(cell, { name: 'red cell' })],
    ['to move an image to a split', () => project.store.images.setSplit([3], 'val')],
    [
      'to list images with a class',
      () => project.store.images.list({ filter: { classId: cell }, limit: 50 }),
    ],
    [
      'to list images of a state',
      () => project.store.images.list({ filter: { state: 'labelled' }, limit: 50 }),
    ],
  ];

  it.each(cases)('%s', (_, work) => {
    // A page is read in the order of an index and ends at its limit: see below.
    expect(scans(work).filter((line) => !line.includes('LIMIT'))).toEqual([]);
  });

  it('to undo a change of the project, but for what it touched', () => {
    project.store.images.setSplit([3], 'val');
    expect(scans(() => project.store.journal.undoProject())).toEqual([]);
  });
});

describe('a page of the list', () => {
  it.each(['added', 'path', 'boxes'] as const)(
    'comes in the order %s from an index, without sorting',
    (sort) => {
      const statements = statementsOf(() => {
        for (const descending of [true, false]) project.store.images.list({ sort, descending, limit: 50 });
      });
      const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
      const pages = [...statements].filter((sql) => sql.includes('LIMIT'));
      expect(pages).toHaveLength(2);
      for (const sql of pages) {
        const plan = connection.prepare<number[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(50, 0);
        expect(plan.map(({ detail }) => detail).join('\n')).not.toMatch(/TEMP B-TREE/);
      }
      connection.close();
    },
  );
});
