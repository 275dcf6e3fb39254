import { readWhole } from '../files/index.ts';
import { withSource } from './decode.ts';
import type { ImageFormat } from './formats.ts';
import { explainFailure } from './problems.ts';
import { readHeader, upright } from './source.ts';
import type { Source } from './picture.ts';
import type { Header } from './source.ts';
import { openPicture } from './sharp.ts';
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
async function browserAgrees(source: Source, header: Header): Promise<boolean> {
  // What was made visible here, no browser would show so.
  if (source.decoded !== undefined || source.dropExtra === true) return false;
  if (header.pages > 1 || header.colourSpace === 'cmyk') return false;
  if (header.orientation !== 1 && source.format !== 'jpeg') return false;
  if (!header.hasAlpha) return true;
  return (await openPicture(source.content ?? source.file).stats()).isOpaque;
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
    try {
      if (contentType !== undefined && (await browserAgrees(source, header)))
        return { bytes: source.content ?? (await readWhole(file)), contentType };
      const bytes = await upright(source).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
      return { bytes, contentType: 'image/jpeg' };
    } catch (error) {
      throw explainFailure(error);
    }
  });
}
