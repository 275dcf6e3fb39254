import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { rescue } from '../../electron/services/projects/rescue.ts';
import { openProject, ProjectStore } from '../../electron/store/index.ts';
import { box, draw, useProject } from '../store/support.ts';
import { asEnglish } from '../support/in-english.ts';

const project = useProject();
const file = (): string => path.join(project.folder, 'project.db');
const target = (): string => path.join(project.folder, 'new.twinhead');

function fill(images: number): void {
  const ids = project.addImages(images);
  const { store } = project;
  store.settings.update({
    multipleImageClasses: true,
    attributes: [{ name: 'stain', type: 'boolean', choices: [] }],
  });
  const cell = store.classes.create({ kind: 'object', name: 'cell', color: '#123456' });
  const sick = store.classes.create({ kind: 'image', name: 'sick' });
  const old = store.classes.create({ kind: 'image', name: 'old' });
  for (const id of ids) draw(store, id, { ...box(cell.id, 1.1, 2.2, 3.3, 4.4), attributes: { stain: true } });
  const edit = (id: number, operations: Parameters<ProjectStore['annotations']['edit']>[2]): void =>
    void store.annotations.edit(id, store.images.get(id).revision, operations);
  edit(ids[0]!, [
    { type: 'set-image-classes', classIds: [sick.id, old.id] },
    { type: 'set-note', note: 'look again' },
    { type: 'set-flag', flagged: true },
    { type: 'set-verified', verified: true },
  ]);
  edit(ids[1]!, [
    { type: 'delete-box', boxId: store.annotations.get(ids[1]!).boxes[0]!.id },
    { type: 'set-state', state: 'empty' },
  ]);
  store.splits.set([ids[0]!], 'val');
}

/** All that a person has said of the images, by their path. */
function said(store: ProjectStore): unknown[] {
  const names = new Map(store.classes.list().map(({ id, name, color }) => [id, `${name} ${color}`]));
  return store.images.ids().map((id) => {
    const { image, boxes, note } = store.annotations.get(id);
    return {
      path: image.path,
      state: image.state,
      verified: image.verified,
      flagged: image.flagged,
      split: image.split,
      note,
      classes: image.imageClassIds.map((one) => names.get(one)).toSorted(),
      boxes: boxes.map(({ x, y, width, height, classId, attributes }) => [
        x,
        y,
        width,
        height,
        names.get(classId),
        attributes,
      ]),
    };
  });
}

async function rescued(): Promise<{ result: Awaited<ReturnType<typeof rescue>>; said: unknown[] }> {
  const before = readFileSync(file());
  const result = await rescue(project.folder, target());
  expect(readFileSync(file()).equals(before)).toBe(true);
  const store = openProject(target());
  expect(store.fullCheck().problems).toEqual([]);
  const all = said(store);
  store.close();
  return { result, said: all };
}

