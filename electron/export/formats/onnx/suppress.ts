import { MOST_CANDIDATES } from '../../../learning/heads/nms.ts';
import { DETECTIONS, DETECTION_NUMBERS } from '../../suppression.ts';
import type { Suppression } from '../../suppression.ts';
import { GraphBuilder } from './graph-builder.ts';
import { DATA_TYPE } from './messages.ts';
import type { OnnxGraph } from './messages.ts';

/** Score of what is no candidate: below every threshold. */
const NONE = -1;

/**
 * The graph with the output `detections` before the others: what learning/heads/nms.ts keeps of `boxes` and `scores`.
 * `TopK` takes the lower index of equal values, so equal scores keep the order of predictions here as there.
 */
export function withSuppression(graph: OnnxGraph, rule: Suppression, description: string): OnnxGraph {
  const [batch, predictions] = graph.outputs.find(({ name }) => name === 'boxes')!.shape as [string, number];
  const classes = rule.minScores.length;
  const all = predictions * classes;
  const rows = Math.min(rule.maxDetections, all);
  const b = new GraphBuilder('nms_');
  const flat = b.node('Reshape', ['scores', b.int64([0, all])]);
  const none = b.node('Expand', [b.float(NONE), b.node('Shape', [flat])]);
  const best = (of: string, count: number) =>
    b.nodeOf('TopK', [of, b.int64([count])], { axis: { i: 1 } }, 2) as [string, string];

  let candidates = flat;
  if (all > MOST_CANDIDATES) {
    const [values, indices] = best(flat, MOST_CANDIDATES);
    candidates = b.node('ScatterElements', [none, indices, values], { axis: { i: 1 } });
  }
  const byPrediction = b.node('Reshape', [candidates, b.int64([0, predictions, classes])]);
  const selected = b.node('NonMaxSuppression', [
    'boxes',
    b.node('Transpose', [byPrediction], { perm: { ints: [0, 2, 1] } }),
    b.int64([rows]),
    vector(b, [rule.nmsIou]),
    vector(b, [below(atLeast(Math.min(...rule.minScores)))]),
  ]);
  const [image, ofClass, prediction] = b.nodeOf(
    'Split',
    [selected, b.int64([1, 1, 1])],
    { axis: { i: 1 } },
    3,
  );
  const count = b.int64([classes]);
  const index = b.node('Add', [b.node('Mul', [prediction!, count]), ofClass!]);
  const at = b.node('Concat', [image!, index], { axis: { i: 1 } });
  const kept = b.node('ScatterND', [none, at, b.node('GatherND', [flat, at])]);

  const [capped, cappedIndices] = best(kept, rows);
  const thresholds = vector(b, rule.minScores.map(atLeast));
  const enough = b.node('GreaterOrEqual', [
    capped,
    b.node('Gather', [thresholds, b.node('Mod', [cappedIndices, count])]),
  ]);
  // Once more: where classes have thresholds of their own, the rows between are left out.
  const [scores, order] = best(b.node('Where', [enough, capped, b.float(NONE)]), rows);
  const indices = b.node('GatherElements', [cappedIndices, order], { axis: { i: 1 } });
  const last = b.int64([2]);
  const column = (of: string): string => b.node('Unsqueeze', [of, last]);
  const found = b.node(
    'Concat',
    [
      b.node('GatherND', ['boxes', column(b.node('Div', [indices, count]))], { batch_dims: { i: 1 } }),
      column(scores),
      column(b.node('Cast', [b.node('Mod', [indices, count])], { to: { i: DATA_TYPE.float32 } })),
    ],
    { axis: { i: 2 } },
  );
  const isFound = column(b.node('Greater', [scores, b.float(NONE / 2)]));
  b.nodes.push({
    op: 'Where',
    inputs: [isFound, found, b.float(0)],
    outputs: [DETECTIONS],
    attributes: {},
  });
  return {
    ...graph,
    nodes: [...graph.nodes, ...b.nodes],
    initializers: new Map([...graph.initializers, ...b.initializers]),
    outputs: [
      { name: DETECTIONS, type: 'float32', shape: [batch, rows, DETECTION_NUMBERS], description },
      ...graph.outputs,
    ],
  };
}

const vector = (b: GraphBuilder, values: readonly number[]): string =>
  b.initializer({ type: 'float32', shape: [values.length], data: Float32Array.from(values) });

/** The neighbour of a positive number among those of 32 bits. */
function neighbour(value: number, step: 1 | -1): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0]! += step;
  return new Float32Array(bits.buffer)[0]!;
}

/** The least number of 32 bits that is not below a score. */
function atLeast(score: number): number {
  const nearest = Math.fround(score);
  return nearest < score ? neighbour(nearest, 1) : nearest;
}

/** NonMaxSuppression takes what is above its threshold, we what reaches it. */
const below = (score: number): number => (score > 0 ? neighbour(score, -1) : NONE / 2);
