import { dirname, join } from 'node:path';
import { isTile, levelCount, OVERVIEW_SIZE, TILE_OVERLAP, TILE_SIZE } from '../common/pyramid.ts';
import type { Tile } from '../common/pyramid.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import {
  makeFolder,
  move,
  prune,
  readWhole,
  remove,
  temporaryName,
  touch,
  writeAtomically,
} from '../files/index.ts';
import { withSource } from './decode.ts';
import type { ImageFormat } from './formats.ts';
import { explainFailure } from './problems.ts';
import { readHeader, upright } from './source.ts';
import type { EncodedImage } from './thumbnails.ts';

export interface PyramidOptions {
  /** Hash of the file's content, under which tiles are kept. */
  readonly sha256: string;
  /** May be deleted at any time. */
  readonly cacheFolder: string;
}

/** Raised when the same file would give other tiles. */
const RECIPE = 2;
const KEPT_BYTES = 2 * 2 ** 30;
const KEPT_OVERVIEW_BYTES = 512 * 2 ** 20;
const OVERVIEWS_BETWEEN_PRUNING = 100;

/** Their tiles are lossy as they are, so tiles may be too; of all others every pixel is kept. */
const LOSSY: ReadonlySet<ImageFormat> = new Set(['jpeg', 'avif', 'heic']);

/** Hundreds of files are written, which a slow disk may take its time for. */
const MOST_SECONDS = 600;

let overviewsWritten = 0;

/**
 * A picture of at most {@link OVERVIEW_SIZE} pixels on its longer side, to be shown at once: a JPEG decodes for it at
 * a fraction of its size.
 * @throws TwinheadError `unusable-input` or `not-found`. A cache that cannot be written is no error
 */
export async function overview(file: string, { sha256, cacheFolder }: PyramidOptions): Promise<EncodedImage> {
  const folder = join(cacheFolder, 'overviews');
  const path = join(folder, `${sha256}-${OVERVIEW_SIZE}-${RECIPE}.jpg`);
  const contentType = 'image/jpeg';
  const cached = await readWhole(path).catch(() => null);
  // The end marker tells a whole file from one that a crash cut short.
  if (cached !== null && cached.length > 2 && cached.readUInt16BE(cached.length - 2) === 0xffd9)
    return { bytes: cached, contentType };
  const bytes = await withSource(file, async (source) => {
    try {
      return await upright(source)
        .resize(OVERVIEW_SIZE, OVERVIEW_SIZE, { fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 90 })
        .toBuffer();
    } catch (error) {
      throw explainFailure(error);
    }
  });
  try {
    makeFolder(folder, { flush: false });
    await writeAtomically(path, bytes, { flush: false });
    if (++overviewsWritten % OVERVIEWS_BETWEEN_PRUNING === 0) await prune(folder, KEPT_OVERVIEW_BYTES);
  } catch {
    // The cache only saves time.
  }
  return { bytes, contentType };
}

/** Pyramids that are being made, by their folder; one is made at a time, so that memory stays bounded. */
const making = new Map<string, Promise<void>>();
let lastMade: Promise<unknown> = Promise.resolve();
/** Pyramids whose use was noted in this process. */
const used = new Set<string>();

/**
 * One tile of the picture's pyramid (see common/pyramid). The first tile that is asked for makes them all, in one pass
 * through the picture that never holds it whole (libvips goes by a file on disk where it has to be turned).
 * @throws TwinheadError `not-found` where there is no such tile or no file, `unusable-input`; what the system says
 * where the cache cannot be written
 */
export async function pyramidTile(
  file: string,
  image: { readonly width: number; readonly height: number },
  tile: Tile,
  { sha256, cacheFolder }: PyramidOptions,
): Promise<EncodedImage> {
  if (!isTile(image, tile)) throw new TwinheadError('not-found', say('images.noTile'), { file });
  const folder = join(cacheFolder, 'pyramids');
  const pyramid = join(folder, `${sha256}-${RECIPE}`);
  const read = async (): Promise<EncodedImage | null> => {
    const level = String(levelCount(image) - 1 - tile.shrink);
    for (const [extension, contentType] of TILE_TYPES) {
      const path = join(pyramid, 'tiles_files', level, `${tile.column}_${tile.row}.${extension}`);
      const bytes = await readWhole(path).catch(() => null);
      if (bytes !== null) return { bytes, contentType };
    }
    return null;
  };
  const known = await read();
  if (known !== null) {
    noteUse(pyramid);
    return known;
  }
  let made = making.get(pyramid);
  if (made === undefined) {
    made = lastMade.then(() => make(file, pyramid)).then(() => prune(folder, KEPT_BYTES));
    lastMade = made.catch(() => undefined);
    making.set(pyramid, made);
    made.finally(() => making.delete(pyramid)).catch(() => undefined);
  }
  await made;
  const fresh = await read();
  if (fresh !== null) return fresh;
  throw new TwinheadError('unusable-input', say('images.otherSize'), {
    file,
    remedy: say('images.otherSize.remedy'),
  });
}

const TILE_TYPES = [
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
] as const;

/** A pyramid that is looked at again is not the first to go. */
function noteUse(pyramid: string): void {
  if (used.has(pyramid)) return;
  used.add(pyramid);
  try {
    touch(pyramid);
  } catch {
    // It is the first to go then; the tile is given all the same.
  }
}

/** Written beside its place and renamed, so that a pyramid that is there is whole. */
async function make(file: string, pyramid: string): Promise<void> {
  const partial = join(dirname(pyramid), temporaryName(pyramid));
  await withSource(file, async (source) => {
    const { orientation } = await readHeader(source);
    makeFolder(partial, { flush: false });
    try {
      const picture = upright(source, { anyOrder: orientation !== 1 }).timeout({ seconds: MOST_SECONDS });
      const encoded = LOSSY.has(source.format)
        ? picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        : picture.png({ compressionLevel: 3 });
      await encoded
        .tile({ size: TILE_SIZE, overlap: TILE_OVERLAP, layout: 'dz', depth: 'onetile', container: 'fs' })
        .toFile(join(partial, 'tiles.dz'));
      await remove(pyramid);
      await move(partial, pyramid);
    } catch (error) {
      await remove(partial);
      throw explainFailure(error);
    }
  });
}
