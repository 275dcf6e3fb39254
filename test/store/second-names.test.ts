import { linkSync, readdirSync, readFileSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openProject } from '../../electron/store/index.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();

/** A copy of the closed project as `cp -al` makes it: each file has two names. */
function linkedCopy(): string {
  const copy = path.join(project.folder, 'copy.twinhead');
  mkdirSync(copy);
  for (const entry of readdirSync(project.folder, { withFileTypes: true }))
    if (entry.isFile()) linkSync(path.join(project.folder, entry.name), path.join(copy, entry.name));
  return copy;
}

it('a project whose files have second names is edited under its own alone', () => {
  const [id] = project.addImages(1);
  const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
  draw(project.store, id!, box(cell.id));
  project.store.close();
  const file = path.join(project.folder, 'project.db');
  const copy = linkedCopy();
  expect(statSync(file).nlink).toBe(2);
  const before = readFileSync(file);

  const other = openProject(copy);
  draw(other, id!, box(cell.id, 20));
  other.classes.create({ kind: 'object', name: 'other' });
  expect(other.images.get(id!).boxCount).toBe(2);
  other.close();

  expect(statSync(file).nlink).toBe(1);
  expect(readFileSync(file).equals(before)).toBe(true);
  project.store = openProject(project.folder);
  expect(allLabels(project.store)).toHaveLength(1);
  expect(project.store.images.get(id!).boxCount).toBe(1);
  expect(project.store.fullCheck().problems).toEqual([]);
});

it('what was saved last and lies in the log alone comes with it', () => {
  const [id] = project.addImages(1);
  const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
  draw(project.store, id!, box(cell.id));
  const copy = path.join(project.folder, 'copy.twinhead');
  mkdirSync(copy);
  for (const name of ['project.db', 'project.db-wal', 'project.db-shm'])
    linkSync(path.join(project.folder, name), path.join(copy, name));
  const log = readFileSync(path.join(project.folder, 'project.db-wal'));
  expect(log.length).toBeGreaterThan(0);

  const other = openProject(copy);
  expect(allLabels(other)).toEqual(allLabels(project.store));
  draw(other, id!, box(cell.id, 20));
  other.close();
  expect(readFileSync(path.join(project.folder, 'project.db-wal')).equals(log)).toBe(true);
  expect(project.store.images.get(id!).boxCount).toBe(1);
  draw(project.store, id!, box(cell.id, 30));
  expect(project.store.fullCheck().problems).toEqual([]);
});
