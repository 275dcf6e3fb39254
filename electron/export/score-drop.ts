import { FIGURES } from '../common/heads.ts';
import { TwinheadError } from '../common/errors.ts';
import type { Certificate } from '../common/jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import { answersOf } from '../learning/heads/answers.ts';
import { evaluateTask } from '../learning/heads/evaluate.ts';
import type { EvaluatedSample } from '../learning/heads/types.ts';
import type { LoadedModel, RawPrediction, TrainingSample } from '../learning/index.ts';

type Outputs = Readonly<Record<string, Float32Array>>;

/** Low enough that the precision-recall curve is whole. */
const LEAST_SCORE = 0.01;

/** 0.9 - 0.7 is more than 0.2. */
const ROUNDING = 1e-9;

/** Evaluates an exported model and the engine by the labels of the same images. */
export class ScoreDrop {
  readonly #loaded: LoadedModel;
  readonly #largest: number;
  readonly #answers: Record<'engine' | 'model', EvaluatedSample[]> = { engine: [], model: [] };

  /** @param largest drop of a metric that is accepted */
  constructor(loaded: LoadedModel, largest: number) {
    this.#loaded = loaded;
    this.#largest = largest;
  }

  /** A batch as both answer it. */
  add(samples: readonly TrainingSample[], engine: Outputs, model: Outputs): void {
    samples.forEach((sample, slot) => {
      this.#answers.engine.push({ sample, prediction: this.#read(engine, slot, sample) });
      this.#answers.model.push({ sample, prediction: this.#read(model, slot, sample) });
    });
  }

  #read(outputs: Outputs, slot: number, sample: TrainingSample): RawPrediction {
    const { model, config } = this.#loaded;
    const options = { ...config.evaluation, minScore: LEAST_SCORE };
    const answers = model.heads.map((head) => head.read(outputs, slot, sample, options));
    return answersOf(...answers);
  }

  /** @throws TwinheadError `export-mismatch` where a metric drops too far, `unusable-input` where there is none */
  finish(): NonNullable<Certificate['scores']> {
    const [engine, model] = [this.#metrics('engine'), this.#metrics('model')];
    const scores = [...engine].map(([metric, score]) => ({
      metric,
      engine: score,
      model: model.get(metric) ?? 0,
    }));
    if (scores.length === 0) {
      throw new TwinheadError('unusable-input', say('export.noScores'), {
        remedy: say('export.noImages.remedy'),
      });
    }
    for (const { metric, ...score } of scores) {
      if (score.engine - score.model <= this.#largest + ROUNDING) continue;
      throw new TwinheadError(
        'export-mismatch',
        say('export.drop', {
          metric,
          engine: { unit: 'share', value: score.engine },
          model: { unit: 'share', value: score.model },
        }),
        { place: 'options.largestDrop', remedy: say('export.drop.remedy') },
      );
    }
    return scores;
  }

  #metrics(of: 'engine' | 'model'): Map<string, number> {
    const { model, config, ...classes } = this.#loaded;
    const metrics = new Map<string, number>();
    for (const { task, settings } of model.heads) {
      const names = classes[task.classes].map(({ name }) => name);
      const scores = evaluateTask(task, this.#answers[of], names, settings, config.evaluation.minScore);
      for (const { id } of FIGURES.filter((figure) => figure.task === task.name)) {
        const value = scores?.figures[id.slice(task.name.length + 1)];
        if (value !== undefined) metrics.set(id, value);
      }
    }
    return metrics;
  }
}
