import type { StoreContext } from '../database/context.ts';

/** What was found when the picture of an image was looked at; figures as images/look.ts says. */
export type NewLook = { readonly imageId: number; readonly sha256: string } & (
  | { readonly state: 'unreadable' }
  /** `content`: SHA-256 of the file as it is now. */
  | { readonly state: 'changed'; readonly content: string }
  | {
      readonly state: 'ok';
      readonly thumbnail: Uint8Array;
      readonly brightness: number;
      readonly dark: number;
      readonly bright: number;
      readonly sharpness: number;
    }
);

/** Looks at pictures: no labels, so they are in no journal, and can be made again. */
export class Looks {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Images whose picture nobody has looked at, or that was changed or unreadable when it was. */
  pending(): number[] {
    return this.#context.db.read.values<number>(
      `SELECT id FROM images LEFT JOIN looks ON image_id = id AND looks.sha256 = images.sha256
       WHERE removed = 0 AND missing = 0 AND looks.state IS NOT 'ok' ORDER BY id`,
    );
  }

  /** Images whose file was so when it was last looked at: it could not be read, had other content. */
  found(...states: readonly NewLook['state'][]): Set<number> {
    const ids = this.#context.db.read.values<number>(
      `SELECT id FROM images JOIN looks ON image_id = id AND looks.sha256 = images.sha256
       WHERE removed = 0 AND looks.state IN (SELECT value FROM json_each(?))`,
      JSON.stringify(states),
    );
    return new Set(ids);
  }

  /** SHA-256 of the files that had other content than was labelled when they were last looked at. */
  changed(): Map<number, string> {
    return new Map(
      this.#context.db.read.allRaw<[id: number, content: string]>(
        `SELECT id, lower(hex(content)) FROM images JOIN looks ON image_id = id AND looks.sha256 = images.sha256
         WHERE removed = 0 AND looks.state = 'changed'`,
      ),
    );
  }

  /** Has images looked at anew, as if nobody had looked at them yet. */
  forget(imageIds: readonly number[]): void {
    if (imageIds.length === 0) return;
    this.#context.db.write((writer) => {
      for (const id of imageIds) writer.run('DELETE FROM looks WHERE image_id = ?', id);
    });
  }

  save(looks: readonly NewLook[]): void {
    if (looks.length === 0) return;
    this.#context.db.write((writer) => {
      for (const { imageId, sha256, state, ...found } of looks) {
        const { thumbnail, brightness, dark, bright, sharpness } =
          'thumbnail' in found
            ? found
            : { thumbnail: null, brightness: null, dark: null, bright: null, sharpness: null };
        writer.run(
          `INSERT INTO looks (image_id, sha256, state, content, thumbnail, brightness, dark, bright, sharpness)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (image_id) DO UPDATE SET sha256 = excluded.sha256, state = excluded.state, content = excluded.content,
             thumbnail = excluded.thumbnail, brightness = excluded.brightness, dark = excluded.dark,
             bright = excluded.bright, sharpness = excluded.sharpness`,
          imageId,
          Buffer.from(sha256, 'hex'),
          state,
          'content' in found ? Buffer.from(found.content, 'hex') : null,
          thumbnail,
          brightness,
          dark,
          bright,
          sharpness,
        );
      }
    });
  }
}
