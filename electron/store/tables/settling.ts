import { ATTRIBUTES, hasLooseAttributes } from '../rows/box-summary.ts';
import { countedSums } from '../rows/label-sum.ts';
import type { ProjectDatabase, Reader, Writer } from '../database/database.ts';

/** Images in one transaction: some milliseconds, as an edit. */
const PAGE = 200;

/** Between two of them, for whatever else wants its turn. */
const PAUSE_MS = 20;

function hasUncounted(reader: Reader): boolean {
  return reader.get('SELECT 1 AS there FROM images WHERE label_sum IS NULL LIMIT 1') !== undefined;
}

/** Does its work on some images after `imageId`. @returns the last of them, or undefined once there are no more */
type Step = (writer: Writer, imageId: number) => number | undefined;

const settleAttributes: Step = (writer, after) => {
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
};

const countLabels: Step = (writer) => {
  const ids = writer.values<number>(
    'SELECT id FROM images WHERE label_sum IS NULL ORDER BY id LIMIT ?',
    PAGE,
  );
  const sums = countedSums(writer, ids);
  for (const id of ids) writer.run('UPDATE images SET label_sum = ? WHERE id = ?', sums.get(id) ?? 0, id);
  return ids.length < PAGE ? undefined : ids.at(-1);
};

/**
 * Finishes what a large change of a class has left open, a few images at a time: attributes, by which filters are faster,
 * and sums of labels. Goes on after the next opening. No edit: revisions stay.
 */
export class Settling {
  readonly #db: ProjectDatabase;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: ProjectDatabase) {
    this.#db = db;
  }

  start(): void {
    this.stop();
    if (hasLooseAttributes(this.#db.read)) this.#after(settleAttributes, 0);
    else if (hasUncounted(this.#db.read)) this.#after(countLabels, 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #after(step: Step, imageId: number): void {
    this.#timer = setTimeout(() => this.#next(step, imageId), PAUSE_MS).unref();
  }

  /** A change of a class begins again with the first image. */
  #next(step: Step, after: number): void {
    try {
      const last = this.#db.write((writer) => step(writer, after));
      if (last !== undefined) this.#after(step, last);
      else this.start();
    } catch {
      // A full disk or the like, which the next edit tells; nothing is lost or wrong without this, so it can wait.
    }
  }
}
