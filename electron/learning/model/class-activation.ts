import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { intersectionOverUnion } from '../../common/geometry.ts';
import type { Rectangle } from '../../common/geometry.ts';
import type { TaskName } from '../../common/heads.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import { Layers } from '../base/layers.ts';
import { storeOf } from '../base/parameters.ts';
import type { FeatureLevel } from '../networks/types.ts';
import type { Model } from './model.ts';
import type { NamedTensors } from './step.ts';

/** A score that is to be explained. */
export interface ExplainedScore {
  readonly task: TaskName;
  readonly classIndex: number;
  /** In pixels of the input; null: of the image as a whole. */
  readonly box: Rectangle | null;
}

/** Which parts of the input speak for a class. */
export interface ActivationMap {
  /** Positions along each side of the input. */
  readonly side: number;
  /** [side, side], 0 to 1; the largest is 1, unless nothing speaks for the class. */
  readonly values: Float32Array;
}

/**
 * Grad-CAM (Selvaraju et al. 2017, equations 1 and 2) on the trunk's maps A: ReLU(Σₖ wₖ · Aₖ), where wₖ is the gradient of
 * the score, before it is squashed, summed over the positions of channel k. A head that reads maps of several sizes has
 * the sum over them; for one map the paper's mean over positions differs by a factor, which the scaling to 1 takes away.
 * @param folded the weights by name, batch norm folded into them
 * @param images [1, size, size, 3], values 0 to 255
 */
export function classActivation(
  { tf }: Engine,
  kernels: Kernels,
  model: Model,
  folded: NamedTensors,
  images: Tensor4D,
  score: ExplainedScore,
): ActivationMap {
  return tf.tidy(() => {
    const layers = new Layers(tf, kernels, 'folded', storeOf(folded));
    const trunks: (readonly FeatureLevel[])[] = [];
    const first = model.through(layers, images, (compute) => {
      const levels = compute();
      trunks.push(levels);
      return [...levels];
    });
    const head = first.findIndex((one) => one.head.task.name === score.task);
    const read = trunks.length > 1 ? head : 0;
    const levels = trunks[read]!;
    const anchor = score.box === null ? null : nearestAnchor(first[head]!.prediction.outputs(), score.box);
    const evidenceOf = (...maps: Tensor[]): Tensor => {
      const predicted = model.through(layers, images, (_compute, trunk) =>
        trunk === read
          ? levels.map(({ stride }, at) => ({ stride, map: maps[at] as Tensor4D }))
          : [...trunks[trunk]!],
      );
      const evidence = predicted[head]!.prediction.evidence();
      const at = anchor === null ? [0, score.classIndex] : [0, anchor, score.classIndex];
      const chosen = tf.sum(
        tf.slice(
          evidence,
          at,
          at.map(() => 1),
        ),
      );
      // A map that the head does not read has the gradient 0 instead of none.
      return tf.addN([chosen, ...maps.map((map) => tf.sum(map).mul(0))]);
    };
    const maps = levels.map(({ map }) => map);
    const gradients = tf.grads(evidenceOf)(maps);
    const side = Math.max(...maps.map(({ shape }) => shape[1]));
    const spoken = maps.map((map, at): Tensor4D => {
      const weights = tf.sum(gradients[at]!, [1, 2], true);
      const here = tf.sum<Tensor4D>(tf.mul(map, weights), 3, true);
      return map.shape[1] === side ? here : tf.image.resizeBilinear(here, [side, side], false, true);
    });
    const values = Float32Array.from(tf.relu(tf.addN<Tensor>(spoken)).dataSync());
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    return { side, values: most > 0 ? values.map((value) => value / most) : values };
  });
}

/** The anchor or slot whose box overlaps one most; of equal ones the first. */
function nearestAnchor(outputs: Readonly<Record<string, Tensor>>, box: Rectangle): number {
  const corners = outputs['boxes']!.dataSync();
  let nearest = 0;
  let most = -1;
  for (let anchor = 0; anchor * 4 < corners.length; anchor++) {
    const [x1, y1, x2, y2] = corners.slice(anchor * 4, anchor * 4 + 4) as unknown as [number, number, number, number]; // prettier-ignore
    const overlap = intersectionOverUnion(box, { x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
    if (overlap <= most) continue;
    most = overlap;
    nearest = anchor;
  }
  return nearest;
}
