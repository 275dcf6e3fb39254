import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../electron/export/formats/onnx/messages.ts';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import { withSuppression } from '../../electron/export/formats/onnx/suppress.ts';
import { keepsTheSame } from '../../electron/export/suppression.ts';
import type { Suppression } from '../../electron/export/suppression.ts';
import { noise } from '../engine/graph/networks.ts';

interface Case {
  readonly predictions: number;
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly rule: Suppression;
}

/** Rows [rows, 6] of a model that is given boxes and scores of one image, and of that image as the second of two. */
async function suppressed({ predictions, boxes, scores, rule }: Case): Promise<Float32Array[]> {
  const classes = rule.minScores.length;
  const ports = { boxes: 4, scores: classes };
  const graph = withSuppression(
    {
      nodes: Object.keys(ports).map((name) => ({
        op: 'Identity',
        inputs: [`${name}_in`],
        outputs: [name],
        attributes: {},
      })),
      initializers: new Map(),
      inputs: Object.entries(ports).map(([name, side]) => ({
        name: `${name}_in`,
        type: 'float32',
        shape: ['batch', predictions, side],
        description: '',
      })),
      outputs: Object.entries(ports).map(([name, side]) => ({
        name,
        type: 'float32',
        shape: ['batch', predictions, side],
        description: '',
      })),
    },
    rule,
    '',
  );
  const about = { opset: 17, name: 'test', producerVersion: '1', description: '', metadata: {} };
  const model = await openOnnx(encodeModel(graph, about));
  const run = async (count: number): Promise<Float32Array> => {
    const twice = (data: Float32Array) =>
      count === 1 ? data : Float32Array.from([...data.map((value) => value / 2), ...data]);
    const outputs = await model.run({
      boxes_in: { data: twice(boxes), dims: [count, predictions, 4] },
      scores_in: { data: twice(scores), dims: [count, predictions, classes] },
    });
    const { data } = outputs['detections']!;
    return data.subarray((data.length / count) * (count - 1));
  };
  try {
    return [await run(1), await run(2)];
  } finally {
    await model.close();
  }
}

/** Few values, so that scores and overlaps are often equal, and often on a threshold. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    predictions: fc.integer({ min: 1, max: 40 }),
    minScores: fc.array(fc.constantFrom(0, 0.05, 0.3, 0.5, 0.9), { minLength: 1, maxLength: 3 }),
    nmsIou: fc.constantFrom(0, 0.25, 0.5, 0.6, 1),
    maxDetections: fc.constantFrom(1, 3, 300),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ predictions, seed, ...rule }) => {
    const few = (count: number, at: number, values: number) =>
      noise(count, seed + at).map((value) => Math.floor(((value + 1) / 2) * values));
    const corners = few(predictions * 4, 1, 5);
    const boxes = new Float32Array(predictions * 4);
    for (let i = 0; i < predictions; i++) {
      const [x, y, width, height] = corners.subarray(i * 4, i * 4 + 4) as unknown as number[];
      boxes.set([x! * 2, y! * 2, x! * 2 + width! * 3, y! * 2 + height! * 3], i * 4);
    }
    const levels = [0, 0.05, 0.3, 0.5, 0.7, 0.9, 1];
    const scores = few(predictions * rule.minScores.length, 2, levels.length).map((level) => levels[level]!);
    return { predictions, boxes, scores, rule };
  });

describe('suppression inside an ONNX model', () => {
  it('keeps what Twinhead keeps, equal scores and overlaps on the threshold included', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        for (const rows of await suppressed(one)) {
          expect(keepsTheSame(rows, one.boxes, one.scores, one.rule)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('looks only at the best candidates of an image that has very many, as Twinhead does', async () => {
    const predictions = 4000;
    const boxes = Float32Array.from({ length: predictions * 4 }, (_, i) => {
      const at = Math.floor(i / 4);
      return [(at % 80) * 10, Math.floor(at / 80) * 10, (at % 80) * 10 + 9, Math.floor(at / 80) * 10 + 9][
        i % 4
      ]!;
    });
    // All of the first class are the same box, so that what comes after them is looked at only without a bound.
    for (let i = 0; i < predictions; i++) if (i % 8 !== 0) boxes.set([0, 0, 9, 9], i * 4);
    const scores = noise(predictions, 3).map((value) => Math.round((value + 1) * 50) / 100);
    const rule = { minScores: [0.01], nmsIou: 0.6, maxDetections: 1000 };
    for (const rows of await suppressed({ predictions, boxes, scores, rule })) {
      expect(keepsTheSame(rows, boxes, scores, rule)).toBe(true);
      const found = rows.filter((_, i) => i % 6 === 4).filter((score) => score > 0).length;
      expect(found).toBeGreaterThan(300);
      expect(found).toBeLessThan(450);
    }
  });

  it('tells apart what is not the same', () => {
    const boxes = Float32Array.of(0, 0, 8, 8, 20, 20, 28, 28);
    const scores = Float32Array.of(0.5, 0.5);
    const rule = { minScores: [0.1], nmsIou: 0.6, maxDetections: 2 };
    const rows = [0, 0, 8, 8, 0.5, 0, 20, 20, 28, 28, 0.5, 0];
    const same = (given: readonly number[]) => keepsTheSame(Float32Array.from(given), boxes, scores, rule);
    expect(same(rows)).toBe(true);
    expect(same([...rows.slice(6), ...rows.slice(0, 6)])).toBe(false);
    expect(same(rows.slice(0, 6))).toBe(false);
    expect(same([...rows.slice(0, 6), 0, 0, 0, 0, 0, 0])).toBe(false);
    expect(same(rows.with(2, 8.001))).toBe(false);
  });
});
