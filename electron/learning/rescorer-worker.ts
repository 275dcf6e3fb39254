import { loadEngine } from '../engine/load.ts';
import { serveResident } from '../tasks/serve-resident.ts';
import type { RawPrediction } from './heads/types.ts';
import { BatchPredictor, loadModel } from './predictor.ts';
import type { LoadedModel } from './predictor.ts';
import type { RescorerQuestions } from './rescorer.ts';
import { metricsOf } from './training/validation.ts';

let loaded: LoadedModel | null = null;
let network: BatchPredictor | null = null;
let predictions: RawPrediction[] = [];

serveResident<RescorerQuestions>({
  load: async ({ engine: choice, checkpointFile, batch, minScore }) => {
    const engine = await loadEngine(choice);
    loaded = await loadModel(checkpointFile);
    const { nmsIou, maxDetections } = loaded.config.evaluation;
    network = new BatchPredictor(engine, loaded, batch, { minScore, nmsIou, maxDetections });
    return null;
  },
  predict: ({ pixels, images }) => {
    network!.data.set(pixels);
    predictions.push(...network!.run(images));
    return null;
  },
  score: ({ samples }) => {
    const evaluated = predictions.map((prediction, index) => ({ prediction, sample: samples[index]! }));
    predictions = [];
    return metricsOf(loaded!.model, loaded!, evaluated);
  },
  unload: () => {
    network?.dispose();
    network = null;
    return null;
  },
});
