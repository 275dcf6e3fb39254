import { Evaluation, ImageFilter } from '../../common/entities.ts';
import { isSameFilter } from '../../common/saved-filters.ts';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { condition } from '../queries/image-query.ts';
import { parsed, valueIn } from '../rows/damaged.ts';
import { IN_FILTER_SET } from '../rows/filter-set-rows.ts';
import { requireRun } from '../rows/run-rows.ts';
import { readSettings } from './settings.ts';

/** An evaluation of a run on the images of a saved filter: both as they were. */
export interface FilterEvaluation {
  readonly filter: ImageFilter;
  /** Null until it is scored, or in a form that this version doesn't know: then evaluate again. */
  readonly evaluation: Evaluation | null;
}

/** How the filter of an evaluation stands to the saved one of its name now. */
export interface FilterNow {
  readonly is: 'same' | 'changed' | 'deleted';
  /** Labelled images that match it now and did not then. */
  readonly more: number;
}

/** Null where the run was not evaluated on images of that filter. */
export function filterNow(reader: Reader, runId: string, name: string): FilterNow | null {
  const row = reader.get<{ filter: string }>(
    'SELECT filter FROM filter_evaluations WHERE run_id = ? AND name = ?',
    runId,
    name,
  );
  if (row === undefined) return null;
  const now = readSettings(reader).savedFilters.find((one) => one.name === name);
  if (now === undefined) return { is: 'deleted', more: 0 };
  const { sql, parameters } = condition(reader, now.filter);
  const { n: more } = reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images
     WHERE (${sql}) AND removed = 0 AND state <> 'unseen' AND NOT ${IN_FILTER_SET}`,
    ...parameters,
    runId,
    name,
  )!;
  const then = valueIn(ImageFilter, row.filter, 'filter_evaluations.filter');
  return { is: isSameFilter(now.filter, then) ? 'same' : 'changed', more };
}

/**
 * Evaluations of runs on images that a saved filter chose. Which images those are is kept: what a score is about would
 * otherwise change with each label that is corrected.
 */
export class FilterEvaluations {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Replaces the one of the same run and name. @throws TwinheadError `not-found` */
  begin(
    runId: string,
    set: { readonly name: string; readonly filter: ImageFilter; readonly imageIds: readonly number[] },
  ): void {
    this.#context.db.write((writer) => {
      requireRun(writer, runId);
      writer.run(
        `INSERT INTO filter_evaluations (run_id, name, filter, image_ids, at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (run_id, name) DO UPDATE
         SET filter = excluded.filter, image_ids = excluded.image_ids, at = excluded.at, result = NULL`,
        runId,
        set.name,
        JSON.stringify(set.filter),
        JSON.stringify(set.imageIds),
        now(this.#context),
      );
    });
  }

  /** What came out of it. */
  score(runId: string, name: string, evaluation: Evaluation): void {
    const result = JSON.stringify(Evaluation.parse(evaluation));
    this.#context.db.write((writer) => {
      writer.run(
        'UPDATE filter_evaluations SET result = ? WHERE run_id = ? AND name = ?',
        result,
        runId,
        name,
      );
    });
  }

  /** Which runs were evaluated on the images of which filters. */
  list(): { runId: string; filter: string }[] {
    return this.#context.db.read.all(
      'SELECT run_id AS runId, name AS filter FROM filter_evaluations ORDER BY run_id, name',
    );
  }

  /** Null where the run was not evaluated on such images. */
  of(runId: string, name: string): FilterEvaluation | null {
    const row = this.#context.db.read.get<{ filter: string; result: string | null }>(
      'SELECT filter, result FROM filter_evaluations WHERE run_id = ? AND name = ?',
      runId,
      name,
    );
    if (row === undefined) return null;
    const evaluation = Evaluation.safeParse(parsed(row.result ?? 'null')).data ?? null;
    return { filter: valueIn(ImageFilter, row.filter, 'filter_evaluations.filter'), evaluation };
  }
}
