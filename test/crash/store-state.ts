import { createHash } from 'node:crypto';
import type { ProjectStore } from '../../electron/store/index.ts';
import { NEWEST_SCHEMA } from '../../electron/store/file/migrations/index.ts';

/** That an import brings for each image: so many that it takes several transactions. */
export const BOXES = 18;

/** The class of so many boxes that another thread brings the log of its deletion into the file. */
export const MANY = 'many';

/** A fingerprint of all labels, splits and classes; revisions and history are left out. */
export function stateOf(store: ProjectStore): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(store.classes.list()));
  for (const id of store.images.ids()) {
    const { image, boxes } = store.annotations.get(id);
    const { state, verified, split, boxCount, imageClassIds } = image;
    hash.update(JSON.stringify([id, state, verified, split, boxCount, imageClassIds, boxes]));
  }
  return hash.digest('hex');
}

/** A next schema that takes a moment: two tables are filled, so a half one would show. */
export const slowMigration = {
  version: NEWEST_SCHEMA + 1,
  sql: `CREATE TABLE first_half AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT i FROM n;
    CREATE TABLE second_half AS SELECT i FROM first_half;`,
};
