import { expect, it } from 'vitest';
import { labelsFor, scaledLabels } from '../../electron/learning/index.ts';
import type { TrainingSample } from '../../electron/learning/index.ts';

const sample: TrainingSample = {
  ...{ row: 0, imageId: 7, split: 'val', width: 200, height: 200 },
  imageClass: 1,
  boxes: [
    { x: 90, y: 90, width: 20, height: 20, classIndex: 0 },
    { x: 40, y: 90, width: 30, height: 20, classIndex: 1 },
    { x: 30, y: 90, width: 25, height: 20, classIndex: 1 },
    { x: 0, y: 0, width: 20, height: 20, classIndex: 0 },
  ],
};

it('boxes of an enlarged picture are cut at its frame: those cut to less than half count as crowds, those outside are gone', () => {
  expect(scaledLabels(sample, 100, 2).boxes).toEqual([
    { x: 80, y: 80, width: 40, height: 40, classIndex: 0, crowd: false },
    { x: 0, y: 80, width: 40, height: 40, classIndex: 1, crowd: false },
    { x: 0, y: 80, width: 10, height: 40, classIndex: 1, crowd: true },
  ]);
});

it('boxes of a picture made smaller are all there; without a scale nothing changes', () => {
  expect(scaledLabels(sample, 100, 0.5).boxes?.[3]).toMatchObject({ x: 50, y: 50, width: 10, height: 10 });
  expect(scaledLabels(sample, 100, 0.5).boxes).toHaveLength(4);
  expect(scaledLabels(sample, 100, 1)).toBe(sample);
  expect(scaledLabels({ ...sample, boxes: null }, 100, 2).boxes).toBeNull();
});

it('labels are those of the classes that the network was trained on, whatever their order is now', () => {
  const [cat, dog, bird] = [
    { id: 1, name: 'cat' },
    { id: 2, name: 'dog' },
    { id: 3, name: 'bird' },
  ];
  const network = { imageClasses: [cat, dog], objectClasses: [dog, cat] };
  const data = { imageClasses: [bird, dog], objectClasses: [bird, cat], samples: [sample] };
  const [own] = labelsFor(network, data);
  expect(own).toMatchObject({ imageClass: 1, furtherClasses: undefined });
  expect(own?.boxes?.map(({ x, classIndex }) => [x, classIndex])).toEqual([
    [40, 1],
    [30, 1],
  ]);
  const unknown = labelsFor(network, {
    ...data,
    samples: [{ ...sample, imageClass: 0, furtherClasses: [1] }],
  });
  expect(unknown[0]).toMatchObject({ imageClass: 1, furtherClasses: undefined });
});
