import { Prediction } from '../../common/entities.ts';
import type { StoreContext } from '../database/context.ts';
import { valueIn } from '../rows/damaged.ts';

/** What a run said of the images that it was last asked about, in the order of asking. */
export class Predictions {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** All of them or nothing: those of before go. */
  replace(runId: string, predictions: readonly Prediction[]): void {
    this.#context.db.write((writer) => {
      writer.run('DELETE FROM predictions WHERE run_id = ?', runId);
      for (const [position, prediction] of predictions.entries()) {
        writer.run(
          'INSERT INTO predictions (run_id, position, result) VALUES (?, ?, ?)',
          runId,
          position,
          JSON.stringify(prediction),
        );
      }
    });
  }

  page(runId: string, offset: number, limit: number): { total: number; items: Prediction[] } {
    return this.#context.db.snapshot((reader) => ({
      total: reader.get<{ n: number }>('SELECT count(*) AS n FROM predictions WHERE run_id = ?', runId)!.n,
      items: reader
        .all<{ result: string }>(
          'SELECT result FROM predictions WHERE run_id = ? AND position >= ? ORDER BY position LIMIT ?',
          runId,
          offset,
          limit,
        )
        .map(({ result }) => valueIn(Prediction, result, 'predictions.result')),
    }));
  }
}
