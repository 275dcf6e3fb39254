import { isDeepStrictEqual } from 'node:util';
import { IMAGE_STATES, SPLITS } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { Size } from '../../common/geometry.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, now, raiseLabelsRevision, raiseRevision } from '../database/context.ts';
import type { SqlValue, Writer } from '../database/database.ts';
import { Addition } from '../history/addition.ts';
import type { AdditionOptions } from '../history/addition.ts';
import { abandonImageRedo, appendEntry } from '../history/entries.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import type { ImageOrders } from '../queries/image-orders.ts';
import { reachesOut } from '../rows/bounds.ts';
import { putFiles } from '../rows/file-rows.ts';
import type { FileTuple } from '../rows/file-rows.ts';
import { absoluteImagePath, foldText, relativeImagePath, sortKey } from '../rows/paths.ts';
import { readRoots } from '../rows/root-rows.ts';
import { fileNameOf, noImage } from '../rows/rows.ts';
import { requireImages } from './splits.ts';

/** A file as probed and hashed. */
export interface NewImage {
  /** Below its root, either slash. */
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Width of the oriented image. */
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8. */
  readonly orientation: number;
  /** jpeg, png, webp, … */
  readonly format: string;
  readonly group?: string | null;
  readonly perceptualHash?: string | null;
}

/** added; known: the same file at the same place; changed: another content at a known place (left as it was). */
export interface AddedImage {
  readonly id: number;
  readonly outcome: 'added' | 'known' | 'changed';
}

const oneOf = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

/** SQL: 1 where a file is noted as missing. Naming what leads `images_by_flags` makes it a few looks into that index. */
const ANY_MISSING = `SELECT EXISTS (SELECT 1 FROM images WHERE state IN (${oneOf(IMAGE_STATES)})
  AND split IN (${oneOf(SPLITS)}) AND verified IN (0, 1) AND missing = 1)`;

/** Where an image's file is and what was known of it when it was read. */
export interface ImageFile {
  readonly id: number;
  readonly rootId: number;
  /** Absolute. */
  readonly file: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
  readonly format: string;
  readonly group: string | null;
  readonly missing: boolean;
}

/** Where the file of an image was found. */
export interface FoundFile {
  readonly imageId: number;
  readonly rootId: number;
  /** Below the root, either slash. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

interface FileRow {
  readonly id: number;
  readonly root_id: number;
  readonly path: string;
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly modified_ms: number;
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
  readonly format: string;
  readonly split_group: string | null;
  readonly missing: 0 | 1;
}

const FILE_COLUMNS =
  'id, root_id, path, sha256, bytes, modified_ms, width, height, orientation, format, split_group, missing';

function hashBytes(sha256: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new TwinheadError('invalid-input', say('store.sha256'), { place: 'sha256' });
  }
  return Buffer.from(sha256, 'hex');
}

/** Files of images: which the project has, where they are, and whether they are still what they were. */
export class ImageFiles {
  readonly #context: StoreContext;
  readonly #journal: Journal;
  readonly #orders: ImageOrders;

  constructor(context: StoreContext, journal: Journal, orders: ImageOrders) {
    this.#context = context;
    this.#journal = journal;
    this.#orders = orders;
  }

