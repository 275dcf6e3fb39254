import { describe, expect, it } from 'vitest';
import { suspectBoxes } from '../../../electron/learning/metrics/suspects.ts';
import type { SuspectImage } from '../../../electron/learning/metrics/suspects.ts';

const label = (x: number, classIndex = 0) => ({ x, y: 0, width: 40, height: 40, classIndex });
const found = (x: number, score: number, classIndex = 0) => ({ ...label(x, classIndex), score });
/** Labels of both classes that a run agrees with: they say how sure it is of them. */
const agreed = (): SuspectImage[] =>
  [0.7, 0.8, 0.9].map((score) => ({
    truths: [label(0), label(100, 1)],
    detections: [found(0, score), found(100, score, 1)],
  }));
const suspects = (image: SuspectImage, suspect: 'overlooked' | 'misplaced' | 'swapped') =>
  suspectBoxes([...agreed(), image], suspect).map(({ image: index, truth, box }) => [index, truth, box.x]);

describe('suspects among labels', () => {
  it('are sure detections where no label is: maybe overlooked', () => {
    const image = { truths: [label(0)], detections: [found(0, 0.9), found(200, 0.9), found(300, 0.3)] };
    expect(suspects(image, 'overlooked')).toEqual([[3, null, 200]]);
    expect(suspects(image, 'misplaced')).toEqual([]);
    expect(suspects(image, 'swapped')).toEqual([]);
  });

  it('are labels beside what is found: maybe misplaced, and not overlooked as well', () => {
    const image = { truths: [label(20)], detections: [found(0, 0.9)] };
    expect(suspects(image, 'misplaced')).toEqual([[3, 0, 0]]);
    expect(suspects(image, 'overlooked')).toEqual([]);
  });

  it('are labels at whose place another class is found more surely: maybe swapped', () => {
    const image = { truths: [label(0)], detections: [found(2, 0.9, 1), found(0, 0.2)] };
    expect(suspects(image, 'swapped')).toEqual([[3, 0, 2]]);
    expect(
      suspects({ truths: [label(0)], detections: [found(2, 0.8, 1), found(0, 0.9)] }, 'swapped'),
    ).toEqual([]);
  });

  it('come with the most suspicious first, and never where nobody has labelled boxes', () => {
    const image = { truths: [], detections: [found(100, 0.8), found(0, 0.95), found(200, 0.9)] };
    expect(suspects(image, 'overlooked').map(([, , x]) => x)).toEqual([0, 200, 100]);
    expect(suspects({ ...image, truths: null }, 'overlooked')).toEqual([]);
  });
});
