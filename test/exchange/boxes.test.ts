import { describe, expect, it } from 'vitest';
import type { DatasetImage } from '../../electron/common/dataset.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { saying } from '../support/in-english.ts';
import { fitToFile } from '../../electron/exchange/index.ts';

const image = (width: number | null, height: number | null): DatasetImage => ({
  path: 'a.jpg',
  file: '/x/a.jpg',
  width,
  height,
  split: null,
  boxes: [
    { x: 70, y: 10, width: 20, height: 20, className: 'cat', score: null, attributes: {}, unknown: {} },
  ],
  imageClasses: [],
  reviewed: true,
  unknown: {},
});

describe('the stated size against the file’s', () => {
  it('changes nothing where they agree', () => {
    const same = image(100, 80);
    expect(fitToFile(same, { width: 100, height: 80 })).toEqual({ image: same, problems: [] });
  });

  it('says that width and height are swapped, and never turns boxes by guess', () => {
    const { image: fitted, problems } = fitToFile(image(100, 80), { width: 80, height: 100 });
    expect(inEnglish(problems[0]!.message)).toMatch(/swapped/);
    expect(inEnglish(problems[1]!.message)).toMatch(/10 px over the edge/);
    expect(fitted).toMatchObject({
      width: 80,
      height: 100,
      boxes: [{ x: 70, y: 10, width: 10, height: 20 }],
    });
  });

  it('says that the labels may belong to a scaled image', () => {
    expect(fitToFile(image(50, 40), { width: 100, height: 80 }).problems[0]!.message).toEqual(
      saying('scaled'),
    );
  });

  it.each([
    [{ x: 1e308, y: 10, width: 20, height: 20 }, 'x 1e+308, y 10, width 20, height 20'],
    [{ x: 10.12345, y: 10, width: 1e308, height: 20 }, 'x 10.123, y 10, width 1e+308, height 20'],
    [{ x: -1e308, y: 10, width: 1, height: 20 }, 'x -1e+308, y 10, width 1, height 20'],
  ])('names a coordinate as it is, however large: %j', (box, words) => {
    const one = image(100, 80);
    const { problems } = fitToFile(
      { ...one, width: null, height: null, boxes: [{ ...one.boxes[0]!, ...box }] },
      { width: 100, height: 80 },
    );
    expect(inEnglish(problems[0]!.message)).toContain(words);
    expect(inEnglish(problems[0]!.message)).not.toContain('Infinity');
  });

  it('checks boxes of images whose size was not stated', () => {
    const { image: fitted, problems } = fitToFile(image(null, null), { width: 60, height: 60 });
    expect(fitted.boxes).toEqual([]);
    expect(inEnglish(problems[0]!.message)).toMatch(/wholly outside/);
  });
});
