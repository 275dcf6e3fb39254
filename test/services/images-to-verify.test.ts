import { expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { imagesToCalibrate, imagesToVerify } from '../../electron/services/models/models.ts';

const counted = (counts: Partial<Record<Split, number>>): Partial<Record<Split, number>> => {
  const samples = Object.entries(counts).flatMap(([split, count]) =>
    Array.from({ length: count }, () => ({ split: split as Split })),
  );
  const chosen: Partial<Record<Split, number>> = {};
  for (const { split } of imagesToVerify(samples)) chosen[split] = (chosen[split] ?? 0) + 1;
  return chosen;
};

it('an export is verified on images that the run has not seen, and on twenty at least where there are so many', () => {
  expect(counted({ train: 100, val: 30, test: 200 })).toEqual({ test: 64 });
  expect(counted({ train: 100, val: 30, test: 20 })).toEqual({ test: 20 });
  expect(counted({ train: 100, val: 30, test: 6 })).toEqual({ test: 6, val: 14 });
  expect(counted({ train: 100, val: 5, test: 6 })).toEqual({ test: 6, val: 5, train: 9 });
  expect(counted({ train: 100, val: 70 })).toEqual({ val: 64 });
  expect(counted({ train: 3, val: 2, none: 4 })).toEqual({ train: 3, val: 2, none: 4 });
  expect(counted({ train: 100 })).toEqual({ train: 64 });
  expect(counted({})).toEqual({});
});

it('ranges of integers are measured on images of the training split, from all over it', () => {
  const samples = Array.from(
    { length: 1000 },
    (_, row) => ({ row, split: row % 2 ? 'val' : 'train' }) as const,
  );
  const chosen = imagesToCalibrate(samples);
  expect(chosen.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, at) => at * 10));
  expect(imagesToCalibrate(samples.slice(0, 5)).map(({ row }) => row)).toEqual([0, 2, 4]);
  expect(imagesToCalibrate([{ split: 'val' }])).toEqual([]);
});
