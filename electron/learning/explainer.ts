import { letterbox, toNetwork } from '../common/geometry.ts';
import type { Rectangle, Size } from '../common/geometry.ts';
import type { TaskName } from '../common/heads.ts';
import type { EngineChoice } from '../engine/types.ts';
import { Resident } from '../tasks/resident.ts';
import { moduleBeside } from '../tasks/thread.ts';
import type { ActivationMap, ExplainedScore } from './model/class-activation.ts';

export type { ActivationMap } from './model/class-activation.ts';

/** A score of a trained network on a picture. */
export interface ExplainRequest extends Size {
  readonly engine: EngineChoice;
  readonly checkpointFile: string;
  /** Says whether the checkpoint is the one that was read last. */
  readonly stamp: string;
  /** [inputSize, inputSize, 3], letterboxed. */
  readonly pixels: Uint8Array;
  readonly inputSize: number;
  readonly task: TaskName;
  readonly classIndex: number;
  /** In pixels of the oriented picture; null: of the picture as a whole. */
  readonly box: Rectangle | null;
}

export type ExplainQuestion = Omit<ExplainRequest, keyof Size | 'task' | 'classIndex' | 'box'> & {
  readonly score: ExplainedScore;
};

/** What the thread is asked: see explain-worker.ts. */
export interface ExplainQuestions {
  readonly explain: { readonly input: ExplainQuestion; readonly result: ActivationMap };
}

/** Minutes without a question after which engine and network are given up. */
const IDLE = 2;

/** Says which parts of a picture speak for a score, on a thread that keeps the engine and the last network. */
export class Explainer {
  readonly #thread = new Resident<ExplainQuestions>(moduleBeside(import.meta.url, 'explain-worker'), {
    idle: IDLE * 60_000,
  });

  /** @throws TwinheadError as readCheckpoint does */
  explain({ width, height, task, classIndex, box, ...rest }: ExplainRequest): Promise<ActivationMap> {
    const fit = letterbox({ width, height }, rest.inputSize);
    const score = { task, classIndex, box: box && toNetwork(box, fit) };
    return this.#thread.ask('explain', { ...rest, score });
  }

  end(): void {
    this.#thread.end();
  }
}
