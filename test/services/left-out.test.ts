import { describe, expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { distinctName, tellLeftOut } from '../../electron/services/images/left-out.ts';

const images = (split: Split, count: number) =>
  Array.from({ length: count }, (_, n) => ({ file: `/data/${split}/${n}.jpg`, split }));

/** What is said where these can't be read. */
function told(all: ReturnType<typeof images>, gone: readonly string[]): string | null {
  const files = all.map(({ file }) => file);
  const said = tellLeftOut(all, ({ file }) => !gone.includes(file), files);
  return said === null ? null : inEnglish(say('training.leftOut', { ...said }));
}

describe('images that a work goes without', () => {
  it('are named by as many folders as it takes to tell them apart', () => {
    const files = ['/a/train/1.jpg', '/a/val/1.jpg', '/b/val/1.jpg', '/a/2.jpg'];
    expect(files.map((file) => distinctName(file, files))).toEqual([
      'train/1.jpg',
      'a/val/1.jpg',
      'b/val/1.jpg',
      '2.jpg',
    ]);
    expect(distinctName('C:\\x\\1.jpg', ['C:\\x\\1.jpg', 'C:\\y\\1.jpg'])).toBe('x/1.jpg');
  });

  it('are counted while they are a tenth at most, and refused past it', () => {
    const all = [...images('train', 30), ...images('val', 10)];
    expect(told(all, [])).toBeNull();
    expect(told(all, ['/data/train/3.jpg', '/data/val/29.jpg', '/data/val/3.jpg'])).toBe(
      '2 of 40 labelled images can’t be read (train/3.jpg, val/3.jpg); they are not used for training.',
    );
    expect(told(all, ['/data/val/3.jpg'])).toBe(
      '1 of 40 labelled images can’t be read (val/3.jpg); it is not used for training.',
    );
    expect(() =>
      told(
        all,
        all.slice(0, 5).map(({ file }) => file),
      ),
    ).toThrow(
      /^5 of 40 labelled images can’t be read \(train\/0.jpg, train\/1.jpg, train\/2.jpg and 2 more\): too many to continue\. At most a tenth/,
    );
  });

  it('are refused where they are most of a split, however few they are of all', () => {
    const all = [...images('train', 40), ...images('val', 4)];
    const first = ['/data/val/0.jpg', '/data/val/1.jpg'];
    expect(told(all, first)).toContain('2 of 44');
    expect(() => told(all, [...first, '/data/val/2.jpg'])).toThrow(
      /^3 of 4 labelled validation images can’t be read .*: too many to continue\. At most half of a split/,
    );
  });
});
