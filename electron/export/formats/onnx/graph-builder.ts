import type { OnnxAttribute, OnnxNode, OnnxTensor } from './messages.ts';

/** Nodes and constants of an ONNX graph under construction, with names of their own. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  readonly #prefix: string;
  #count = 0;

  /** @param prefix of every name: another one for each builder of a graph */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** Adds a constant to the model and returns its name. */
  initializer(tensor: OnnxTensor): string {
    const name = `${this.#prefix}constant_${this.#count++}`;
    this.initializers.set(name, tensor);
    return name;
  }

  int64(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.initializer({ type: 'int64', shape, data: BigInt64Array.from(values, BigInt) });
  }

  float(...values: readonly number[]): string {
    return this.initializer({
      type: 'float32',
      shape: values.length === 1 ? [] : [values.length],
      data: Float32Array.from(values),
    });
  }

  /** Adds a node and returns the name of its first output. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.nodeOf(op, inputs, attributes, 1)[0]!;
  }

  nodeOf(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    outputs: number,
  ): string[] {
    const names = Array.from(
      { length: outputs },
      () => `${this.#prefix}${op.toLowerCase()}_${this.#count++}`,
    );
    this.nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }
}