describe('a project that can’t be opened is read into a new one', () => {
  it.each([
    ['with a trigger', 'CREATE TRIGGER t AFTER INSERT ON boxes BEGIN DELETE FROM boxes; END'],
    ['with a table of its own', 'CREATE TABLE other (a)'],
    ['of which a table is missing', 'DROP TABLE predictions'],
    ['of which columns are missing', 'DROP INDEX images_unsummed; ALTER TABLE images DROP COLUMN label_sum'],
  ])('%s: everything that was said of images', async (_what, sql) => {
    fill(3);
    const before = said(project.store);
    project.store.close();
    const connection = new Database(file());
    connection.exec(sql);
    connection.close();
    expect(() => openProject(project.folder)).toThrow(/differs from what Twinhead creates/);
    const { result, said: after } = await rescued();
    expect(after).toEqual(before);
    expect(result).toMatchObject({ images: 3, boxes: 2, classes: 3, problems: [] });
  });

  it('with what explains its classes', async () => {
    fill(3);
    const { store } = project;
    const cell = store.classes.find('object', 'cell')!;
    const sick = store.classes.find('image', 'sick')!;
    const [first, , third] = store.images.ids() as [number, number, number];
    const boxOf = (imageId: number): number => store.annotations.get(imageId).boxes[0]!.id;
    store.classes.update(cell.id, { description: 'round', examples: [boxOf(third), boxOf(first)] });
    store.classes.update(sick.id, { examples: [first] });
    store.close();
    const connection = new Database(file());
    connection.exec("CREATE TABLE other (a); UPDATE classes SET examples = '{}' WHERE name = 'old'");
    connection.close();
    const { result } = await rescued();
    expect(asEnglish(result.problems)).toMatchObject([
      { place: 'classes', message: expect.stringContaining('guide to class “old”') as string },
    ]);
    const made = openProject(target());
    const names = (kind: 'object' | 'image', name: string): string[] =>
      made.classes.examples(made.classes.find(kind, name)!.id).map(({ image }) => image.fileName);
    expect(made.classes.find('object', 'cell')).toMatchObject({ description: 'round' });
    expect(names('object', 'cell')).toEqual(['a2.png', 'a0.png']);
    expect(names('image', 'sick')).toEqual(['a0.png']);
    made.close();
  });

  it('with its test sets, their lock, and how often they were looked at', async () => {
    fill(3);
    const { store } = project;
    const [first, , third] = store.images.ids() as [number, number, number];
    store.testSets.add('night', [third]);
    store.testSets.add('broken', [first]);
    store.settings.countTestLook('night');
    store.settings.update({ testLocked: true });
    store.close();
    const connection = new Database(file());
    connection.exec("CREATE TABLE other (a); UPDATE settings SET value = '{}' WHERE key = 'testSet:broken'");
    connection.close();
    const { result } = await rescued();
    expect(asEnglish(result.problems)).toMatchObject([
      { place: 'settings', message: expect.stringContaining('test set “broken” can’t be read') as string },
    ]);
    const made = openProject(target());
    expect(made.testSets.list()).toMatchObject([{ name: 'night', images: 1, looks: 1 }]);
    expect(made.testSets.images('night').map((id) => made.images.get(id).fileName)).toEqual(['a2.png']);
    expect(made.settings.get()).toMatchObject({ testLocked: true, testSetLooks: { night: 1 } });
    made.close();
  });

  it('names the rows that say nonsense, and reads the others', async () => {
    fill(3);
    project.store.close();
    const connection = new Database(file());
    connection.pragma('ignore_check_constraints = ON');
    connection.exec(
      "UPDATE boxes SET width = -3 WHERE id = 1; UPDATE boxes SET attributes = '[1' WHERE id = 3; DELETE FROM images WHERE id = 9",
    );
    connection.exec('CREATE TABLE other (a)');
    connection.close();
    const { result } = await rescued();
    expect(result).toMatchObject({ images: 3, boxes: 0 });
    expect(result.problems.map(({ place }) => place)).toEqual(['boxes 1', 'boxes 3']);
  });

  it.each([
    [
      'reaches outside its image',
      'UPDATE boxes SET x = 90000 WHERE id = 1',
      { boxes: 1, places: ['a0.png'] },
    ],
    [
      'has a value that is no value',
      `UPDATE boxes SET attributes = '{"stain":{"a":1},"n":1e999,"ok":2}' WHERE id = 1`,
      { boxes: 2, places: ['a0.png'] },
    ],
    [
      'is of a class whose name has line breaks',
      "UPDATE classes SET name = 'ce' || char(10) || 'll' WHERE name = 'cell'",
      { boxes: 2, places: ['classes'] },
    ],
    [
      'is of a class whose name is blank',
      "UPDATE classes SET name = '  ' WHERE name = 'cell'",
      { boxes: 2, places: ['classes'] },
    ],
    [
      'is of an image that lies outside its folder',
      "UPDATE images SET path = '../../x.png' WHERE id = 1",
      { boxes: 1, places: ['images', 'boxes'] },
    ],
    [
      'is of an image whose file another has too',
      "UPDATE images SET path = './' || (SELECT path FROM images WHERE id = 3) WHERE id = 1",
      { boxes: 1, places: ['images', 'boxes'] },
    ],
  ])('saves the rest where a box %s, and says what it could not', async (_what, sql, { boxes, places }) => {
    fill(3);
    project.store.close();
    const connection = new Database(file());
    connection.exec(`CREATE TABLE other (a); ${sql}`);
    connection.close();
    const { result } = await rescued();
    expect(result.boxes).toBe(boxes);
    expect(result.problems.map(({ place }) => place)).toEqual(places);
  });

  it('keeps two classes apart whose names become the same', async () => {
    fill(3);
    project.store.close();
    const connection = new Database(file());
    connection.exec(
      "CREATE TABLE other (a); INSERT INTO classes (kind, name, color, position) VALUES ('object', ' cell', '#ABCDEF', 7);" +
        "UPDATE boxes SET class_id = (SELECT id FROM classes WHERE name = ' cell') WHERE id = 1",
    );
    connection.close();
    const { said: after } = await rescued();
    expect(JSON.stringify(after)).toContain('"cell #123456"');
    expect(JSON.stringify(after)).toContain('"cell (2) #ABCDEF"');
  });

  it('leaves out a note that no image may have', async () => {
    fill(3);
    project.store.close();
    const connection = new Database(file());
    connection.exec("CREATE TABLE other (a); UPDATE images SET note = printf('%.20000c', 'x') WHERE id = 2");
    connection.close();
    const { result } = await rescued();
    expect(result.images).toBe(3);
    expect(result.problems.map(({ place }) => place)).toEqual(['a1.png']);
  });

  it('leaves nothing behind where it fails', async () => {
    fill(3);
    project.store.close();
    const connection = new Database(file());
    connection.exec('CREATE TABLE other (a)');
    connection.close();
    const failing = new Error('no more room');
    const before = readdirSync(project.folder);
    vi.spyOn(ProjectStore.prototype, 'importAnnotations').mockRejectedValueOnce(failing);
    await expect(rescue(project.folder, target())).rejects.toBe(failing);
    expect(readdirSync(project.folder).toSorted()).toEqual(before.toSorted());
  });

  it('reads around pages that are damaged', async () => {
    fill(2);
    const [first] = project.store.images.ids() as [number];
    const cell = project.store.classes.list().find(({ name }) => name === 'cell')!;
    const { revision } = project.store.images.get(first);
    const many = Array.from({ length: 3000 }, () => ({ type: 'add-box' as const, box: box(cell.id) }));
    project.store.annotations.edit(first, revision, many);
    project.store.close();
    const connection = new Database(file());
    connection.pragma('wal_checkpoint(TRUNCATE)');
    const size = Number(connection.pragma('page_size', { simple: true }));
    // A leaf in the middle of the table of boxes.
    const leaf = Number(
      connection
        .prepare("SELECT pageno FROM dbstat WHERE name = 'boxes' AND pagetype = 'leaf' ORDER BY path")
        .pluck()
        .all()
        .at(2),
    );
    connection.close();
    expect(leaf).toBeGreaterThan(0);
    const handle = openSync(file(), 'r+');
    writeSync(handle, Buffer.alloc(size, 0xa5), 0, size, (leaf - 1) * size);
    closeSync(handle);
    const { result } = await rescued();
    expect(result.images).toBe(2);
    expect(result.boxes).toBeGreaterThan(2000);
    expect(result.boxes).toBeLessThan(3001);
    expect(result.problems.map(({ place }) => place)).toContain('boxes');
  });

  it('refuses in words, and makes nothing: no project, another database, a name that is taken', async () => {
    const refuses = async (source: string, to: string, code: string): Promise<void> => {
      await expect(rescue(source, to)).rejects.toMatchObject({ code });
    };
    await refuses(path.join(project.folder, 'nowhere'), target(), 'not-found');
    const text = path.join(project.folder, 'text.db');
    writeFileSync(text, 'hello');
    await refuses(text, target(), 'project-corrupt');
    const foreign = path.join(project.folder, 'foreign.db');
    const connection = new Database(foreign);
    connection.exec('CREATE TABLE images (id INTEGER)');
    connection.close();
    await refuses(foreign, target(), 'unusable-input');
    await refuses(project.folder, project.folder, 'unusable-input');
    expect(existsSync(target())).toBe(false);
  });
});
