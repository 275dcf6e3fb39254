import { parentPort, workerData } from 'node:worker_threads';
import type { Evaluation } from '../common/entities.ts';
import { imageClassesOf } from '../learning/data/dataset.ts';
import { evaluateDetections, evaluateImageClasses, toEvaluation } from '../learning/metrics/index.ts';
import type { JudgeTask } from './judge.ts';

function evaluate({
  samples,
  predictions,
  imageClassNames,
  objectClassNames,
  classes,
  ...task
}: JudgeTask): Evaluation {
  const pairs = samples.map((sample, place) => ({ sample, prediction: predictions[place]! }));
  const truths: (readonly number[])[] = [];
  const scores: Float32Array[] = [];
  for (const { sample, prediction } of pairs) {
    const labelled = imageClassesOf(sample);
    if (labelled === null || prediction.imageClass === null) continue;
    truths.push(labelled);
    scores.push(prediction.imageClass);
  }
  const boxed = pairs.filter(({ sample }) => sample.boxes !== null);
  return toEvaluation({
    ...task,
    images: samples.length,
    imageClass:
      truths.length === 0
        ? null
        : evaluateImageClasses({ truths, scores, classNames: imageClassNames }, classes),
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
