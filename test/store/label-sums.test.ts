import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { openProject } from '../../electron/store/index.ts';
import { boxSum, joined } from '../../electron/store/rows/label-sum.ts';
import type { BoxRow } from '../../electron/store/rows/box-rows.ts';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';
import { asEnglish } from '../support/in-english.ts';

const project = useProject();

/** With another program, while the project is closed. */
function outside(sql: string, ...values: (string | number)[]): void {
  project.store.close();
  const connection = new Database(path.join(project.folder, 'project.db'));
  connection.prepare(sql).run(...values);
  connection.close();
  project.store = openProject(project.folder);
}

const edit = (imageId: number, operations: AnnotationOperation[]): void =>
  void project.store.annotations.edit(imageId, project.store.images.get(imageId).revision, operations);

const found = (): unknown[] => asEnglish(project.store.fullCheck().problems).map(({ place }) => place);

/** Settling goes on by itself; the check looks at what is counted, so it is waited for. */
async function settled(): Promise<void> {
  const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
  const open = connection.prepare('SELECT count(*) FROM images WHERE label_sum IS NULL').pluck();
  await expect.poll(() => open.get(), { timeout: 5000 }).toBe(0);
  connection.close();
}

const row: BoxRow = {
  id: 7,
  classId: 2,
  x: 10.25,
  y: 20,
  width: 3,
  height: 4,
  source: 'person',
  score: null,
  attributes: null,
  extra: null,
};

describe('the sum of labels', () => {
  it('is another for every bit of every coordinate, and for every other field', () => {
    const sums = new Set([boxSum(row)]);
    const bytes = new DataView(new ArrayBuffer(8));
    for (const name of ['x', 'y', 'width', 'height'] as const)
      for (let bit = 0; bit < 64; bit += 1) {
        bytes.setFloat64(0, row[name]);
        bytes.setUint8(bit >> 3, bytes.getUint8(bit >> 3) ^ (1 << (bit & 7)));
        sums.add(boxSum({ ...row, [name]: bytes.getFloat64(0) }));
      }
    for (const change of [{ id: 8 }, { classId: 3 }, { source: 'import' as const }, { score: 0.5 }])
      sums.add(boxSum({ ...row, ...change }));
    for (const change of [{ attributes: '{"a":1}' }, { extra: '{"a":1}' }, { extra: '{"a":2}' }])
      sums.add(boxSum({ ...row, ...change }));
    expect(sums.size).toBe(1 + 4 * 64 + 7);
  });

  it('fits a whole number and takes away what it added, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1 }), { maxLength: 8 }), (ids) => {
        const sums = ids.map((id) => boxSum({ ...row, id }));
        const all = sums.reduce(joined, 0);
        expect(Number.isSafeInteger(all) && all >= 0).toBe(true);
        expect(sums.toReversed().reduce(joined, all)).toBe(0);
      }),
    );
  });
});

describe('labels that another hand has changed', () => {
  it.each([
    ['a bit of a coordinate', 'UPDATE boxes SET x = 10.000000000000002 WHERE id = 1'],
    ['an attribute', 'UPDATE boxes SET attributes = \'{"occluded":true}\' WHERE id = 1'],
    ['the class', 'UPDATE boxes SET class_id = 3 WHERE id = 1'],
  ])('are found: %s', async (_what, sql) => {
    const [a, b] = project.addImages(2) as [number, number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    project.store.classes.create({ kind: 'image', name: 'sick' });
    project.store.classes.create({ kind: 'object', name: 'other' });
    draw(project.store, a, box(cell.id));
    draw(project.store, b, box(cell.id));
    expect(found()).toEqual([]);
    outside(sql);
    expect(found()).toContain(`image ${a}`);

    // Later edits of the image don't hide it.
    draw(project.store, a, box(cell.id));
    expect(found()).toContain(`image ${a}`);
    // A backup names it, and lets no earlier one go.
    const { problems } = await project.store.backups.create();
    expect(problems.map(({ place, message }) => [inEnglish(place ?? ''), inEnglish(message)])).toEqual([
      [`image ${a}`, 'The labels of a0.png are not the ones that were stored.'],
    ]);
    // Whoever verifies the image takes them as they are.
    edit(a, [{ type: 'set-verified', verified: true }]);
    expect(found()).not.toContain(`image ${a}`);
  });

  it('are none after edits, undo, image classes, suggestions and changes of a class', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    const other = project.store.classes.create({ kind: 'object', name: 'other' });
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' });
    for (const id of [a, b]) draw(project.store, id, box(cell.id));
    edit(a, [{ type: 'set-image-classes', classIds: [sick.id] }]);
    project.store.annotations.undo(a);
    project.store.annotations.redo(a);
    expect(found()).toEqual([]);
    project.store.classes.delete(cell.id, { reassignTo: other.id });
    await settled();
    expect(found()).toEqual([]);
    project.store.journal.undoProject();
    await settled();
    project.store.classes.delete(cell.id, { reassignTo: null });
    await settled();
    expect(found()).toEqual([]);
    project.store.journal.undoProject();
    await settled();
    expect(found()).toEqual([]);
    outside('UPDATE boxes SET height = height + 1e-9 WHERE image_id = ?', b);
    expect(found()).toContain(`image ${b}`);
  });
});
