import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import type { TrainingConfig } from '../config/config.ts';
import { denseLoss } from './dense.ts';
import type { DensePrediction, DenseTargets, Grid } from './dense.ts';
import { slotsLoss } from './slots.ts';
import type { SlotsPrediction } from './slots.ts';
import { alignedTargets } from './task-aligned.ts';
import type { NamedTensors, TaskLoss } from '../training/step.ts';

export type BoxPrediction =
  | { readonly kind: 'dense'; readonly value: DensePrediction }
  | { readonly kind: 'slots'; readonly value: SlotsPrediction };

/** 1 where a mask of zeros and ones has a one, else 0: a scalar. */
export const anyOf = (tf: TensorFlow, mask: Tensor): Tensor => tf.minimum(tf.sum(mask), 1);

/** The loss of the box head on a batch whose targets are as box-targets.ts makes them. */
export function boxLoss(
  tf: TensorFlow,
  kernels: Kernels,
  prediction: BoxPrediction,
  batch: NamedTensors,
  { config, grid }: { readonly config: TrainingConfig; readonly grid: Grid },
): TaskLoss {
  const targets: DenseTargets = {
    classIndex: batch['classIndex'] as Tensor2D,
    boxes: batch['boxes'] as Tensor3D,
    weight: batch['boxWeight'] as Tensor2D,
  };
  const labelled = anyOf(tf, targets.weight);
  if (prediction.kind === 'dense') {
    const { assignment, taskAligned, overlap, iouWeight } = config.dense;
    const assigned = (): DenseTargets => {
      const truths = { ...targets, regions: batch['regions'] as Tensor3D };
      return alignedTargets(tf, kernels, prediction.value, truths, grid, taskAligned);
    };
    const ofPlaces = assignment === 'taskAligned' ? assigned() : targets;
    const terms = denseLoss(tf, kernels, prediction.value, ofPlaces, overlap);
    return { loss: terms.class.add(terms.iou.mul(iouWeight)), terms, labelled };
  }
  const { iouWeight, l1Weight } = config.slots;
  const terms = slotsLoss(tf, kernels, prediction.value, targets, config.inputSize);
  const loss = tf.addN([terms.objectness, terms.class, terms.iou.mul(iouWeight), terms.l1.mul(l1Weight)]);
  return { loss, terms, labelled };
}
