import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { suspectLabels } from '../../../electron/learning/metrics/class-suspects.ts';

interface Golden {
  readonly name: string;
  readonly labels: number[];
  readonly probabilities: number[][];
  /** Indices, the most suspicious first. */
  readonly suspects: number[];
}

const golden = readFileSync(new URL('./golden-class-suspects.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

const examples = (labels: readonly number[], probabilities: readonly (readonly number[])[]) =>
  labels.map((label, index) => ({ label, probabilities: probabilities[index]! }));

describe('suspects among image classes', () => {
  it.each(golden)('are those of cleanlab, in its order: $name', ({ labels, probabilities, suspects }) => {
    const found = suspectLabels(examples(labels, probabilities), probabilities[0]!.length);
    expect(suspects.length).toBeGreaterThan(0);
    expect(found.map(({ example }) => example)).toEqual(suspects);
  });

  it('are labels other than the class that is said from its own mean probability on', () => {
    // Of class 0 from (0.9 + 0.7 + 0.2) / 3 = 0.6 on, of class 1 from 0.8 on.
    const found = suspectLabels(
      examples([0, 0, 0, 1, 1], [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.35, 0.65], [0.05, 0.95]]), // prettier-ignore
      2,
    );
    expect(found).toEqual([{ example: 2, score: 0.8, likely: 1 }]);
  });

  it('are none of a class that nothing is labelled with', () => {
    expect(suspectLabels(examples([0, 0], [[0.5, 0.1, 0.4], [0.1, 0, 0.9]]), 3)).toEqual([]); // prettier-ignore
    expect(suspectLabels([], 2)).toEqual([]);
  });
});
