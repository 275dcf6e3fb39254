import { ATTRIBUTES } from './box-summary.ts';
import type { ProjectDatabase, Reader } from '../database.ts';

/** Images in one transaction: some milliseconds, as an edit. */
const PAGE = 200;

/** Between two of them, for whatever else wants its turn. */
const PAUSE_MS = 20;

/** Whether an image may name attributes that its boxes don't have. */
export function hasLooseAttributes(reader: Reader): boolean {
  return reader.get('SELECT 1 AS there FROM project WHERE attributes_loose = 1') !== undefined;
}

/**
 * Asks boxes which attributes they have where a large change of a class has left that open, a few images at a time
 * after the change. Filters give the same answer before, only later; what is not done when the project is closed is
 * done after the next opening. No edit: revisions stay.
 */
export class AttributeSettling {
  readonly #db: ProjectDatabase;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: ProjectDatabase) {
    this.#db = db;
  }

  start(): void {
    this.stop();
    if (hasLooseAttributes(this.#db.read)) this.#after(0);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #after(imageId: number): void {
    this.#timer = setTimeout(() => this.#next(imageId), PAUSE_MS).unref();
  }

  /** A change of a class begins again with the first image. */
  #next(after: number): void {
    try {
      const last = this.#db.write((writer) => {
        const ids = writer.values<number>(
          'SELECT id FROM images WHERE id > ? AND attributes_loose = 1 ORDER BY id LIMIT ?',
          after,
          PAGE,
        );
        writer.run(
          `UPDATE images SET (box_attributes, attributes_loose) = (
             SELECT ${ATTRIBUTES}, 0 FROM boxes WHERE image_id = images.id)
           WHERE id IN (SELECT value FROM json_each(?))`,
          JSON.stringify(ids),
        );
        if (ids.length < PAGE) writer.run('UPDATE project SET attributes_loose = 0');
        return ids.length < PAGE ? undefined : ids.at(-1);
      });
      if (last !== undefined) this.#after(last);
    } catch {
      // A full disk or the like, which the next edit tells; nothing is lost or wrong without this, so it can wait.
    }
  }
}
