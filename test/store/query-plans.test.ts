import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageFilter } from '../../electron/common/entities.ts';
import {
  answeredAt,
  answeredImages,
  answeringRun,
  readAnswers,
  readLabels,
  readProjectFile,
  unansweredImages,
} from '../../electron/store/index.ts';
import { box, draw, useProject } from './support.ts';
import type { TestProject } from './support.ts';

/**
 * With 100,000 images and 1,000,000 boxes a statement that reads a large table through is a stall. Here each use
 * case runs for real, its statements are written down on the way, and SQLite explains how it would run each.
 */
const LARGE = ['images', 'boxes', 'image_classes', 'journal', 'journal_images', 'answers'];
let cell = 0;
let sick = 0;

function fill(project: TestProject): void {
  const { store } = project;
  const [id] = project.addImages(30);
  cell = store.classes.create({ kind: 'object', name: 'cell' }).id;
  sick = store.classes.create({ kind: 'image', name: 'sick' }).id;
  for (let n = 0; n < 3; n++) draw(store, id!, box(cell, n));
}

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
function scans(project: TestProject, work: () => void): string[] {
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
  const project = useProject();
  beforeEach(() => {
    fill(project);
    project.reopen();
  });
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
        void (project.store.files.findBySha256('0'.repeat(64)), project.store.files.findByPath(1, 'a1.png')),
    ],
    ['to make or change a class', () => project.store.classes.update(cell, { name: 'red cell' })],
    [
      'to put an image back',
      () => void project.store.annotations.restore(1, project.store.images.get(1).revision, 0),
    ],
    ['to say what deleting a class would change', () => void project.store.classes.effect(cell)],
    ['to delete a class', () => void project.store.classes.delete(cell, { reassignTo: null })],
    ['to say who has suggested something', () => void project.store.suggestions.sources()],
    [
      'to score what a run has found',
      () =>
        void readProjectFile(project.store.file, (reader) => [
          answeringRun(reader, 'r0001'),
          answeredAt(reader, 'r0001', { split: 'val' }),
          answeredImages(reader, 'r0001', { split: 'val' }),
          unansweredImages(reader, 'r0001', { split: 'val' }),
          readAnswers(reader, 'r0001', [1, 2]),
          readLabels(reader, [1, 2]),
        ]),
    ],
    ['to move an image to a split', () => project.store.splits.set([3], 'val')],
  ];

  it.each(cases)('%s', (_, work) => {
    // What ends at its limit is read in the order of an index.
    expect(scans(project, work).filter((line) => !line.includes('LIMIT'))).toEqual([]);
  });

  it('to read the guide of a class, nor the boxes of the class', () => {
    const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
    const plans = [...statementsOf(() => project.store.classes.examples(cell))]
      .filter((sql) => sql.includes('listed'))
      .flatMap((sql) =>
        connection.prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(null, null),
      );
    connection.close();
    expect(plans.map(({ detail }) => detail).find((detail) => detail.includes('boxes'))).toBe(
      'SEARCH boxes USING INTEGER PRIMARY KEY (rowid=?)',
    );
  });

  it('to look for missing files where none is', () => {
    const asked = [...statementsOf(() => project.store.files.missingAfter(0, 10))];
    expect(asked).toHaveLength(1);
    const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
    const plan = connection.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${asked[0]!}`).all();
    connection.close();
    expect(plan.map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining(
        'SEARCH images USING COVERING INDEX images_by_flags (state=? AND split=? AND verified=? AND missing=?)',
      ),
    );
    project.store.files.markMissing([2], true);
    expect(project.store.files.missingAfter(0, 10).map(({ id }) => id)).toEqual([2]);
  });

  it('to undo a change of the project, but for what it touched', () => {
    project.store.splits.set([3], 'val');
    expect(scans(project, () => project.store.journal.undoProject())).toEqual([]);
  });
});

describe('figures of the project', () => {
  const project = useProject();

  it('are counted in indexes, not in rows of images', () => {
    fill(project);
    project.reopen();
    const plan = scans(project, () => project.store.info());
    expect(plan.length).toBeGreaterThan(0);
    for (const line of plan) expect(line).toMatch(/^SCAN images USING COVERING INDEX/);
  });
});

describe('a list of images', () => {
  const project = useProject({}, { forAll: true });
  beforeAll(() => {
    fill(project);
    project.reopen();
  });
  const SORTS = ['added', 'path', 'boxes', 'edited', 'score'] as const;
  const FILTERS: ImageFilter[] = [
    {},
    { state: 'labelled', split: 'val', verified: false, flagged: false, missing: false, noted: false },
    { classId: 1 },
    { text: 'a1', minBoxes: 1, maxBoxes: 9, source: 'person' },
    { minBoxSide: 1, maxBoxSide: 50 },
    { suggestions: false },
    { minScore: 0.1, maxScore: 0.9 },
    { attribute: { name: 'occluded', value: true } },
  ];

  function planOf(query: Parameters<typeof project.store.images.list>[0]): string {
    const statements = statementsOf(() => project.store.images.list({ ...query, limit: 50 }));
    const lists = [...statements].filter((sql) => sql.startsWith('SELECT id FROM images'));
    expect(lists.length).toBeGreaterThan(0);
    const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
    const plan = lists
      .flatMap((sql) => {
        const parameters = sql.match(/\?/g)?.map(() => null) ?? [];
        return connection.prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
      })
      .map(({ detail }) => detail)
      .join('\n');
    connection.close();
    return plan;
  }

  // One look at each image in the wanted order, from an index: never a sort, never a table with more rows than images.
  it.each(SORTS.flatMap((sort) => FILTERS.map((filter) => [sort, filter] as const)))(
    'by %s through %j is read in order, without sorting and without reading boxes through',
    (sort, filter) => {
      for (const descending of [true, false]) {
        const plan = planOf({ sort, filter, descending });
        expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER/);
        expect(plan).not.toMatch(/SCAN (boxes|image_classes|suggestions)\b/);
      }
    },
  );

  it('by sizes between two asks an index of the boxes, never the boxes themselves', () => {
    const plan = planOf({ filter: { minBoxSide: 1, maxBoxSide: 50 } });
    expect(plan).toMatch(
      /SEARCH boxes.* USING COVERING INDEX boxes_by_image \(image_id=\? AND <expr>>\? AND <expr><\?\)/,
    );
  });

  it('by an attribute looks at no box', () => {
    expect(planOf({ filter: { attribute: { name: 'occluded', value: true } } })).not.toMatch(/boxes/);
  });

  it('is not read again for a page further down, or a place in it', () => {
    const query = { filter: { state: 'unseen' as const }, sort: 'path' as const };
    project.store.images.list({ ...query, limit: 2 });
    const later = statementsOf(() => {
      project.store.images.list({ ...query, offset: 20, limit: 2 });
      project.store.images.after(5, query);
    });
    expect([...later].filter((sql) => /OFFSET|SELECT id FROM images/.test(sql))).toEqual([]);
  });
});
