import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels } from '../../../engine/kernels.ts';
import { ADAM } from '../../base/optimizer.ts';
import type { NamedTensors } from './types.ts';

/** One step of Adam on a vector of the weighting's own; moments under `m` and `v`. */
export function adam(
  { kernels }: { readonly kernels: Kernels },
  state: NamedTensors,
  parameter: string,
  gradient: Tensor,
  learningRate: Tensor,
  batch: NamedTensors,
): { parameter: Tensor; m: Tensor; v: Tensor } {
  return kernels.adamUpdate(
    { parameter: state[parameter]!, m: state['m']!, v: state['v']! },
    gradient,
    { learningRate, beta1Power: batch['beta1Power']!, beta2Power: batch['beta2Power']! },
    ADAM,
  );
}
