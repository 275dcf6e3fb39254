import { expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { tellFilesGone } from '../../electron/services/runs/training-data.ts';
import type { TrainingData } from '../../electron/services/runs/training-data.ts';
import { epochsDone } from '../../electron/services/runs/training-run.ts';

it('comes nearer to its end with each step, the last of an epoch included', () => {
  const steps = Array.from({ length: 6 }, (_, index) => index + 1);
  const done = steps.map((step) => epochsDone({ epoch: Math.ceil(step / 3), step, steps: 3 }));
  expect(done.map((one) => Math.round(one * 3))).toEqual(steps);
});

it('is warned of missing and damaged files by name, and refused where they are too many together', () => {
  const toldOf = (missing: number, unreadable: number): string | null => {
    const picture = { sha256: '', width: 1, height: 1 };
    const pictures = Array.from({ length: 20 }, (_, row) => ({
      ...picture,
      file: `${row}.png`,
      missing: row < missing,
      unreadable: row >= 20 - unreadable,
    }));
    const sample = { split: 'train' as Split, width: 1, height: 1, imageClass: null, boxes: [] };
    const samples = pictures.map((_, row) => ({ ...sample, imageId: row, row }));
    const data: TrainingData = {
      ...{ labels: { revision: 1, checksum: '' }, images: 20, imageClasses: [], objectClasses: [] },
      ...{ pictures, samples },
    };
    const said = tellFilesGone(data);
    return said === null ? null : inEnglish(said.leftOut);
  };
  expect(toldOf(0, 0)).toBeNull();
  expect(toldOf(1, 1)).toBe('2 of 20 labelled images can’t be read (0.png, 19.png)');
  expect(() => toldOf(2, 1)).toThrow(/3 of 20 labelled images can’t be read \(0.png, 1.png, 19.png\)/);
});
