import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { MAX_DETECTIONS } from './matching.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/**
 * The detections of all images, ordered once: labels change, what a network has found does not. A row is one detection;
 * those of an image lie together, the most confident first.
 */
export interface DetectionTable {
  readonly rows: readonly DetectedBox[];
  /** Rows of an image: from `first[image]` up to `first[image + 1]`. */
  readonly first: Int32Array;
  /** By row. */
  readonly image: Int32Array;
  /** By row: index among those of its class and image, from 0. */
  readonly rank: Int32Array;
  /** By row: index in the list of all classes' detections, each class most confident first; -1 where it doesn't count. */
  readonly position: Int32Array;
  /** Positions of a class: from `start[class]` up to `start[class + 1]`. */
  readonly start: Int32Array;
  /** By position. */
  readonly rowAt: Int32Array;
  readonly scores: Float64Array;
}

/** @throws TwinheadError `invalid-input` for a class index beyond `classes` or a number that isn't finite */
export function tableOf(images: readonly (readonly DetectedBox[])[], classes: number): DetectionTable {
  const rows: DetectedBox[] = [];
  const first = new Int32Array(images.length + 1);
  for (const [index, detections] of images.entries()) {
    for (const one of detections) requireBox(one, 'detection', index, classes, one.score);
    rows.push(...detections.toSorted((a, b) => b.score - a.score));
    first[index + 1] = rows.length;
  }
  const image = new Int32Array(rows.length);
  const rank = new Int32Array(rows.length);
  const counted = Array.from({ length: classes }, (): number[] => []);
  for (let index = 0; index < images.length; index++) {
    const seen = new Map<number, number>();
    for (let row = first[index]!; row < first[index + 1]!; row++) {
      const { classIndex } = rows[row]!;
      const before = seen.get(classIndex) ?? 0;
      image[row] = index;
      rank[row] = before;
      seen.set(classIndex, before + 1);
      if (before < MAX_DETECTIONS) counted[classIndex]!.push(row);
    }
  }
  const position = new Int32Array(rows.length).fill(-1);
  const start = new Int32Array(classes + 1);
  const total = counted.reduce((sum, list) => sum + list.length, 0);
  const rowAt = new Int32Array(total);
  const scores = new Float64Array(total);
  const all = Float64Array.from(rows, ({ score }) => score);
  for (const [index, list] of counted.entries()) {
    // Among equal scores the earlier image goes first.
    const byScore = Int32Array.from(list).sort((a, b) => all[b]! - all[a]! || a - b);
    for (const [i, row] of byScore.entries()) {
      const at = start[index]! + i;
      rowAt[at] = row;
      position[row] = at;
      scores[at] = rows[row]!.score;
    }
    start[index + 1] = start[index]! + list.length;
  }
  return { rows, first, image, rank, position, start, rowAt, scores };
}

/** @throws TwinheadError `invalid-input` */
export function requireBox(
  box: TrueBox | DetectedBox,
  what: 'truth' | 'detection',
  image: number,
  classes: number,
  extra: number,
): void {
  const place = say('learning.image', { image: String(image) });
  if (!Number.isInteger(box.classIndex) || box.classIndex < 0 || box.classIndex >= classes) {
    const said = say(`learning.judge.${what}.class`, { class: String(box.classIndex) });
    throw new TwinheadError('invalid-input', said, {
      place,
      remedy: say('learning.judge.class.remedy', { last: String(classes - 1) }),
    });
  }
  if (!Number.isFinite(box.x + box.y + box.width + box.height + extra)) {
    throw new TwinheadError('invalid-input', say(`learning.judge.${what}.number`), {
      place,
      remedy: say('learning.judge.number.remedy'),
    });
  }
}
