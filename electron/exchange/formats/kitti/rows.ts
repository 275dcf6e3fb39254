import type { Attributes, DatasetBox } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { coordinate, datasetBox, numbersOf, scoreOf } from '../../values.ts';

/** Columns are parted by blanks, so a name has none: they and the sign itself are written as in a web address. */
const nameInFile = (name: string): string => name.replace(/[\s%]/g, (one) => encodeURIComponent(one));
const nameOfFile = (text: string): string =>
  text.replace(/(%(?:20|25|09|0[AD]|[C-F][0-9A-F](?:%[89AB][0-9A-F])+))+/g, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });

/** What a detector that knows nothing of depth writes: KITTI's own “don't know”. */
const NO_DEPTH = [-1, -1, -1, -1000, -1000, -1000, -10];
const NO_ANGLE = -10;

/** @returns the box, or what is wrong in words */
export function readKittiRow(line: string): DatasetBox | Sentence {
  const [name, ...texts] = line.trim().split(/\s+/);
  if (name === undefined || texts.length < 7) return say('formats.noClass');
  const className = nameOfFile(name);
  const numbers = numbersOf(texts);
  if (numbers === null) return say('formats.noNumbers', { name: className });
  const [truncated, occluded, alpha, left, top, right, bottom, ...depth] = numbers as [
    ...[number, number, number, number, number, number, number],
    ...number[],
  ];
  const place = depth.slice(0, 7);
  const attributes: Attributes = {
    ...(truncated > 0 ? { truncated: true } : {}),
    ...(occluded > 0 ? { occluded: true } : {}),
  };
  return datasetBox({ x: left, y: top, width: right - left, height: bottom - top }, className, {
    score: scoreOf(depth[7]),
    attributes,
    unknown: {
      ...(truncated > 0 && truncated !== 1 ? { truncated } : {}),
      ...(occluded > 0 && occluded !== 1 ? { occluded } : {}),
      ...(alpha === NO_ANGLE ? {} : { alpha }),
      ...(place.length < 7 || place.every((value, at) => value === NO_DEPTH[at]) ? {} : { depth: place }),
    },
  });
}

/** A whole row. The three dimensions and the angle come back only as an import brought them. */
export function kittiRow({ className, x, y, width, height, score, attributes, unknown }: DatasetBox): string {
  const level = (key: 'truncated' | 'occluded'): number =>
    attributes[key] === true || attributes[key] === 1
      ? typeof unknown[key] === 'number'
        ? unknown[key]
        : 1
      : 0;
  const depth = Array.isArray(unknown.depth) ? unknown.depth : NO_DEPTH;
  const alpha = typeof unknown.alpha === 'number' ? unknown.alpha : NO_ANGLE;
  const box = [x, y, coordinate(x, width), coordinate(y, height)];
  return [
    nameInFile(className),
    level('truncated'),
    level('occluded'),
    alpha,
    ...box,
    ...(depth as unknown[]),
    ...(score === null ? [] : [score]),
  ].join(' ');
}
