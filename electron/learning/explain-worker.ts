import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { createKernels } from '../engine/kernels.ts';
import type { Kernels } from '../engine/kernels.ts';
import { loadEngine } from '../engine/load.ts';
import type { Engine } from '../engine/types.ts';
import { serveResident } from '../tasks/serve-resident.ts';
import type { ExplainQuestion, ExplainQuestions } from './explainer.ts';
import { classActivation } from './model/class-activation.ts';
import type { ActivationMap } from './model/class-activation.ts';
import type { Model } from './model/model.ts';
import { loadModel } from './predictor.ts';

interface Kept {
  readonly key: string;
  readonly engine: Engine;
  readonly kernels: Kernels;
  readonly model: Model;
  readonly weights: Readonly<Record<string, Tensor>>;
}

let kept: Kept | null = null;

/** The network of a checkpoint; that of another one is given up. */
async function networkOf({ engine: choice, checkpointFile, stamp }: ExplainQuestion): Promise<Kept> {
  const key = JSON.stringify([choice, checkpointFile, stamp]);
  if (kept?.key === key) return kept;
  const engine = await loadEngine(choice);
  const { model, folded } = await loadModel(checkpointFile);
  for (const tensor of Object.values(kept?.weights ?? {})) tensor.dispose();
  const weights = Object.fromEntries(
    [...folded].map(([name, { shape, data }]) => [name, engine.tf.tensor(data, [...shape])]),
  );
  kept = { key, engine, kernels: createKernels(engine), model, weights };
  return kept;
}

async function answer(question: ExplainQuestion): Promise<ActivationMap> {
  const { engine, kernels, model, weights } = await networkOf(question);
  const { inputSize, pixels, score } = question;
  const data = Float32Array.from(pixels);
  const images: Tensor4D = engine.tf.tensor4d(data, [1, inputSize, inputSize, 3]);
  try {
    return classActivation(engine, kernels, model, weights, images, score);
  } finally {
    images.dispose();
  }
}

/** One after another: a question about another network would take the weights of the one before away. */
let last: Promise<unknown> = Promise.resolve();

serveResident<ExplainQuestions>({
  explain: (question) => {
    const own = last.then(() => answer(question));
    last = own.catch(() => undefined);
    return own;
  },
});
