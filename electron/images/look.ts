import { stat } from 'node:fs/promises';
import { THUMBNAIL_SIDE } from '../common/near-duplicates.ts';
import { inBatches, mapInOrder } from '../tasks/pool.ts';
import { UnusableImage, explainFailure } from './problems.ts';
import { decodable, openSource, toRgb, upright } from './source.ts';
import type { Pixels } from './picture.ts';
import { imagePool } from './tasks.ts';
import type { LookOutcome, LookTask, PictureLook } from './tasks.ts';

/** Longest side of what is looked at: an edge that is soft at this size is soft in any network's input. */
const LOOKED_AT = 512;
const NEARLY_BLACK = 16;
const NEARLY_WHITE = 250;

function greyOf({ pixels, width, height }: Pixels): Float32Array {
  const grey = new Float32Array(width * height);
  // Luma of Rec. 601.
  for (let at = 0, from = 0; at < grey.length; at++, from += 3)
    grey[at] = 0.299 * pixels[from]! + 0.587 * pixels[from + 1]! + 0.114 * pixels[from + 2]!;
  return grey;
}

/** Means of equal parts; of a picture smaller than that, of its nearest pixels. */
function reduce(grey: Float32Array, width: number, height: number): Uint8Array {
  const reduced = new Uint8Array(THUMBNAIL_SIDE ** 2);
  const edges = (length: number, part: number): [number, number] => {
    const from = Math.floor((part * length) / THUMBNAIL_SIDE);
    return [from, Math.max(from + 1, Math.floor(((part + 1) * length) / THUMBNAIL_SIDE))];
  };
  for (let row = 0; row < THUMBNAIL_SIDE; row++) {
    const [top, bottom] = edges(height, row);
    for (let column = 0; column < THUMBNAIL_SIDE; column++) {
      const [left, right] = edges(width, column);
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grey[y * width + x]!;
      reduced[row * THUMBNAIL_SIDE + column] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
  return reduced;
}

function laplacianVariance(grey: Float32Array, width: number, height: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

/** @param picture upright, RGB */
export function lookAt(picture: Pixels): PictureLook {
  const { width, height } = picture;
  const grey = greyOf(picture);
  let [sum, squares, dark, bright] = [0, 0, 0, 0];
  for (const value of grey) {
    sum += value;
    squares += value * value;
    if (value < NEARLY_BLACK) dark += 1;
    if (value > NEARLY_WHITE) bright += 1;
  }
  const brightness = sum / grey.length;
  const variance = squares / grey.length - brightness ** 2;
  return {
    thumbnail: reduce(grey, width, height),
    brightness,
    dark: dark / grey.length,
    bright: bright / grey.length,
    sharpness: variance < 1 ? 0 : laplacianVariance(grey, width, height) / variance,
  };
}

/** Looks at a file that the project knows. One that was touched counts only with the content that is known. */
export async function lookAtFile({ file, known, sha256 }: LookTask): Promise<LookOutcome> {
  try {
    const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
      throw explainFailure(error);
    });
    const untouched = size === known.bytes && Math.trunc(mtimeMs) === known.modified;
    const source = await openSource(file, { hash: !untouched });
    const reduced = upright(await decodable(source)).resize(LOOKED_AT, LOOKED_AT, {
      fit: 'inside',
      withoutEnlargement: true,
    });
    const picture = await toRgb(reduced);
    // Known where it was touched.
    const content = source.sha256;
    if (content !== null && content !== sha256) return { state: 'changed', content };
    return { state: 'ok', look: lookAt(picture) };
  } catch (error) {
    if (!(error instanceof UnusableImage)) throw error;
    return { state: error.problem.code === 'missing' ? 'missing' : 'unreadable' };
  }
}

/** Files that one thread looks at before it says so. */
const BATCH = 16;
const THREADS = 2;

/**
 * Looks at pictures on worker threads.
 * @yields outcomes in the order of the tasks, some at a time
 * @throws TwinheadError `cancelled`
 */
export async function* lookAtFiles(
  tasks: readonly LookTask[],
  signal?: AbortSignal,
): AsyncGenerator<readonly LookOutcome[], void, void> {
  yield* mapInOrder(imagePool(THREADS), THREADS, 'look', inBatches(tasks, BATCH), signal, 'leave');
}
