import path from 'node:path';
import Database from 'better-sqlite3';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { describe, expect, it } from 'vitest';
import { saying } from '../support/in-english.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();

/** Writes into the project's file as no version of the program does. */
function tamper(sql: string, ...parameters: unknown[]): void {
  project.store.close();
  const connection = new Database(path.join(project.folder, 'project.db'));
  connection.prepare(sql).run(...parameters);
  connection.close();
  project.reopen();
}

function patches(): Record<string, unknown>[] {
  const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
  const rows = connection.prepare('SELECT inverse FROM journal ORDER BY id').pluck().all() as string[];
  connection.close();
  return rows.map((text) => JSON.parse(text) as Record<string, unknown>);
}

describe('entries of the journal', () => {
  it('have rows by name, under a version', () => {
    const [imageId] = project.addImages(1) as [number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    const id = draw(project.store, imageId, { ...box(cell.id), attributes: { truncated: true } });
    project.store.annotations.edit(imageId, 1, [{ type: 'delete-box', boxId: id }]);
    const row = { x: 1, y: 2, width: 3, height: 4, source: 'person', score: null, extra: null };
    expect(patches().slice(1)).toEqual([
      { v: 2, remove: [id], state: 'unseen' },
      { v: 2, put: [{ ...row, id, classId: cell.id, attributes: '{"truncated":true}' }] },
    ]);
  });

  it('of an image that is not there are none', () => {
    expect(project.store.journal.list(404)).toEqual([]);
  });

  it('of an image say which boxes they added, changed and deleted, also by an import and a class', async () => {
    const [imageId] = project.addImages(1) as [number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
    const blob = project.store.classes.create({ kind: 'object', name: 'blob' }).id;
    const id = draw(project.store, imageId, box(cell, 1, 2, 3, 4));
    project.store.annotations.edit(imageId, 1, [
      { type: 'update-box', boxId: id, changes: { geometry: { x: 5, y: 2, width: 3, height: 4 } } },
    ]);
    project.store.annotations.edit(imageId, 2, [{ type: 'set-verified', verified: true }]);
    project.store.classes.delete(cell, { reassignTo: blob });
    expect(inEnglish(project.store.journal.list(imageId)[0]!.summary)).toBe(
      'Merged class “cell” into “blob” (1 label)',
    );
    const { revision } = project.store.annotations.get(imageId).image;
    project.store.annotations.edit(imageId, revision, [{ type: 'delete-box', boxId: id }]);
    const at = { id, y: 2, width: 3, height: 4 };
    expect(project.store.journal.list(imageId).map(({ boxes }) => boxes)).toEqual([
      [{ ...at, x: 5, classId: blob, change: 'deleted' }],
      [{ ...at, x: 5, classId: blob, formerClassId: cell, change: 'changed' }],
      [],
      [{ ...at, x: 5, classId: cell, change: 'changed' }],
      [{ ...at, x: 1, classId: cell, change: 'added' }],
    ]);
    project.store.annotations.undo(imageId);
    expect(project.store.journal.list(imageId)[0]?.boxes).toEqual([
      { ...at, x: 5, classId: blob, change: 'added' },
    ]);
  });

  it('of several images say what was said of them', () => {
    const ids = project.addImages(2);
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    project.store.images.change(ids, { imageClassId: sick });
    project.store.images.change(ids, { flagged: true });
    project.store.images.change([ids[0]!], { flagged: false });
    const said = project.store.journal.steps(3).map(({ summary }) => inEnglish(summary));
    expect(said).toEqual(['Unflagged an image', 'Flagged 2 images', 'Set the class of 2 images to “sick”']);
  });

  const unreadable = [
    ['of a newer version', '{"v":3,"put":[]}', /newer version/],
    ['that say something unknown', '{"v":2,"rotate":90}', /can’t be read/],
    ['with a row of another form', '{"v":2,"put":[{"id":1}]}', /can’t be read/],
    ['with too short a row of the old form', '{"put":[[1,2,3]]}', /can’t be read/],
    ['that are no patch at all', '[]', /can’t be read/],
  ] as const;

  it.each(unreadable)('%s are refused when an edit is undone, and nothing is changed', (_, text, message) => {
    const [imageId] = project.addImages(1) as [number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    draw(project.store, imageId, box(cell.id));
    tamper("UPDATE journal SET inverse = ? WHERE kind = 'edit'", text);
    const before = project.store.annotations.get(imageId);
    const refused = expect.objectContaining({
      code: 'not-allowed',
      message: expect.stringMatching(message) as string,
    }) as unknown;
    expect(() => project.store.annotations.undo(imageId)).toThrow(refused);
    expect(() => project.store.annotations.restore(imageId, 1, 0)).toThrow(refused);
    expect(project.store.annotations.get(imageId)).toEqual(before);
    expect(project.store.fullCheck().problems).toMatchObject([{ message: saying(message) }]);
  });

  it.each(unreadable)(
    '%s are refused when the project is undone, and nothing is changed',
    (_, text, message) => {
      const ids = project.addImages(3);
      const sick = project.store.classes.create({ kind: 'image', name: 'sick' });
      for (const id of ids)
        project.store.annotations.edit(id, 0, [{ type: 'set-image-classes', classIds: [sick.id] }]);
      project.store.classes.delete(sick.id, { reassignTo: null });
      tamper('UPDATE journal_images SET inverse = ? WHERE image_id = ?', text, ids[2]);
      const before = allLabels(project.store);
      expect(() => project.store.journal.undoProject()).toThrow(message);
      expect(allLabels(project.store)).toEqual(before);
      expect(project.store.classes.list()).toEqual([]);
    },
  );
});
