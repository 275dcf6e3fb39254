import { describe, expect, it } from 'vitest';
import { headDisagreements } from '../../electron/services/scoring/head-disagreement.ts';

const boxes = (...classes: number[]) => classes.map((classIndex) => ({ classIndex, score: 1 }));
/** Objects of class 0 come with image class 0, those of class 1 with class 1. */
const labelled = [0, 0, 0, 0, 1, 1, 1, 1].map((index) => ({ imageClasses: [index], objects: [index] }));
const images = (classes: readonly number[], ...found: number[]) => [
  { classes, boxes: boxes(...found), labels: null },
  ...labelled.map((labels) => ({ classes: [0.5, 0.5], boxes: [], labels })),
];

describe('the disagreement of both heads on an image', () => {
  it('is large where the boxes speak for another class than the class head, small where for the same', () => {
    const of = (classes: readonly number[], ...found: number[]): number =>
      headDisagreements(images(classes, ...found), 2, 2, false)![0]!;
    expect(of([1, 0], 0)).toBeLessThan(0.05);
    expect(of([0, 1], 0)).toBeGreaterThan(0.8);
    expect(of([0.5, 0.5], 0)).toBeGreaterThan(of([1, 0], 0));
    expect(of([0.5, 0.5], 0)).toBeLessThan(of([0, 1], 0));
    // Both speak for both alike.
    expect(of([0.5, 0.5], 0, 1)).toBeCloseTo(0, 6);
  });

  it('is asked of each class by itself where an image can have several', () => {
    const of = (classes: readonly number[], ...found: number[]): number =>
      headDisagreements(images(classes, ...found), 2, 2, true)![0]!;
    expect(of([1, 0], 0)).toBeLessThan(of([1, 1], 0));
    expect(of([1, 1], 0)).toBeLessThan(of([0, 1], 0));
  });

  it('is not known without labels of both, or without classes', () => {
    const [unlabelled] = images([1, 0], 0);
    expect(headDisagreements([unlabelled!], 2, 2, false)).toBeNull();
    expect(headDisagreements(images([1, 0], 0), 2, 0, false)).toBeNull();
    expect(headDisagreements(images([1], 0), 1, 2, false)).toBeNull();
  });
});
