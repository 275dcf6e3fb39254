import type { Layer, LayerList } from '../layers.ts';
import type { Activation } from './schema.ts';

/** A layer with what is computed along with it. */
export interface FusedLayer {
  readonly layer: Layer;
  /** Name of a tensor that is added channel by channel; null: none. */
  readonly bias: string | null;
  readonly activation: Activation;
  /** The value that comes out of all of it, or of the layer alone. */
  readonly output: string;
}

/** Layers whose operators have a bias and an activation of their own. */
const WITH_BIAS: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d', 'matmul']);
const isActivation = (op: string): op is 'relu' | 'relu6' => op === 'relu' || op === 'relu6';

/** The layers with each bias and activation as part of the one before it, where nothing else takes what that gives. */
export function fused({ layers, tensors, outputs }: LayerList): FusedLayer[] {
  const users = Map.groupBy(
    layers.flatMap((layer) => layer.inputs.map((input) => ({ input, layer }))),
    ({ input }) => input,
  );
  const given = new Set(Object.values(outputs));
  /** The only layer that takes a value. */
  const nextOf = (value: string): Layer | undefined => {
    const found = users.get(value) ?? [];
    return found.length === 1 && !given.has(value) ? found[0]!.layer : undefined;
  };
  const included = new Set<Layer>();
  const include = (layer: Layer): string => {
    included.add(layer);
    return layer.outputs[0]!;
  };
  return layers.flatMap((layer): FusedLayer[] => {
    if (included.has(layer)) return [];
    let output = layer.outputs[0]!;
    let bias: string | null = null;
    let activation: Activation = 'none';
    const takesBias = WITH_BIAS.has(layer.op) && tensors.has(String(layer.inputs[1]));
    const added = takesBias ? nextOf(output) : undefined;
    const [, term] = added?.inputs ?? [];
    if (added?.op === 'add' && typeof term === 'string' && tensors.get(term)?.shape.length === 1) {
      bias = term;
      output = include(added);
      const next = nextOf(output);
      if (next !== undefined && isActivation(next.op)) {
        activation = next.op;
        output = include(next);
      }
    }
    return [{ layer, bias, activation, output }];
  });
}
