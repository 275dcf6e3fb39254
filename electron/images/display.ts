import { readFile } from 'node:fs/promises';
import { withSource } from './decode.ts';
import type { ImageFormat } from './formats.ts';
import { explainFailure } from './problems.ts';
import { readHeader, upright } from './source.ts';
import type { Header } from './source.ts';
import type { EncodedImage } from './thumbnails.ts';

const BROWSER_TYPES: Partial<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};

/**
 * Whether a browser shows the pixels that {@link decode} gives. Not so for transparency (we see white behind it),
 * animation (we see the first frame), CMYK (browsers differ), and orientation outside JPEG (some ignore it there).
 */
function browserAgrees(format: ImageFormat, header: Header): boolean {
  return (
    BROWSER_TYPES[format] !== undefined &&
    !header.hasAlpha &&
    header.pages === 1 &&
    header.colourSpace !== 'cmyk' &&
    (header.orientation === 1 || format === 'jpeg')
  );
}

/**
 * The picture at full size for a browser: the file as it is where that is right, else a JPEG of high quality of the
 * decoded pixels. Either way the browser shows it upright, `width` × `height` of the probe.
 * @throws TwinheadError `unusable-input` or `not-found`
 */
export function displayImage(file: string): Promise<EncodedImage> {
  return withSource(file, async (source) => {
    const header = await readHeader(source);
    const contentType = BROWSER_TYPES[source.format];
    if (contentType !== undefined && browserAgrees(source.format, header))
      return { bytes: source.content ?? (await readFile(file)), contentType };
    try {
      const bytes = await upright(source).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
      return { bytes, contentType: 'image/jpeg' };
    } catch (error) {
      throw explainFailure(error);
    }
  });
}
