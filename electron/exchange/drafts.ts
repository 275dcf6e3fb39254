import { dirname, join } from 'node:path';
import type { Dataset, DatasetBox, DatasetClass, DatasetImage, Unknown } from '../common/dataset.ts';
import type { ClassKind, Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import type { Size } from '../common/geometry.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { checkBoxes } from './boxes.ts';
import type { BoxProblem } from './boxes.ts';
import type { ProblemCollector } from './collector.ts';
import { beginning, filesUnder, kindOf } from './files.ts';
import type { ReadOptions } from './format.ts';
import { ImageLocator, withLocated } from './locate.ts';
import type { Located } from './locate.ts';
import { chooseSplit, splitOfPath } from './split-names.ts';
import { scaled } from './values.ts';

export interface DraftBox {
  readonly box: DatasetBox;
  /** Where in the file. */
  readonly place?: Said;
}

/** An image as one file of a source states it: not looked for yet, its boxes not checked. */
export interface Draft {
  readonly path: string;
  /** Absolute, where it is known already. */
  readonly file?: string;
  /** Where the format puts the picture, if not at `path` itself. */
  readonly placedAt?: string;
  /** Other names that the file may have, after `path`. */
  readonly alsoCalled?: readonly string[];
  /** The path has no extension that could be trusted. */
  readonly anyExtension?: boolean;
  readonly place?: Said;
  readonly size: Size | null;
  readonly split: Split | null;
  /** The split is that of a list: folders of pictures may be called otherwise. */
  readonly splitOfList?: boolean;
  readonly boxes: readonly DraftBox[];
  /** Boxes are shares of the image instead of pixels. */
  readonly shares?: boolean;
  readonly imageClasses: readonly string[];
  /** The source says that somebody looked at it. */
  readonly reviewed: boolean;
  readonly unknown: Unknown;
}

/** Classes in the order in which they are met, each kind and name once. */
export class ClassNames {
  readonly #classes = new Map<string, DatasetClass>();

  add(kind: ClassKind, name: string, sourceId: string | number | null = null, unknown: Unknown = {}): void {
    const key = `${kind} ${name}`;
    if (!this.#classes.has(key)) this.#classes.set(key, { kind, name, sourceId, unknown });
  }

  list(): DatasetClass[] {
    return [...this.#classes.values()];
  }
}

export interface DraftSource {
  readonly format: string;
  readonly files: readonly string[];
  /** Images of one file, one after the other. Errors leave out the file: others are read all the same. */
  readonly read: (file: string, classes: ClassNames) => AsyncIterable<Draft> | Iterable<Draft>;
  /** Where the images of a file may lie, besides beside it and in `images`. */
  readonly folders?: (file: string) => readonly string[];
  /** What to say where no file has anything. */
  readonly none: { readonly said: Said; readonly remedy: Said };
  /** Fields of the source as a whole; filled while it is read. */
  readonly unknown?: Unknown;
}

/** A data set of the images that files of a source state: found on the disk, their boxes checked. */
export function readDrafts(
  source: DraftSource,
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Dataset {
  const classes = new ClassNames();
  const locators = new Map<string, ImageLocator>();

  function locatorOf(file: string, root: string): ImageLocator {
    const folder = dirname(file);
    const own = source.folders?.(file) ?? [];
    const folders = [...(options.imageFolders ?? []), ...own, folder, join(folder, 'images'), root];
    const key = folders.join('\0');
    const locator = locators.get(key) ?? new ImageLocator(folders, options.listImages);
    locators.set(key, locator);
    return locator;
  }

  async function* images(): AsyncGenerator<DatasetImage> {
    const root = (await kindOf(path)) === 'folder' ? path : dirname(path);
    let usable = 0;
    let failure: TwinheadError | undefined;
    for (const [index, file] of source.files.entries()) {
      const locator = locatorOf(file, root);
      try {
        let count = 0;
        for await (const draft of source.read(file, classes)) {
          if (count++ % 200 === 0) {
            options.signal?.throwIfAborted();
            options.onProgress?.(source.files.length === 1 ? count : index, source.files.length);
          }
          yield await imageOf(draft, file, locator);
        }
        usable += 1;
      } catch (error) {
        if (!(error instanceof TwinheadError) || source.files.length === 1) throw error;
        failure ??= error;
        problems.add(file, error.details.place, error.said, error.details.remedy);
      }
    }
    if (usable > 0) return;
    throw (
      failure ??
      new TwinheadError('unusable-input', source.none.said, { file: path, remedy: source.none.remedy })
    );
  }

  async function imageOf(draft: Draft, file: string, locator: ImageLocator): Promise<DatasetImage> {
    const located = await locate(draft, locator);
    const { size, boxes } = await inPixels(draft, file, located);
    const report = (index: number, problem: BoxProblem): void =>
      problems.take({ file, place: draft.boxes[index]!.place ?? draft.place, ...problem });
    const kept = checkBoxes(boxes, size, options.outside ?? 'clip', report);
    for (const { className } of kept) classes.add('object', className);
    for (const name of draft.imageClasses) classes.add('image', name);
    const image: DatasetImage = {
      path: draft.path,
      file: null,
      width: size?.width ?? null,
      height: size?.height ?? null,
      split: chooseSplit(options.split ?? 'from-source', draft.split),
      boxes: kept,
      imageClasses: [...new Set(draft.imageClasses)],
      // Where boxes were left out nobody can tell whether it is empty.
      reviewed: kept.length > 0 || (draft.reviewed && draft.boxes.length === 0),
      origin: { file, place: draft.place },
      unknown: draft.unknown,
    };
    return withLocated(image, located, problems);
  }

  async function inPixels(
    draft: Draft,
    file: string,
    located: Located,
  ): Promise<{ size: Size | null; boxes: readonly DatasetBox[] }> {
    const boxes = draft.boxes.map(({ box }) => box);
    if (draft.shares !== true) return { size: draft.size, boxes };
    const found = located.file === null ? null : ((await options.sizeOf?.(located.file)) ?? null);
    const size = draft.size ?? found;
    if (size !== null) return { size, boxes: boxes.map((box) => scaled(box, size)) };
    if (boxes.length > 0)
      problems.add(
        file,
        draft.place,
        say('formats.noSize', { image: draft.path }),
        say('formats.noSize.remedy'),
      );
    return { size: null, boxes: [] };
  }

  return {
    format: source.format,
    get classes() {
      return classes.list();
    },
    unknown: source.unknown ?? {},
    images: images(),
  };
}

async function locate(draft: Draft, locator: ImageLocator): Promise<Located> {
  const { path, placedAt, alsoCalled = [], anyExtension = false } = draft;
  if (draft.file !== undefined) return { file: draft.file };
  const split = draft.splitOfList === true ? null : draft.split;
  if (placedAt !== undefined) {
    const found = await locator.locate(placedAt, split);
    if (found.file !== null) return found;
  }
  if (anyExtension) {
    const found = await locator.locateStem(path, split);
    if (found !== null) return found;
  }
  const first = await locator.locate(path, split);
  if (first.file !== null) return first;
  for (const other of alsoCalled) {
    const found = await locator.locate(other, split);
    if (found.file !== null) return found;
  }
  return first;
}

/** More files than this are not looked into to recognise a folder. */
const LOOKED_AT = 20;
const HEAD_BYTES = 65_536;

/** The files of a format at a path: itself, or those in the folder and below it that look like it by their beginning. */
export async function filesLike(
  path: string,
  accepts: (name: string) => boolean,
  looks: (head: string) => boolean,
  most = Infinity,
): Promise<string[]> {
  if ((await kindOf(path)) !== 'folder') return accepts(path) ? [path] : [];
  const found: string[] = [];
  for (const file of await filesUnder(path, accepts, most))
    if (looks(await beginning(file, HEAD_BYTES))) found.push(file);
  return found;
}

/** The first file at a path that looks like a format, or null: of a folder, some are looked at. */
export async function fileLike(
  path: string,
  accepts: (name: string) => boolean,
  looks: (head: string) => boolean,
): Promise<string | null> {
  const files = await filesLike(path, accepts, looks, LOOKED_AT);
  for (const file of files) if (looks(await beginning(file, HEAD_BYTES))) return file;
  return null;
}

/** The split that folders below `path` speak of. */
export const splitOfFolder = (path: string, file: string): Split | null =>
  file.startsWith(path) ? splitOfPath(dirname(file.slice(path.length))) : splitOfPath(dirname(file));

/** Says how many outlines became the boxes around them. */
export function reportOutlines(
  file: string,
  place: Said | undefined,
  count: number,
  problems: ProblemCollector,
): void {
  if (count > 0)
    problems.warn(file, place, say('formats.outlines', { count }), say('formats.outlines.remedy'));
}
