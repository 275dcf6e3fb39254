import type { Reader } from '../database/database.ts';

/** A picture that was looked at and could be read. */
export interface LookRow {
  readonly imageId: number;
  readonly thumbnail: Uint8Array;
  readonly brightness: number;
  readonly dark: number;
  readonly bright: number;
  readonly sharpness: number;
}

/** SHA-256 of an image's file as it was last found, where `images` and, by `LOOKED`, `looks` are joined. */
export const CONTENT = 'coalesce(looks.content, images.sha256)';
export const LOOKED =
  "LEFT JOIN looks ON looks.image_id = images.id AND looks.sha256 = images.sha256 AND looks.state = 'changed'";

/** By image; of images that are in the project, with the content that they have now. */
export function readLooks(reader: Reader): LookRow[] {
  return reader
    .allRaw<[number, Uint8Array, number, number, number, number]>(
      `SELECT image_id, thumbnail, brightness, dark, bright, sharpness FROM looks JOIN images ON images.id = image_id
       WHERE looks.state = 'ok' AND looks.sha256 = images.sha256 AND images.removed = 0 ORDER BY image_id`,
    )
    .map(([imageId, thumbnail, brightness, dark, bright, sharpness]) => {
      return { imageId, thumbnail, brightness, dark, bright, sharpness };
    });
}
