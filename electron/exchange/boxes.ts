import type { DatasetBox, DatasetImage } from '../common/dataset.ts';
import type { Problem } from '../common/entities.ts';
import { clipToImage } from '../common/geometry.ts';
import type { Rectangle, Size } from '../common/geometry.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';

/**
 * clip: a box partly outside its image is cut at the edge; drop: it is left out; keep: it stays as it is. A box that
 * is wholly outside is left out in any case. Whatever is done is reported.
 */
export type OutsidePolicy = 'clip' | 'drop' | 'keep';

/** Rounding in text formats puts edges this far out: they are set to the edge without a word. Pixels. */
export const EDGE_TOLERANCE = 0.001;

/** A coordinate as people read it; beyond what can be rounded, as it is. */
const text = (value: number): string =>
  String(Math.abs(value) < Number.MAX_SAFE_INTEGER / 1000 ? Math.round(value * 1000) / 1000 : value);

/** "x 10, y 20, width 0, height 5" */
function boundsOf(box: Rectangle): Sentence {
  return say('exchange.box.bounds', {
    x: text(box.x),
    y: text(box.y),
    width: text(box.width),
    height: text(box.height),
  });
}

/** "640×480" */
const sides = ({ width, height }: Size): string => `${width}×${height}`;

export type CheckedBox = {
  readonly box: DatasetBox | null;
  readonly problem: Said | null;
  readonly remedy?: Said;
};

/** What is wrong with a box; a box that comes in all the same is worth a warning. */
export type BoxProblem = Pick<Problem, 'message' | 'remedy' | 'severity'>;

const CHECK_SOURCE = say('exchange.correctOrDraw');

/**
 * A box against the laws of geometry and, where its size is known, its image.
 * @param image null where the size is not known: then only the box itself is checked
 */
export function checkBox(box: DatasetBox, image: Size | null, policy: OutsidePolicy): CheckedBox {
  const { className } = box;
  if (![box.x, box.y, box.width, box.height].every((value) => Number.isFinite(value)))
    return { box: null, problem: say('exchange.box.noNumber', { className }), remedy: CHECK_SOURCE };
  const which = { className, box: boundsOf(box) };
  if (!(box.width > 0 && box.height > 0))
    return { box: null, problem: say('exchange.box.noArea', which), remedy: CHECK_SOURCE };
  if (image === null) return { box, problem: null };
  const inside = clipToImage(box, image);
  if (inside === null) {
    return {
      box: null,
      problem: say('exchange.box.outside', { ...which, image: sides(image) }),
      remedy: say('exchange.box.outside.remedy'),
    };
  }
  if (inside === box) return { box, problem: null };
  const overshoot = Math.max(
    inside.x - box.x,
    inside.y - box.y,
    box.x + box.width - image.width,
    box.y + box.height - image.height,
  );
  const clipped = { ...box, x: inside.x, y: inside.y, width: inside.width, height: inside.height };
  if (overshoot <= EDGE_TOLERANCE) return { box: clipped, problem: null };
  const reach = { ...which, pixels: text(overshoot), image: sides(image) };
  if (policy === 'keep') return { box, problem: say('exchange.box.kept', reach) };
  if (policy === 'drop')
    return { box: null, problem: say('exchange.box.dropped', reach), remedy: CHECK_SOURCE };
  return { box: clipped, problem: say('exchange.box.cut', reach), remedy: say('exchange.box.cut.remedy') };
}

/** Checks the boxes of an image; `placeOf` names where in the file each was written. */
export function checkBoxes(
  boxes: readonly DatasetBox[],
  image: Size | null,
  policy: OutsidePolicy,
  report: (index: number, problem: BoxProblem) => void,
): DatasetBox[] {
  const kept: DatasetBox[] = [];
  for (const [index, box] of boxes.entries()) {
    const { box: inside, problem: message, remedy } = checkBox(box, image, policy);
    if (message !== null) report(index, { message, remedy, severity: inside === null ? 'error' : 'warning' });
    if (inside !== null) kept.push(inside);
  }
  return kept;
}

/**
 * The second look, once the files were probed: the stated size against the true one, and the boxes against the true
 * one. Boxes are never scaled or turned by guess.
 * @param size of the oriented image, from its file
 */
export function fitToFile(
  image: DatasetImage,
  size: Size,
  policy: OutsidePolicy = 'clip',
): { image: DatasetImage; problems: Problem[] } {
  const problems: Problem[] = [];
  const file = image.file ?? image.path;
  const stated = image.width !== null && image.height !== null;
  if (stated && (image.width !== size.width || image.height !== size.height)) {
    const turned = image.width === size.height && image.height === size.width;
    const { width, height } = image;
    problems.push({
      file,
      message: say(turned ? 'exchange.size.swapped' : 'exchange.size.other', {
        stated: sides({ width: width!, height: height! }),
        found: sides(size),
      }),
      remedy: say('exchange.size.remedy'),
      severity: 'warning',
    });
  } else if (stated) return { image, problems };
  const boxes = checkBoxes(image.boxes, size, policy, (_index, problem) =>
    problems.push({ file, ...problem }),
  );
  return { image: { ...image, boxes, width: size.width, height: size.height }, problems };
}
