import { extname } from 'node:path';
import type { OverlayOptions, Sharp } from 'sharp';
import type { Rectangle } from '../common/geometry.ts';
import { writeAtomically } from '../files/index.ts';
import { withSource } from './decode.ts';
import { explainFailure } from './problems.ts';
import { PIXEL_LIMIT, sharp } from './sharp.ts';
import { toRgb, upright } from './source.ts';
import type { Pixels } from './picture.ts';

/** Cells along the longer side of an area: too few to recognise a face or to read a plate by. */
const CELLS = 6;
/** Pixels: a small area gets fewer cells. */
const LEAST_CELL = 8;

const ENCODERS: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  '.jpg': (picture) => picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  '.jpeg': (picture) => picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  '.png': (picture) => picture.png(),
  '.webp': (picture) => picture.webp({ lossless: true }),
};

/** The extension of a blurred copy of such a file: its own where that can be written, else PNG. */
export function blurredExtension(file: string): string {
  const own = extname(file);
  return own.toLowerCase() in ENCODERS ? own : '.png';
}

/**
 * Writes a copy of a picture in which areas can't be recognised: each is averaged over a few cells, whose colours run into
 * each other. The copy is upright, in 8 bits, without metadata, and encoded as its extension says.
 * @param areas in pixels of the upright picture; what lies outside it is cut off
 * @throws TwinheadError `unusable-input` or `not-found`, with the file
 */
export async function writeBlurred(file: string, areas: readonly Rectangle[], out: string): Promise<void> {
  const encoded = await withSource(file, async (source) => {
    const picture = await toRgb(upright(source));
    try {
      const patches = [];
      for (const area of areas) patches.push(...(await patchOf(picture, area)));
      const encode = ENCODERS[extname(out).toLowerCase()] ?? ENCODERS['.png']!;
      return await encode(rawOf(picture).composite(patches)).toBuffer();
    } catch (error) {
      throw explainFailure(error);
    }
  });
  await writeAtomically(out, encoded, { flush: false });
}

const rawOf = ({ pixels, width, height }: Pixels): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: PIXEL_LIMIT });

async function patchOf(picture: Pixels, area: Rectangle): Promise<OverlayOptions[]> {
  const left = Math.max(0, Math.floor(area.x));
  const top = Math.max(0, Math.floor(area.y));
  const width = Math.min(picture.width, Math.ceil(area.x + area.width)) - left;
  const height = Math.min(picture.height, Math.ceil(area.y + area.height)) - top;
  if (width < 1 || height < 1) return [];
  const cell = Math.max(LEAST_CELL, Math.max(width, height) / CELLS);
  const cells = {
    width: Math.max(1, Math.round(width / cell)),
    height: Math.max(1, Math.round(height / cell)),
  };
  const averaged = await rawOf(picture)
    .extract({ left, top, width, height })
    .resize(cells.width, cells.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  const input = await sharp(averaged, { raw: { ...cells, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return [{ input, raw: { width, height, channels: 3 }, left, top }];
}
