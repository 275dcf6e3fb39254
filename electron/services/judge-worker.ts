import { parentPort, workerData } from 'node:worker_threads';
import type { Evaluation } from '../common/entities.ts';
import { evaluateClassification, evaluateDetections, toEvaluation } from '../learning/metrics/index.ts';
import type { JudgeTask } from './judge.ts';

function evaluate({
  samples,
  predictions,
  imageClassNames,
  objectClassNames,
  ...task
}: JudgeTask): Evaluation {
  const pairs = samples.map((sample, place) => ({ sample, prediction: predictions[place]! }));
  const truths: number[] = [];
  const scores: Float32Array[] = [];
  for (const { sample, prediction } of pairs) {
    if (sample.imageClass === null || prediction.imageClass === null) continue;
    truths.push(sample.imageClass);
    scores.push(prediction.imageClass);
  }
  const boxed = pairs.filter(({ sample }) => sample.boxes !== null);
  return toEvaluation({
    ...task,
    images: samples.length,
    imageClass:
      truths.length === 0 ? null : evaluateClassification({ truths, scores, classNames: imageClassNames }),
    boxes:
      boxed.length === 0 || objectClassNames.length === 0
        ? null
        : evaluateDetections({
            classNames: objectClassNames,
            images: boxed.map(({ sample, prediction }) => ({
              truths: (sample.boxes ?? []).map((box) => ({ ...box, crowd: box.crowd ?? false })),
              detections: prediction.boxes,
            })),
          }),
  });
}

parentPort?.postMessage(evaluate(workerData as JudgeTask));
