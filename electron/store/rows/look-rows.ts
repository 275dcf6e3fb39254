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
