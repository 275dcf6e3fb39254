import type { Sharp } from 'sharp';
import { corruptionValue, scaledContent, scaleOf } from '../common/corruptions.ts';
import type { CorruptionStep } from '../common/corruptions.ts';
import { letterbox, LETTERBOX_PADDING } from '../common/geometry.ts';
import type { Letterbox, Size } from '../common/geometry.ts';
import { createRandom } from '../common/random.ts';
import { openFile } from '../files/index.ts';
import { mapInOrder } from '../tasks/pool.ts';
import { rowLength } from './pixel-rows.ts';
import { sharp } from './sharp.ts';
import { toRgb } from './source.ts';
import { imagePool } from './tasks.ts';
import type { CorruptTask } from './tasks.ts';

const THREADS = 2;
/** The side for which the strengths of blur were made. */
const BLUR_SIDE = 224;
/** The least deviation, in pixels, that sharp blurs by. */
const LEAST_SIGMA = 0.3;

/**
 * Pictures of a pixel file made worse, on worker threads.
 * @returns for each task bytes [pictures, size, size, 3]
 * @throws TwinheadError `cancelled`
 */
export function corruptedPictures(
  tasks: Iterable<CorruptTask>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  return mapInOrder(imagePool(THREADS), THREADS, 'corrupt', tasks, signal);
}

/** Runs in a worker. The grey around a picture stays as it is. */
export async function corruptRows({ pixelFile, size, step, pictures }: CorruptTask): Promise<Uint8Array> {
  const length = rowLength(size);
  const rows = new Uint8Array(pictures.length * length);
  await using file = await openFile(pixelFile);
  for (const [slot, { row, seed, ...picture }] of pictures.entries()) {
    const pixels = rows.subarray(slot * length, (slot + 1) * length);
    const { bytesRead } = await file.read(pixels, 0, length, row * length);
    if (bytesRead < length) throw new Error(`row ${row} of ${pixelFile} is cut off`);
    if (step !== null) await corrupt(pixels, size, picture, step, seed);
  }
  return rows;
}

/** Makes a letterboxed picture worse in its place. */
async function corrupt(
  pixels: Uint8Array,
  size: number,
  picture: Size,
  step: CorruptionStep,
  seed: number,
): Promise<void> {
  const fit = letterbox(picture, size);
  const { padLeft: left, padTop: top, contentWidth: width, contentHeight: height } = fit;
  const whole = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
  const content = (await toRgb(whole.extract({ left, top, width, height }))).pixels;
  const made = await corruptedContent(content, fit, step, seed);
  for (let y = 0; y < height; y++)
    pixels.set(made.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * size + left) * 3);
}

async function corruptedContent(
  content: Uint8Array,
  fit: Letterbox,
  step: CorruptionStep,
  seed: number,
): Promise<Uint8Array> {
  const value = corruptionValue(step);
  const raw = { width: fit.contentWidth, height: fit.contentHeight, channels: 3 } as const;
  const picture = (): Sharp => sharp(content, { raw });
  const bytes = async (made: Sharp): Promise<Uint8Array> => (await toRgb(made)).pixels;
  switch (step.corruption) {
    case 'noise':
      return withNoise(content, 255 * value, seed);
    case 'blur':
      return bytes(picture().blur(Math.max(LEAST_SIGMA, (value * fit.size) / BLUR_SIDE)));
    case 'darker':
      return bytes(picture().linear(1, -255 * value));
    case 'brighter':
      return bytes(picture().linear(1, 255 * value));
    case 'contrast': {
      const means = (await picture().stats()).channels.map(({ mean }) => mean);
      return bytes(
        picture().linear(
          means.map(() => value),
          means.map((mean) => mean * (1 - value)),
        ),
      );
    }
    case 'jpeg':
      return bytes(sharp(await picture().jpeg({ quality: value }).toBuffer()));
    case 'smaller':
    case 'larger':
      return bytes(scaled(picture(), fit, scaleOf(step)));
  }
}

/** The picture in the middle of its own frame, with grey around it or its edges cut off. */
function scaled(picture: Sharp, fit: Letterbox, scale: number): Sharp {
  const { contentWidth: width, contentHeight: height } = fit;
  const { x, y, ...sides } = scaledContent(fit, scale);
  const resized = picture.resize(sides.width, sides.height, { fit: 'fill', kernel: 'lanczos3' });
  if (scale > 1) return resized.extract({ left: -x, top: -y, width, height });
  const grey = { r: LETTERBOX_PADDING, g: LETTERBOX_PADDING, b: LETTERBOX_PADDING };
  return resized.extend({
    ...{ left: x, top: y, right: width - sides.width - x, bottom: height - sides.height - y },
    background: grey,
  });
}

/** The same noise at every strength, only larger. */
function withNoise(content: Uint8Array, deviation: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const noisy = new Uint8ClampedArray(content.length);
  for (const [index, value] of content.entries()) noisy[index] = value + deviation * random.normal();
  return new Uint8Array(noisy.buffer);
}
