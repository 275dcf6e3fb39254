import { z } from 'zod';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { answeredAt } from '../queries/answered-images.ts';
import type { EvaluatedOn } from '../queries/answered-images.ts';
import { encodeBoxes, encodeFloats } from '../rows/answer-rows.ts';
import type { Answer } from '../rows/answer-rows.ts';
import { valueIn } from '../rows/damaged.ts';

const TrainedClass = z.object({ id: z.int(), name: z.string() });
type TrainedClass = Readonly<z.infer<typeof TrainedClass>>;

/** Which checkpoint of a run has answered, and by which classes. */
export interface AnsweringRun {
  readonly epoch: number;
  readonly step: number;
  readonly imageClasses: readonly TrainedClass[];
  readonly objectClasses: readonly TrainedClass[];
}

export interface NewAnswer extends Answer {
  readonly imageId: number;
  /** Hash of the content that was looked at, hexadecimal. */
  readonly sha256: string;
}

const classesIn = (json: string, column: string): TrainedClass[] =>
  valueIn(z.array(TrainedClass), json, `answering_runs.${column}`);

export function answeringRun(reader: Reader, runId: string): (AnsweringRun & { readonly at: string }) | null {
  const row = reader.get<{
    epoch: number;
    step: number;
    at: string;
    image_classes: string;
    object_classes: string;
  }>('SELECT epoch, step, at, image_classes, object_classes FROM answering_runs WHERE run_id = ?', runId);
  if (row === undefined) return null;
  return {
    epoch: row.epoch,
    step: row.step,
    at: row.at,
    imageClasses: classesIn(row.image_classes, 'image_classes'),
    objectClasses: classesIn(row.object_classes, 'object_classes'),
  };
}

/** What runs have found on images of the project. No labels: it can be found again. */
export class Answers {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Answers of another checkpoint of the run go; of other images they stay. */
  save(runId: string, run: AnsweringRun, answers: readonly NewAnswer[]): void {
    this.#context.db.writeMuch((writer) => {
      const known = answeringRun(writer, runId);
      if (known !== null && (known.epoch !== run.epoch || known.step !== run.step))
        writer.run('DELETE FROM answering_runs WHERE run_id = ?', runId);
      writer.run(
        `INSERT INTO answering_runs (run_id, epoch, step, at, image_classes, object_classes)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET at = excluded.at`,
        runId,
        run.epoch,
        run.step,
        now(this.#context),
        JSON.stringify(run.imageClasses),
        JSON.stringify(run.objectClasses),
      );
      for (const { imageId, sha256, boxes, imageClass } of answers) {
        writer.run(
          `INSERT INTO answers (run_id, image_id, sha256, boxes, image_class) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (run_id, image_id) DO UPDATE SET sha256 = excluded.sha256, boxes = excluded.boxes,
             image_class = excluded.image_class`,
          runId,
          imageId,
          Buffer.from(sha256, 'hex'),
          encodeBoxes(boxes),
          imageClass === null ? null : encodeFloats(imageClass),
        );
      }
    });
  }

  /** Null where the run has not answered on these images as they are now. */
  of(runId: string, on: EvaluatedOn): ReturnType<typeof answeringRun> {
    const { read } = this.#context.db;
    const run = answeringRun(read, runId);
    const at = answeredAt(read, runId, on);
    return run === null || at === null ? null : { ...run, at };
  }
}
