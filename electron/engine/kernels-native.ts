import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from './types.ts';

interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The parts of tfjs-node's backend that run one TensorFlow operation by name. */
interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(name: string, attributes: OperationAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OperationAttribute[],
    inputs: Tensor[],
    outputs: number,
  ): Tensor[];
}

/** TensorFlow's own operations on float32 tensors, forward and backward, each one kernel. */
export interface NativeOperations {
  relu(x: Tensor): Tensor;
  reluGradient(dy: Tensor, y: Tensor): Tensor;
  relu6(x: Tensor): Tensor;
  relu6Gradient(dy: Tensor, y: Tensor): Tensor;
  biasAdd(x: Tensor, bias: Tensor): Tensor;
  biasAddGradient(dy: Tensor): Tensor;
  /** Inputs x, scale, offset, mean, variance; outputs y, mean, variance and three that the gradient needs. */
  batchNorm(
    inputs: Tensor[],
    options: { epsilon: number; averageFactor: number; training: boolean },
  ): Tensor[];
  /** `saved`: x, scale and the three reserved outputs. Outputs dx, dscale, doffset. */
  batchNormGradient(dy: Tensor, saved: Tensor[], epsilon: number): Tensor[];
  /** Outputs the loss [n] and its gradient to the logits [n, classes]. */
  softmaxCrossEntropy(logits: Tensor, targets: Tensor): Tensor[];
  /** Σ x² / 2. */
  halfSquaredNorm(x: Tensor): Tensor;
}

export function nativeOperations(tf: Engine['tf']): NativeOperations {
  const backend = tf.backend() as unknown as NativeBackend;
  const { binding } = backend;
  const float = (name: string) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const number = (name: string, value: number) => ({ name, type: binding.TF_ATTR_FLOAT, value });
  const flag = (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value });
  const layout = { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };
  const T = float('T');
  return {
    relu: (x) => backend.executeSingleOutput('Relu', [T], [x]),
    reluGradient: (dy, y) => backend.executeSingleOutput('ReluGrad', [T], [dy, y]),
    relu6: (x) => backend.executeSingleOutput('Relu6', [T], [x]),
    relu6Gradient: (dy, y) => backend.executeSingleOutput('Relu6Grad', [T], [dy, y]),
    biasAdd: (x, bias) => backend.executeSingleOutput('BiasAdd', [T, layout], [x, bias]),
    biasAddGradient: (dy) => backend.executeSingleOutput('BiasAddGrad', [T, layout], [dy]),
    batchNorm: (inputs, { epsilon, averageFactor, training }) =>
      backend.executeMultipleOutputs(
        'FusedBatchNormV3',
        [
          T,
          float('U'),
          number('epsilon', epsilon),
          number('exponential_avg_factor', averageFactor),
          layout,
          flag('is_training', training),
        ],
        inputs,
        6,
      ),
    batchNormGradient: (dy, saved, epsilon) =>
      backend.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        [T, float('U'), number('epsilon', epsilon), layout, flag('is_training', true)],
        [dy, ...saved],
        5,
      ),
    softmaxCrossEntropy: (logits, targets) =>
      backend.executeMultipleOutputs('SoftmaxCrossEntropyWithLogits', [T], [logits, targets], 2),
    halfSquaredNorm: (x) => backend.executeSingleOutput('L2Loss', [T], [x]),
  };
}