  /** The act that the images which are added next belong to. */
  beginAddition(options: AdditionOptions): Addition {
    return new Addition(this.#context, options);
  }

  /**
   * Registers files of one root in one transaction: pass some thousands at a time. A known file keeps its id and labels and
   * is no longer missing; one that was removed from the project comes back without labels.
   * @param addition null: the caller journals what is added
   * @throws TwinheadError `not-found` (root), `invalid-input`, `disk-full`, `read-only`
   */
  add(rootId: number, images: readonly NewImage[], addition: Addition | null = null): AddedImage[] {
    this.#orders.forget();
    return this.#context.db.write((writer) => {
      if (writer.get('SELECT 1 AS there FROM roots WHERE id = ?', rootId) === undefined) {
        throw new TwinheadError('not-found', say('store.noRoot', { id: String(rootId) }));
      }
      const at = now(this.#context);
      const added = images.map((image): AddedImage => {
        const relative = relativeImagePath(image.path);
        const hash = hashBytes(image.sha256);
        const known = writer.get<{ id: number; sha256: Uint8Array; missing: 0 | 1; removed: 0 | 1 }>(
          'SELECT id, sha256, missing, removed FROM images WHERE root_id = ? AND path = ?',
          rootId,
          relative,
        );
        if (known?.removed === 1) {
          if (!Buffer.from(known.sha256).equals(hash)) this.#replaceContent(writer, known.id, image);
          writer.run(
            'UPDATE images SET removed = 0, missing = 0, revision = revision + 1 WHERE id = ?',
            known.id,
          );
          return { id: known.id, outcome: 'added' };
        }
        if (known !== undefined) {
          if (!Buffer.from(known.sha256).equals(hash)) return { id: known.id, outcome: 'changed' };
          if (known.missing === 1) writer.run('UPDATE images SET missing = 0 WHERE id = ?', known.id);
          return { id: known.id, outcome: 'known' };
        }
        const { lastId } = writer.run(
          `INSERT INTO images (root_id, path, path_folded, path_key, sha256, bytes, modified_ms, width, height,
             orientation, format, split_group, perceptual_hash, added_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          rootId,
          relative,
          foldText(relative),
          sortKey(relative),
          hash,
          image.bytes,
          Math.trunc(image.modifiedMs),
          image.width,
          image.height,
          image.orientation,
          image.format,
          image.group ?? null,
          image.perceptualHash ?? null,
          at,
        );
        return { id: lastId, outcome: 'added' };
      });
      const ids = added.filter(({ outcome }) => outcome === 'added').map(({ id }) => id);
      if (ids.length > 0) raiseRevision(writer);
      addition?.note(writer, ids);
      return added;
    });
  }

  /** @throws TwinheadError `not-found` */
  get(imageId: number): ImageFile {
    const [file] = this.#files('id = ?', imageId);
    if (file === undefined) throw noImage(imageId);
    return file;
  }

  /** Every file, by id. */
  list(): ImageFile[] {
    return this.#files('removed = 0');
  }

  /** The files after the one of an id, by id: a large project some at a time. */
  after(imageId: number, most: number): ImageFile[] {
    return this.#files(
      'id IN (SELECT id FROM images WHERE id > ? AND removed = 0 ORDER BY id LIMIT ?)',
      imageId,
      most,
    );
  }

  /** As `after`, only those that are noted as missing. Quick where none is: each image that is shown asks. */
  missingAfter(imageId: number, most: number): ImageFile[] {
    if (!this.#context.db.read.values<number>(ANY_MISSING)[0]) return [];
    return this.#files(
      'id IN (SELECT id FROM images WHERE id > ? AND missing = 1 AND removed = 0 ORDER BY id LIMIT ?)',
      imageId,
      most,
    );
  }

  /** Images with this content, by id: usually one or none. */
  findBySha256(sha256: string): ImageFile[] {
    return this.#files('sha256 = ? AND removed = 0', hashBytes(sha256));
  }

  /** The image at this place below the root, if it is registered. */
  findByPath(rootId: number, relativePath: string): ImageFile | undefined {
    return this.#files(
      'root_id = ? AND path = ? AND removed = 0',
      rootId,
      relativeImagePath(relativePath),
    )[0];
  }

  /** Notes which files were not (or were again) where they should be. No edit: revisions stay. */
  markMissing(imageIds: readonly number[], missing: boolean): number {
    if (imageIds.length === 0) return 0;
    this.#orders.forget();
    return this.#context.db.write(
      (writer) =>
        writer.run(
          'UPDATE images SET missing = ? WHERE missing <> ? AND id IN (SELECT value FROM json_each(?))',
          Number(missing),
          Number(missing),
          JSON.stringify(imageIds),
        ).changes,
    );
  }

  /** The files were only touched: their content is the same, so no revision is raised. */
  noteTouched(files: readonly Pick<FoundFile, 'imageId' | 'bytes' | 'modifiedMs'>[]): void {
    if (files.length === 0) return;
    this.#context.db.write((writer) => {
      for (const { imageId, bytes, modifiedMs } of files)
        writer.run(
          'UPDATE images SET bytes = ?, modified_ms = ?, missing = 0 WHERE id = ?',
          bytes,
          Math.trunc(modifiedMs),
          imageId,
        );
    });
  }

  /**
   * Files were found at other places. Labels stay. One step of the project's undo.
   * @throws TwinheadError `not-found`; `invalid-input` where another image is registered there
   */
  relink(found: readonly FoundFile[], { editId }: ChangeOptions = {}): void {
    this.#orders.forget();
    changeMuch(this.#context, (writer) => {
      if (knownEntry(writer, null, 'relink', editId) !== undefined) return;
      requireImages(
        writer,
        found.map(({ imageId }) => imageId),
      );
      const [first] = found;
      if (first === undefined) return;
      const name = fileNameOf(this.get(first.imageId).path);
      const wanted = found.map(({ imageId, rootId, path, bytes, modifiedMs }): FileTuple => {
        return [imageId, rootId, relativeImagePath(path), bytes, Math.trunc(modifiedMs), 0];
      });
      const files = putFiles(writer, wanted).filter(
        (before, index) => !isDeepStrictEqual(before, wanted[index]),
      );
      this.#journal
        .begin(writer, {
          kind: 'relink',
          summary:
            files.length === 1
              ? say('history.foundImage', { name })
              : say('history.foundImages', { count: files.length }),
          operations: { name, images: files.length },
          editId,
        })
        .finish({ files });
    });
  }

  /** How many boxes of the image would lie outside a picture of that size. */
  boxesOutside(imageId: number, { width, height }: Size): number {
    return this.#context.db.read.get<{ n: number }>(
      `SELECT count(*) AS n FROM boxes WHERE image_id = ? AND ${reachesOut('boxes', ['?', '?'])}`,
      imageId,
      width,
      height,
    )!.n;
  }

  /**
   * The file's content was changed on purpose: from now on this content is the image. Labels stay, so they have to
   * fit; earlier edits can no longer be undone or redone, since they belong to the earlier content.
   * @throws TwinheadError `not-found`; `not-allowed` where a box would lie outside
   */
  acceptContent(
    imageId: number,
    image: Omit<NewImage, 'path' | 'group'>,
    { editId }: ChangeOptions = {},
  ): void {
    this.#context.db.write((writer) => {
      if (knownEntry(writer, imageId, 'content', editId) !== undefined) return;
      const outside = this.boxesOutside(imageId, image);
      if (outside > 0) {
        throw new TwinheadError('not-allowed', say('store.outside', { count: outside }), {
          remedy: say('store.outside.remedy'),
        });
      }
      this.#replaceContent(writer, imageId, image);
      raiseLabelsRevision(writer);
      appendEntry(writer, this.#context, {
        imageId,
        kind: 'content',
        summary: say('history.acceptedFile'),
        actor: this.#context.actor,
        operations: [],
        inverse: {},
        status: 'record',
        editId,
      });
    });
  }

  /** Earlier edits belong to the earlier content and can no longer be undone or redone. */
  #replaceContent(writer: Writer, imageId: number, image: Omit<NewImage, 'path' | 'group'>): void {
    const { changes } = writer.run(
      `UPDATE images SET sha256 = ?, bytes = ?, modified_ms = ?, width = ?, height = ?, orientation = ?,
       format = ?, perceptual_hash = ?, missing = 0, revision = revision + 1 WHERE id = ?`,
      hashBytes(image.sha256),
      image.bytes,
      Math.trunc(image.modifiedMs),
      image.width,
      image.height,
      image.orientation,
      image.format,
      image.perceptualHash ?? null,
      imageId,
    );
    if (changes === 0) throw noImage(imageId);
    writer.run("UPDATE journal SET status = 'abandoned' WHERE image_id = ? AND status = 'done'", imageId);
    abandonImageRedo(writer, imageId);
  }

  #files(where: string, ...parameters: SqlValue[]): ImageFile[] {
    return this.#context.db.snapshot((reader) => {
      const folders = new Map(readRoots(reader, this.#context.folder).map((root) => [root.id, root.folder]));
      return reader
        .all<FileRow>(`SELECT ${FILE_COLUMNS} FROM images WHERE ${where} ORDER BY id`, ...parameters)
        .map((row) => ({
          id: row.id,
          rootId: row.root_id,
          file: absoluteImagePath(folders.get(row.root_id) ?? '', row.path),
          path: row.path,
          sha256: Buffer.from(row.sha256).toString('hex'),
          bytes: row.bytes,
          modifiedMs: row.modified_ms,
          width: row.width,
          height: row.height,
          orientation: row.orientation,
          format: row.format,
          group: row.split_group,
          missing: row.missing === 1,
        }));
    });
  }
}
