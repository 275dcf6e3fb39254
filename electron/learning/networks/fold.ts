import { BATCH_NORM_EPSILON } from '../base/layers.ts';
import type { StoredTensor } from '../base/safetensors.ts';

/**
 * Puts batch norm into the convolutions before it: kernel' = kernel · scale / √(variance + ε), bias' = offset -
 * mean · scale / √(variance + ε). What is left is what layers in mode `folded` ask for.
 * @param parameters by name @param statistics running means and variances by name
 */
export function foldBatchNorm(
  parameters: ReadonlyMap<string, StoredTensor>,
  statistics: ReadonlyMap<string, StoredTensor>,
): Map<string, StoredTensor> {
  const folded = new Map<string, StoredTensor>();
  for (const [name, tensor] of parameters) {
    const layer = name.slice(0, name.lastIndexOf('/'));
    const mean = statistics.get(`${layer}/mean`);
    const variance = statistics.get(`${layer}/variance`);
    if (mean === undefined || variance === undefined) {
      folded.set(name, tensor);
      continue;
    }
    if (!name.endsWith('/kernel')) continue;
    const scale = parameters.get(`${layer}/scale`)!.data;
    const offset = parameters.get(`${layer}/offset`)!.data;
    const factor = scale.map((value, i) => value / Math.sqrt(variance.data[i]! + BATCH_NORM_EPSILON));
    const channels = factor.length;
    folded.set(name, {
      shape: tensor.shape,
      data: tensor.data.map((value, i) => value * factor[i % channels]!),
    });
    folded.set(`${layer}/bias`, {
      shape: [channels],
      data: offset.map((value, i) => value - mean.data[i]! * factor[i]!),
    });
  }
  return folded;
}
