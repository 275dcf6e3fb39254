import type { Unknown } from '../../../common/dataset.ts';
import type { Rectangle, Size } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';

/** A row of a label file: in pixels, nothing checked against the image. */
export interface YoloRow {
  readonly classId: number;
  readonly box: Rectangle;
  readonly score: number | null;
  /** outline: the box is the upright bounds of an outline or a turned box, which is kept. */
  readonly kind: 'box' | 'outline';
  readonly unknown: Unknown;
}

const FAR_OUTSIDE = 0.05;
const isShare = (value: number): boolean => value >= 0 && value <= 1;

function boxOf([x, y, width, height]: readonly number[], size: Size): Rectangle {
  return {
    x: (x! - width! / 2) * size.width,
    y: (y! - height! / 2) * size.height,
    width: width! * size.width,
    height: height! * size.height,
  };
}

function boundsOf(points: readonly number[], size: Size): Rectangle {
  const xs = points.filter((_, index) => index % 2 === 0).map((value) => value * size.width);
  const ys = points.filter((_, index) => index % 2 === 1).map((value) => value * size.height);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

const liesInside = ([x, y, width, height]: readonly number[]): boolean =>
  x! - width! / 2 > -FAR_OUTSIDE &&
  y! - height! / 2 > -FAR_OUTSIDE &&
  x! + width! / 2 < 1 + FAR_OUTSIDE &&
  y! + height! / 2 < 1 + FAR_OUTSIDE;

/**
 * @param keypointValues numbers after the box, as data.yaml says
 * @returns the row, or what is wrong with it in words
 */
export function readYoloRow(line: string, size: Size, keypointValues: number): YoloRow | Sentence {
  const texts = line.trim().split(/[\s,]+/);
  const numbers = texts.map((text) =>
    /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : NaN,
  );
  if (numbers.some((value) => !Number.isFinite(value))) return say('exchange.yolo.noNumber');
  const [classId, ...values] = numbers as [number, ...number[]];
  if (!Number.isInteger(classId) || classId < 0) return say('exchange.yolo.class', { class: texts[0]! });
  const plain = (box: readonly number[], score: number | null, unknown: Unknown = {}): YoloRow => ({
    classId,
    box: boxOf(box, size),
    score,
    kind: 'box',
    unknown,
  });
  if (values.length === 4) return plain(values, null);
  if (values.length === 5) {
    // The confidence comes last in Ultralytics' files and second in some others'.
    const last = values[4]!;
    const lastFits = isShare(last) && liesInside(values.slice(0, 4));
    if (!lastFits && isShare(values[0]!) && liesInside(values.slice(1)))
      return plain(values.slice(1), values[0]!);
    return plain(values.slice(0, 4), isShare(last) ? last : null);
  }
  if (keypointValues > 0 && values.length >= 4 + keypointValues)
    return plain(values.slice(0, 4), null, { keypoints: values.slice(4, 4 + keypointValues) });
  if (values.length >= 6 && values.length % 2 === 0)
    return {
      classId,
      box: boundsOf(values, size),
      score: null,
      kind: 'outline',
      unknown: { points: values },
    };
  return say('exchange.yolo.numbers', { count: numbers.length });
}
