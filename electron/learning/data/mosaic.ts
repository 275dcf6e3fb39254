import type { Random } from '../../common/random.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import { transformBoxes } from './augment.ts';
import type { AugmentSettings, Frame, Tile } from './augment.ts';
import type { TrainingConfig } from '../config/schema.ts';

/**
 * Blocks a side that an image is put together of where mosaics are made: each is resampled from one image, so that all
 * together cost as much as resampling the image once. Seams lie between blocks; 32 is divisible by it.
 */
export const MOSAIC_BLOCKS = 8;

/** Shares of the input's side between which the seams cross. */
const SEAM_REACH: readonly [number, number] = [0.25, 0.75];

/** A tile shows its image between this much smaller and its own size: the first shows about all of it. */
const LEAST_ZOOM = 0.5;

const IMAGES = 4;

/** Whether mosaics are made in an epoch counted from 0; not in the copies that features are kept of (below 0). */
export const makesMosaics = ({ augment, epochs }: TrainingConfig, epoch: number): boolean =>
  augment.mosaic > 0 && epoch >= 0 && epoch < Math.floor(epochs * augment.mosaicUntil);

/**
 * For how many boxes of a training image there has to be room, where an image as it is has `most`. A mosaic of crowded
 * images can have four times as many; it seldom has twice, and that much room would be empty nearly always.
 */
export const mostShown = ({ augment }: TrainingConfig, most: number): number =>
  augment.mosaic > 0 ? 2 * most : most;

/** Draws which images of a batch of `count` a mosaic shows: its own and three others, as far as there are so many. */
function drawImages(own: number, count: number, random: Random): number[] {
  const others = random.shuffle(
    Array.from({ length: count }, (_, slot) => slot).filter((slot) => slot !== own),
  );
  const images = [own, ...others.slice(0, IMAGES - 1)];
  while (images.length < IMAGES) images.push(random.integer(count));
  return random.shuffle(images);
}

/** One axis of a tile: the content, scaled and perhaps mirrored, covers the frame where it is long enough, else lies in it. */
function drawAxis(
  [contentLow, contentHigh]: readonly [number, number],
  [low, high]: readonly [number, number],
  zoom: number,
  mirrored: boolean,
  random: Random,
): { scale: number; shift: number } {
  const free = high - low - zoom * (contentHigh - contentLow);
  const start = low + random.next() * free;
  return mirrored
    ? { scale: -zoom, shift: start + zoom * contentHigh }
    : { scale: zoom, shift: start - zoom * contentLow };
}

/**
 * Draws an image made of parts of four (Bochkovskiy, Wang & Liao 2020, "Mosaic"), each mirrored and scaled by itself.
 * @param own slot of the image in whose place the mosaic stands; the other three are drawn from the batch
 * @param contents where each image of the batch lies in the input, without its padding
 */
export function drawMosaic(
  augment: AugmentSettings,
  size: number,
  own: number,
  contents: readonly Frame[],
  random: Random,
): Tile[] {
  const [first, last] = SEAM_REACH.map((share) => share * MOSAIC_BLOCKS) as [number, number];
  const seam = () => ((first + random.integer(last - first + 1)) * size) / MOSAIC_BLOCKS;
  const [seamX, seamY] = [seam(), seam()];
  return drawImages(own, contents.length, random).map((image, index): Tile => {
    const [x1, x2] = index % 2 === 0 ? ([0, seamX] as const) : ([seamX, size] as const);
    const [y1, y2] = index < 2 ? ([0, seamY] as const) : ([seamY, size] as const);
    const content = contents[image]!;
    const zoom = LEAST_ZOOM + (1 - LEAST_ZOOM) * random.next();
    const mirroredX = random.next() < augment.flip;
    const mirroredY = random.next() < augment.flipVertical;
    const x = drawAxis([content.x1, content.x2], [x1, x2], zoom, mirroredX, random);
    const y = drawAxis([content.y1, content.y2], [y1, y2], zoom, mirroredY, random);
    const map = { scaleX: x.scale, shiftX: x.shift, scaleY: y.scale, shiftY: y.shift };
    return { image, map, frame: { x1, y1, x2, y2 } };
  });
}

/** The pixels of block number `block`, counted row by row. */
export function frameOfBlock(block: number, size: number): Frame {
  const side = size / MOSAIC_BLOCKS;
  const x1 = (block % MOSAIC_BLOCKS) * side;
  const y1 = Math.floor(block / MOSAIC_BLOCKS) * side;
  return { x1, y1, x2: x1 + side, y2: y1 + side };
}

/** The tile that shows a block. */
export function tileOfBlock(tiles: readonly Tile[], block: number, size: number): Tile {
  const { x1, y1 } = frameOfBlock(block, size);
  return tiles.find(({ frame }) => x1 >= frame.x1 && x1 < frame.x2 && y1 >= frame.y1 && y1 < frame.y2)!;
}

/**
 * The boxes of an image made of tiles: those of every tile by its map, cut to it. A tile whose image nobody has
 * labelled boxes on is covered by a crowd, so that nothing in it counts as background.
 * @param boxesOf an image's boxes by its slot; null: not labelled
 * @returns null where no tile has labels, or where one has none and boxes cannot be masked by position (`wholeOnly`)
 */
export function boxesOfTiles(
  tiles: readonly Tile[],
  boxesOf: (image: number) => readonly NetworkBox[] | null,
  wholeOnly: boolean,
): readonly NetworkBox[] | null {
  const labelled = tiles.filter(({ image }) => boxesOf(image) !== null);
  if (labelled.length === 0 || (wholeOnly && labelled.length < tiles.length)) return null;
  return tiles.flatMap(({ image, map, frame }) => {
    const boxes = boxesOf(image);
    return boxes === null ? [ignoredArea(frame)] : transformBoxes(boxes, map, frame);
  });
}

/** Half a pixel larger than the frame: a position whose centre lies on a seam is half in it. */
const ignoredArea = ({ x1, y1, x2, y2 }: Frame): NetworkBox => ({
  x1: x1 - 0.5,
  y1: y1 - 0.5,
  x2: x2 + 0.5,
  y2: y2 + 0.5,
  classIndex: 0,
  crowd: true,
});

/** The classes of an image made of tiles: those of its images where all have the same, else none. */
export function classesOfTiles(
  tiles: readonly Tile[],
  classesOf: (image: number) => readonly number[] | null,
): readonly number[] | null {
  const [first, ...rest] = tiles.map(({ image }) => classesOf(image));
  const named = (classes: readonly number[] | null | undefined) => classes?.toSorted((a, b) => a - b).join();
  return rest.every((other) => named(other) === named(first)) ? first! : null;
}
