import { changeSummary } from './change-summary.ts';
import type { ImageChanges } from './change-summary.ts';
import type { ImageFilter, ImageSummary, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { Size } from '../../common/geometry.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { SentenceKey } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, now, raiseLabelsRevision, raiseRevision } from '../database/context.ts';
import type { Reader, SqlValue, Writer } from '../database/database.ts';
import { ImageOrders } from '../queries/image-orders.ts';
import type { ImageOrderQuery } from '../queries/image-orders.ts';
import { condition, order } from '../queries/image-query.ts';
import { Addition } from '../history/addition.ts';
import type { AdditionOptions } from '../history/addition.ts';
import { imageClassIds } from '../history/apply-patch.ts';
import { abandonImageRedo, appendEntry } from '../history/entries.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import { absoluteImagePath, foldText, relativeImagePath, sortKey } from '../rows/paths.ts';
import { putFiles } from '../rows/file-rows.ts';
import type { FileTuple } from '../rows/file-rows.ts';
import { reachesOut } from '../rows/bounds.ts';
import { fileNameOf, IMAGE_COLUMNS, summaryOf } from '../rows/rows.ts';
import type { ImageRow } from '../rows/rows.ts';
import { readRoots } from '../rows/root-rows.ts';
import { readSettings } from './settings.ts';
import { drawSplits, mendingMoves, moveToSplits, requireImages, requireUnlocked } from './splits.ts';
import type { SplitShares } from './splits.ts';
import type { Leak } from '../queries/kinship.ts';

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

const MOVED_TO = {
  train: 'history.movedToTrain',
  val: 'history.movedToVal',
  test: 'history.movedToTest',
  none: 'history.movedToNone',
} as const satisfies Record<Split, SentenceKey>;

/** @returns its name */
function requireImageClass(reader: Reader, classId: number): string {
  const found = reader.get<{ name: string }>(
    "SELECT name FROM classes WHERE id = ? AND kind = 'image'",
    classId,
  );
  if (found !== undefined) return found.name;
  throw new TwinheadError('not-found', say('store.noImageClass', { id: String(classId) }), {
    remedy: say('store.class.order.remedy'),
  });
}

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

export interface ImageListQuery extends ImageOrderQuery {
  readonly offset?: number;
  readonly limit?: number;
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

function notFound(imageId: number): TwinheadError {
  return new TwinheadError('not-found', say('store.noImage', { id: String(imageId) }), {
    remedy: say('store.noImage.remedy'),
  });
}

function summaries(reader: Reader, rows: readonly ImageRow[]): ImageSummary[] {
  const classIds = new Map<number, number[]>();
  const links = reader.all<{ image_id: number; class_id: number }>(
    `SELECT image_id, class_id FROM image_classes WHERE image_id IN (SELECT value FROM json_each(?))
     ORDER BY image_id, class_id`,
    JSON.stringify(rows.map((row) => row.id)),
  );
  for (const { image_id, class_id } of links) {
    const known = classIds.get(image_id);
    if (known === undefined) classIds.set(image_id, [class_id]);
    else known.push(class_id);
  }
  return rows.map((row) => summaryOf(row, classIds.get(row.id) ?? []));
}

/** The images of a project: where their files are, and lists of them. */
export class Images {
  readonly #context: StoreContext;
  readonly #journal: Journal;
  readonly #orders = new ImageOrders();

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
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
  addMany(rootId: number, images: readonly NewImage[], addition: Addition | null = null): AddedImage[] {
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
  get(imageId: number): ImageSummary {
    return this.#context.db.snapshot((reader) => {
      const row = reader.get<ImageRow>(`SELECT ${IMAGE_COLUMNS} FROM images WHERE id = ?`, imageId);
      if (row === undefined) throw notFound(imageId);
      return summaries(reader, [row])[0]!;
    });
  }

  /** @throws TwinheadError `not-found` */
  file(imageId: number): ImageFile {
    const [file] = this.#files('id = ?', imageId);
    if (file === undefined) throw notFound(imageId);
    return file;
  }

  /** Every file, by id: for a check of what is missing. */
  files(): ImageFile[] {
    return this.#files('removed = 0');
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

  /** A page of the images that pass the filter. However far down, it costs no more than the first. */
  list(query: ImageListQuery = {}): { total: number; items: ImageSummary[] } {
    const { offset = 0, limit = 200 } = query;
    return this.#context.db.snapshot((reader) => {
      const ids = this.#orders.ids(reader, query);
      const page = ids.slice(offset, offset + limit);
      const rows = new Map(
        reader
          .all<ImageRow>(
            `SELECT ${IMAGE_COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?))`,
            JSON.stringify(page),
          )
          .map((row) => [row.id, row]),
      );
      return {
        total: ids.length,
        items: summaries(
          reader,
          page.map((id) => rows.get(id)!),
        ),
      };
    });
  }

  /** Index of an image among those that pass the filter, from 0; −1 where it isn't among them. */
  indexOf(imageId: number, query: ImageOrderQuery = {}): number {
    return this.#context.db.snapshot((reader) => this.#orders.ids(reader, query).indexOf(imageId));
  }

  /** The first index from `from` on, and round, whose image passes `match` too; −1 for none. */
  search(query: ImageOrderQuery, match: ImageFilter, from: number): number {
    return this.#context.db.snapshot((reader) => {
      const ids = this.#orders.ids(reader, query);
      const wanted = new Set(this.#orders.ids(reader, query, match));
      const passes = (id: number): boolean => wanted.has(id);
      const later = ids.findIndex((id, index) => index >= from && passes(id));
      return later >= 0 ? later : ids.findIndex(passes);
    });
  }

  /** Ids only, in order: for training, evaluation and bulk changes. */
  ids(query: Pick<ImageListQuery, 'filter' | 'sort' | 'descending'> = {}): number[] {
    const { filter = {}, sort = 'added', descending = false } = query;
    const { sql, parameters } = condition(this.#context.db.read, filter);
    return this.#context.db.read
      .all<{
        id: number;
      }>(
        `SELECT id FROM images WHERE (${sql}) AND removed = 0 ORDER BY ${order(sort, descending)}`,
        ...parameters,
      )
      .map((row) => row.id);
  }

  /** Notes which files were not (or were again) where they should be. No edit: revisions stay. */
  markMissing(imageIds: readonly number[], missing: boolean): number {
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

  /** The file was only touched: its content is the same, so no revision is raised. */
  noteTouched(imageId: number, { bytes, modifiedMs }: Pick<NewImage, 'bytes' | 'modifiedMs'>): void {
    this.#context.db.write((writer) =>
      writer.run(
        'UPDATE images SET bytes = ?, modified_ms = ?, missing = 0 WHERE id = ?',
        bytes,
        Math.trunc(modifiedMs),
        imageId,
      ),
    );
  }

  /**
   * Files were found at other found. Labels stay. One step of the project's undo.
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
      const name = fileNameOf(this.file(first.imageId).path);
      const files = putFiles(
        writer,
        found.map(({ imageId, rootId, path, bytes, modifiedMs }): FileTuple => {
          return [imageId, rootId, relativeImagePath(path), bytes, Math.trunc(modifiedMs), 0];
        }),
      );
      this.#journal
        .begin(writer, {
          kind: 'relink',
          summary:
            found.length === 1
              ? say('history.foundImage', { name })
              : say('history.foundImages', { count: found.length }),
          operations: { name, images: found.length },
          editId,
        })
        .finish({ files });
    });
  }

  /**
   * Takes images and their labels out of the project, as one step of its undo; their files stay where they are.
   * @throws TwinheadError `not-found`
   */
  remove(imageIds: readonly number[], { editId }: ChangeOptions = {}): { images: number; boxes: number } {
    this.#orders.forget();
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'remove-images', editId);
      if (known !== undefined) return JSON.parse(known.operations) as { images: number; boxes: number };
      const ids = [...new Set(imageIds)];
      requireImages(writer, ids);
      requireUnlocked(writer, ids, null);
      const entry = this.#journal.begin(writer, {
        kind: 'remove-images',
        summary: '',
        operations: {},
        editId,
      });
      let boxes = 0;
      for (const id of ids) {
        const remove = writer.values<number>('SELECT id FROM boxes WHERE image_id = ?', id);
        const unsuggest = writer.values<number>('SELECT id FROM suggestions WHERE image_id = ?', id);
        entry.apply(id, { removed: true, remove, unsuggest, imageClassIds: [] });
        boxes += remove.length;
      }
      entry.describe(say('history.removedImages', { count: ids.length }), { images: ids.length, boxes });
      entry.finish({});
      return { images: ids.length, boxes };
    });
  }

  /**
   * Says the same of several images, as one step of the project's undo; a state only where nothing is labelled.
   * @returns how many have changed
   * @throws TwinheadError `not-found`
   */
  change(
    imageIds: readonly number[],
    { imageClassId, ...said }: ImageChanges,
    { editId }: ChangeOptions = {},
  ): number {
    this.#orders.forget();
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'change-images', editId);
      if (known !== undefined) return (JSON.parse(known.operations) as { images: number }).images;
      const ids = [...new Set(imageIds)];
      requireImages(writer, ids);
      const className = imageClassId === undefined ? undefined : requireImageClass(writer, imageClassId);
      const several = readSettings(writer).multipleImageClasses;
      const entry = this.#journal.begin(writer, {
        kind: 'change-images',
        summary: '',
        operations: {},
        editId,
      });
      for (const id of ids) {
        const had = several && imageClassId !== undefined ? imageClassIds(writer, id) : [];
        const classes = imageClassId === undefined ? undefined : [...new Set([...had, imageClassId])];
        entry.apply(id, { ...said, imageClassIds: classes });
      }
      const images = entry.countImages();
      entry.describe(changeSummary(images, { ...said, className }), { images, ...said });
      entry.finish({});
      return images;
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
    if (changes === 0) throw notFound(imageId);
    writer.run("UPDATE journal SET status = 'abandoned' WHERE image_id = ? AND status = 'done'", imageId);
    abandonImageRedo(writer, imageId);
  }

  /** Images of a group stay in one split. No edit of labels: not in the journal. */
  setGroups(groups: readonly { imageId: number; group: string | null }[]): void {
    this.#context.db.write((writer) => {
      for (const { imageId, group } of groups) {
        writer.run('UPDATE images SET split_group = ? WHERE id = ?', group, imageId);
      }
      raiseRevision(writer);
    });
  }

  /**
   * One step of the project's undo; images that are in the split already are left as they are.
   * @throws TwinheadError `not-found`
   */
  setSplit(imageIds: readonly number[], split: Split, { editId }: ChangeOptions = {}): { changed: number } {
    return this.#context.db.write((writer) => {
      const changed = moveToSplits(writer, this.#journal, new Map([[split, [...new Set(imageIds)]]]), {
        summary: (count) => say(MOVED_TO[split], { count }),
        editId,
      });
      return { changed };
    });
  }

  /**
   * Draws splits by the seed, one step of the project's undo; see planSplits.
   * @throws TwinheadError `invalid-input` where the shares don't make a whole
   */
  assignSplits(
    shares: SplitShares,
    { editId }: ChangeOptions = {},
  ): { changed: number; largestUnit: number } {
    return this.#context.db.write((writer) => {
      const { moves, largestUnit } = drawSplits(writer, shares);
      const changed = moveToSplits(writer, this.#journal, moves, {
        summary: (count) => say('history.drewSplits', { count }),
        editId,
      });
      return { changed, largestUnit };
    });
  }

  /**
   * Moves images that are kin into one split, as one step of the project's undo; see mendingMoves.
   * @throws TwinheadError `not-found`
   */
  mendLeaks(leaks: readonly Pick<Leak, 'images'>[], { editId }: ChangeOptions = {}): { changed: number } {
    return this.#context.db.write((writer) => {
      const changed = moveToSplits(writer, this.#journal, mendingMoves(writer, leaks), {
        summary: (count) => say('history.mendedLeaks', { count }),
        editId,
      });
      return { changed };
    });
  }

  /** How many images each state and split has. */
  counts(): { state: ImageSummary['state']; split: Split; images: number }[] {
    return this.#context.db.read.all(
      `SELECT state, split, sum(images) AS images FROM (
         SELECT state, split, count(*) AS images FROM images GROUP BY state, split
         UNION ALL SELECT state, split, -count(*) FROM images WHERE removed = 1 GROUP BY state, split)
       GROUP BY state, split`,
    );
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
