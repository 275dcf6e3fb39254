import sharp from 'sharp';
import type { Sharp, SharpInput, SharpOptions } from 'sharp';

/**
 * sharp, set up for files from strangers; every module of images/ takes it from here. Loaders that the product has no use
 * for are off, one by one: to block all and unblock some would fail pictures that another thread is reading.
 */
sharp.block({
  operation: [
    'VipsForeignLoadAnalyze',
    'VipsForeignLoadArchive',
    'VipsForeignLoadCsv',
    'VipsForeignLoadDcRaw',
    'VipsForeignLoadFits',
    'VipsForeignLoadJp2k',
    'VipsForeignLoadJxl',
    'VipsForeignLoadMagick',
    'VipsForeignLoadMagick7',
    'VipsForeignLoadMat',
    'VipsForeignLoadMatrix',
    'VipsForeignLoadNifti',
    'VipsForeignLoadOpenexr',
    'VipsForeignLoadOpenslide',
    'VipsForeignLoadPdf',
    'VipsForeignLoadPpm',
    'VipsForeignLoadRad',
    'VipsForeignLoadRaw',
    'VipsForeignLoadSvg',
    'VipsForeignLoadUhdr',
    'VipsForeignLoadVips',
  ],
});
// Pictures are handled side by side, so threads inside one picture only cost; a cache of files would serve stale ones.
sharp.concurrency(1);
sharp.cache(false);

/** About 16,383 × 16,383: what a picture may have before decoding is refused. */
export const PIXEL_LIMIT = 268_402_689;

/** Refuses damaged and cut-off data; harmless oddities such as a broken comment are let pass. */
export const INPUT_OPTIONS = { limitInputPixels: PIXEL_LIMIT, failOn: 'error', pages: 1 } as const;

/** Longer than any picture within the limit takes; a file made to keep the decoder busy is given up then. */
export const MOST_SECONDS = 60;

/** A pipeline over a file or its content that ends after {@link MOST_SECONDS}. */
export function openPicture(input: SharpInput, options: SharpOptions = INPUT_OPTIONS): Sharp {
  return sharp(input, options).timeout({ seconds: MOST_SECONDS });
}

export { sharp };
