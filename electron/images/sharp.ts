import sharp from 'sharp';

/**
 * sharp, set up for files from strangers. Every module of images/ takes it from here.
 * libvips may open only the formats that the product reads: no SVG, PDF or text, even where a file claims to be one.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadNsgif',
  ],
});
// Pictures are handled side by side, so threads inside one picture only cost; a cache of files would serve stale ones.
sharp.concurrency(1);
sharp.cache(false);

/** About 16,383 × 16,383: what a picture may have before decoding is refused. */
export const PIXEL_LIMIT = 268_402_689;

/** Refuses damaged and cut-off data; harmless oddities such as a broken comment are let pass. */
export const INPUT_OPTIONS = { limitInputPixels: PIXEL_LIMIT, failOn: 'error', pages: 1 } as const;

export { sharp };
