/** What the rest of the product may use of images/. */
export { probe } from './probe.ts';
export type { ImageInfo, ProbeOutcome } from './probe.ts';
export { IMAGE_FORMATS, hasImageExtension } from './formats.ts';
export type { ImageFormat } from './formats.ts';
export type { ImageProblem } from './problems.ts';
export { findImageFiles } from './find.ts';
export { scanFiles, scanFolder } from './scan.ts';
export type { KnownFile, ScanBatch, ScanOptions } from './scan.ts';
export { decode, letterboxPixels } from './decode.ts';
export type { LetterboxedImage, Pixels } from './decode.ts';
export { thumbnail } from './thumbnails.ts';
export type { EncodedImage, ThumbnailOptions } from './thumbnails.ts';
export { overview, pyramidTile } from './pyramid.ts';
export { displayImage } from './display.ts';
export { buildPixelCache } from './pixel-cache.ts';
export type { PixelCacheImage, PixelCacheOptions, PixelCacheResult } from './pixel-cache.ts';
export { buildDigitScenes } from './sample/build.ts';
export type { DigitScenes, DigitScenesOptions } from './sample/build.ts';
