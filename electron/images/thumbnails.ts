import { dirname, join } from 'node:path';
import { makeFolder, readWhole, writeAtomically } from '../files/index.ts';
import { withSource } from './decode.ts';
import { explainFailure } from './problems.ts';
import { upright } from './source.ts';

export interface ThumbnailOptions {
  /** Longest side at most, pixels; small pictures are not enlarged. */
  readonly size: number;
  /** Hash of the file's content, under which thumbnails are kept: a changed file gets a new one. */
  readonly sha256: string;
  /** May be deleted at any time. */
  readonly cacheFolder: string;
}

export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** Raised when the same file would give another thumbnail. */
const RECIPE = 2;

/** A RIFF container says its own length, so one that was cut off by a crash is noticed. */
function isWholeWebp(bytes: Buffer): boolean {
  return (
    bytes.length > 12 &&
    bytes.toString('latin1', 8, 12) === 'WEBP' &&
    bytes.readUInt32LE(4) + 8 === bytes.length
  );
}

async function readCached(path: string): Promise<Buffer | null> {
  try {
    const bytes = await readWhole(path);
    return isWholeWebp(bytes) ? bytes : null;
  } catch {
    // Not there, or not readable: it is made again.
    return null;
  }
}

/**
 * A small WebP of an upright picture, from the cache where it is there.
 * @throws TwinheadError `unusable-input` or `not-found` for the picture. A cache that cannot be written (disk full,
 * read-only) is no error: the thumbnail is given all the same
 */
export async function thumbnail(file: string, options: ThumbnailOptions): Promise<EncodedImage> {
  const { size, sha256, cacheFolder } = options;
  const path = join(cacheFolder, sha256.slice(0, 2), `${sha256}-${size}-${RECIPE}.webp`);
  const contentType = 'image/webp';
  const cached = await readCached(path);
  if (cached !== null) return { bytes: cached, contentType };
  const bytes = await withSource(file, async (source) => {
    try {
      return await upright(source)
        .resize(size, size, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80, effort: 2 })
        .toBuffer();
    } catch (error) {
      throw explainFailure(error);
    }
  });
  try {
    makeFolder(dirname(path), { flush: false });
    await writeAtomically(path, bytes, { flush: false });
  } catch {
    // The cache only saves time; see the docstring.
  }
  return { bytes, contentType };
}
