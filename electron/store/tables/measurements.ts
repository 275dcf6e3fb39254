import type { z } from 'zod';
import { Resources } from '../../common/resources.ts';
import { Robustness } from '../../common/robustness.ts';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { EvaluatedOn } from '../queries/answered-images.ts';
import { parsed } from '../rows/damaged.ts';
import { requireRun } from '../rows/run-rows.ts';

/** What can be measured of a run, by kind. */
interface Measured {
  readonly resources: Resources;
  readonly robustness: Robustness;
}
type MeasurementKind = keyof Measured;

const KINDS: { readonly [Kind in MeasurementKind]: z.ZodType<Measured[Kind]> } = {
  resources: Resources,
  robustness: Robustness,
};

/** In one order, so that the same images have the same text. */
const imagesText = (on: EvaluatedOn | null): string =>
  on === null ? '' : JSON.stringify({ split: on.split, testSet: on.testSet, filter: on.filter });

/** What was measured of runs beside their scores: the last of each kind and set of images. */
export class Measurements {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * Replaces the one of the same images.
   * @param on null: on no images of the project
   * @throws TwinheadError `not-found`
   */
  save<Kind extends MeasurementKind>(
    runId: string,
    kind: Kind,
    on: EvaluatedOn | null,
    result: Measured[Kind],
  ): void {
    const text = JSON.stringify(KINDS[kind].parse(result));
    this.#context.db.write((writer) => {
      requireRun(writer, runId);
      writer.run(
        `INSERT INTO measurements (run_id, kind, images, at, result) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (run_id, kind, images) DO UPDATE SET at = excluded.at, result = excluded.result`,
        runId,
        kind,
        imagesText(on),
        now(this.#context),
        text,
      );
    });
  }

  /** null where there is none, or only one in a form that this version doesn't know: then measure again. */
  find<Kind extends MeasurementKind>(
    runId: string,
    kind: Kind,
    on: EvaluatedOn | null,
  ): Measured[Kind] | null {
    const row = this.#context.db.read.get<{ result: string }>(
      'SELECT result FROM measurements WHERE run_id = ? AND kind = ? AND images = ?',
      runId,
      kind,
      imagesText(on),
    );
    if (row === undefined) return null;
    const read = KINDS[kind].safeParse(parsed(row.result));
    return read.success ? read.data : null;
  }
}
