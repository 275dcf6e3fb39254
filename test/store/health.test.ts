import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openProject } from '../../electron/store/index.ts';
import { box, draw, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();
const file = (): string => path.join(project.folder, 'project.db');

/** Labels, then a fault that only another program could bring in, then open again. */
function withFault(sql: string): void {
  const [a] = project.addImages(3) as [number];
  const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
  project.store.classes.create({ kind: 'image', name: 'sick' });
  draw(project.store, a, box(cell.id));
  project.store.close();
  const connection = new Database(file());
  connection.pragma('foreign_keys = OFF');
  connection.exec(sql);
  connection.close();
  project.store = openProject(project.folder);
}

describe('the full check', () => {
  it('finds nothing in a sound project', () => {
    withFault('');
    expect(project.store.fullCheck()).toEqual({ ok: true, problems: [] });
  });

  it.each([
    ['UPDATE images SET box_count = 5 WHERE id = 1', 'image 1', /boxes of a0.png is 5, but it has 1/],
    ['UPDATE classes SET uses = 9 WHERE id = 1', 'class 1', /uses of cell is 9, but it is used once/],
    ["UPDATE images SET state = 'empty' WHERE id = 1", 'image 1', /is stored as empty, but has labels/],
    ["UPDATE images SET state = 'labelled' WHERE id = 2", 'image 2', /is stored as labelled, but has no/],
    ['UPDATE images SET largest_area = 5 WHERE id = 1', 'image 1', /summary of the boxes/],
    [
      'UPDATE boxes SET attributes = \'{"a":1}\'; UPDATE images SET attributes_loose = 1, box_attributes = \',"b":1,\'',
      'image 1',
      /summary of the boxes/,
    ],
    ["UPDATE images SET box_attributes = 'x' WHERE id = 1", 'image 1', /summary of the boxes/],
    ['UPDATE boxes SET x = 98.5 WHERE id = 1', 'box 1', /outside a0.png/],
    ['UPDATE boxes SET y = -1 WHERE id = 1', 'box 1', /outside a0.png/],
    ['DELETE FROM images WHERE id = 1', 'boxes 1', /points to a row of images/],
    ['UPDATE boxes SET class_id = 2; UPDATE classes SET uses = 0', 'box 1', /has the image class sick/],
    ['INSERT INTO image_classes VALUES (1, 1)', 'image 1', /has the object class cell/],
    ['UPDATE journal SET inverse = \'{"v":2,"puzzle":1}\' WHERE id = 3', 'history entry 3', /can’t be read/],
    ['UPDATE journal SET inverse = \'{"v":9}\' WHERE id = 3', 'history entry 3', /newer version/],
  ])('finds what %s did', (sql, place, message) => {
    withFault(sql);
    const { ok, problems } = project.store.fullCheck();
    expect(ok).toBe(false);
    expect(problems).toContainEqual(
      expect.objectContaining({ place: saying(place), message: saying(message), file: file() }),
    );
    for (const problem of problems) expect(problem.remedy).not.toBe('');
  });

  it('takes a box on the edge for inside, up to the rounding of sums', () => {
    withFault('UPDATE boxes SET x = 97.0000001, y = 76 WHERE id = 1; UPDATE images SET label_sum = NULL');
    expect(project.store.fullCheck().ok).toBe(true);
  });

  it('tells twenty of a sort and says that there are more', () => {
    project.addImages(50);
    project.store.close();
    const connection = new Database(file());
    connection.exec('UPDATE images SET box_count = 1');
    connection.close();
    project.store = openProject(project.folder);
    const { problems } = project.store.fullCheck();
    expect(problems).toHaveLength(21);
    expect(problems[20]?.message).toEqual(saying(/more/));
  });

  it('reports pages that were damaged while the project was open, instead of failing', () => {
    project.addImages(500);
    project.reopen();
    project.store.images.list();
    const damaged = readFileSync(file());
    // The index on paths, which nothing has read yet, is somewhere behind the first half.
    damaged.fill(0x5a, Math.floor(damaged.length / 8192) * 4096);
    writeFileSync(file(), damaged);
    const { ok, problems } = project.store.fullCheck();
    expect(ok).toBe(false);
    expect(problems[0]?.message).toEqual(saying(/damaged/));
    expect(problems[0]?.remedy).toEqual(saying(/backup/));
  });
});

describe('the check at the opening of a large project', () => {
  /** More than is looked at as a whole, then a change that only another program or a disk could make. */
  function large(change: (connection: Database.Database) => void): void {
    project.addImages(3);
    project.store.close();
    const connection = new Database(file());
    connection.prepare('UPDATE images SET extra = ? WHERE id = 3').run(JSON.stringify('x'.repeat(33 << 20)));
    change(connection);
    connection.close();
  }

  it('refuses damaged pages of the list of images', () => {
    let page = 0;
    large((connection) => {
      page = Number(
        connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'images'").pluck().get(),
      );
    });
    const content = readFileSync(file());
    const pageSize = content.readUInt16BE(16);
    content.fill(0x5a, (page - 1) * pageSize, page * pageSize);
    writeFileSync(file(), content);
    expect(() => openProject(project.folder)).toThrow(expect.objectContaining({ code: 'project-corrupt' }));
  });

  it('leaves values that break a rule to the full check', () => {
    large((connection) => {
      connection.pragma('ignore_check_constraints = ON');
      connection.exec('UPDATE images SET box_count = -1 WHERE id = 2');
    });
    project.store = openProject(project.folder);
    const { ok, problems } = project.store.fullCheck();
    expect(ok).toBe(false);
    expect(problems[0]?.message).toEqual(
      saying(/a row of the table images holds a value that is not allowed/),
    );
  });
});
