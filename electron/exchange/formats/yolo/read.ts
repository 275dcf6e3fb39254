import { relative } from 'node:path';
import type { Dataset, DatasetBox, DatasetClass, DatasetImage } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import type { Size } from '../../../common/geometry.ts';
import { isSentence, say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import type { ProblemCollector } from '../../collector.ts';
import { filesUnder, kindOf, readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { ImageLocator, withoutPictureExtension } from '../../locate.ts';
import { chooseSplit, splitOfPath } from '../../split-names.ts';
import { describeYolo, imagesOfEntry, isLabelFile, isYaml, labelCandidates, slashed } from './layout.ts';
import type { YoloDescription, YoloImage } from './layout.ts';
import { readYoloRow } from './rows.ts';
import type { YoloRow } from './rows.ts';

const MOST_LABEL_BYTES = 20_000_000;

/** Names of the classes; one that is used beyond the list is made up, and said. */
class ClassList {
  readonly #description: YoloDescription;
  readonly #problems: ProblemCollector;
  readonly #madeUp = new Map<number, string>();

  constructor(description: YoloDescription, problems: ProblemCollector) {
    this.#description = description;
    this.#problems = problems;
  }

  name(id: number): string {
    const known = this.#description.names.get(id) ?? this.#madeUp.get(id);
    if (known !== undefined && known !== '') return known;
    const name = `class ${id}`;
    this.#madeUp.set(id, name);
    this.#problems.warn(
      this.#description.source,
      'names',
      say('exchange.yolo.noName', { id: String(id), name }),
      say('exchange.yolo.noName.remedy'),
    );
    return name;
  }

  list(): DatasetClass[] {
    const all = [...this.#description.names, ...this.#madeUp].filter(([, name]) => name !== '');
    const seen = new Set<string>();
    return all
      .sort(([a], [b]) => a - b)
      .filter(([, name]) => !seen.has(name) && seen.add(name))
      .map(([sourceId, name]) => ({ kind: 'object', name, sourceId, unknown: {} }));
  }
}

/** Label files by their name, for images that lie elsewhere; and which of them no image has asked for. */
class LabelFiles {
  readonly #root: string;
  readonly #unused: Set<string>;
  readonly #byStem = new Map<string, string[]>();

  constructor(root: string, files: readonly string[]) {
    this.#root = root;
    this.#unused = new Set(files);
    for (const file of files) {
      const stem = stemOf(file);
      this.#byStem.set(stem, [...(this.#byStem.get(stem) ?? []), file]);
    }
  }

  async of(image: string): Promise<string | null> {
    for (const candidate of labelCandidates(image)) {
      if (this.#unused.delete(candidate) || (await kindOf(candidate)) === 'file') return candidate;
    }
    // Images of another place: by name. Here that would take a namesake's labels.
    if (!relative(this.#root, image).startsWith('..')) return null;
    const [only, ...others] = this.#byStem.get(stemOf(image)) ?? [];
    if (only === undefined || others.length > 0 || !this.#unused.delete(only)) return null;
    return only;
  }

  get unused(): readonly string[] {
    return [...this.#unused];
  }
}

const stemOf = (file: string): string => {
  const name = slashed(file).split('/').at(-1)!;
  return withoutPictureExtension(name)
    .replace(/\.txt$/i, '')
    .normalize('NFC')
    .toLowerCase();
};

/** @throws TwinheadError as DatasetFormat.read says */
export async function readYolo(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const { encoding, signal, listImages, imageFolders = [] } = options;
  if ((await kindOf(path)) === 'file' && !isYaml(path)) {
    throw new TwinheadError('unusable-input', say('exchange.yolo.folder'), {
      file: path,
      remedy: say('exchange.yolo.folder.remedy'),
    });
  }
  const description = await describeYolo(path, encoding);
  const { root } = description;
  const labels = new LabelFiles(root, await filesUnder(root, (name) => isLabelFile(name)));
  const classes = new ClassList(description, problems);
  const locator = new ImageLocator([...imageFolders, root], listImages);

  async function* listed(): AsyncGenerator<YoloImage> {
    for (const entry of description.splits ?? []) {
      for await (const one of imagesOfEntry(description, entry, listImages, encoding)) {
        if (isSentence(one))
          problems.add(description.source, entry.split, one, say('exchange.yolo.noEntry.remedy'));
        else yield one;
      }
    }
    if (description.splits !== null) return;
    for (const folder of new Set([...imageFolders, root])) {
      for await (const file of listImages(folder)) {
        const inside = relative(folder, file);
        yield { path: slashed(inside), file, split: splitOfPath(inside), origin: { file } };
      }
    }
  }

  async function* images(): AsyncGenerator<DatasetImage> {
    let done = 0;
    for await (const one of listed()) {
      signal?.throwIfAborted();
      if (done++ % 200 === 0) options.onProgress?.(done, Math.max(done, labels.unused.length));
      let { file } = one;
      if (file === null) {
        const located = await locator.locate(one.path, one.split);
        if (located.file === null)
          problems.add(one.origin.file, one.origin.place, located.reason, located.remedy);
        ({ file } = located);
      }
      yield await readImage(one, file);
    }
    for (const file of labels.unused.filter((one) => !isList(one))) {
      problems.add(file, undefined, say('exchange.yolo.noImage'), say('exchange.whereImages'));
    }
  }

  /** Images by their label file. A list may name one twice. */
  const imageOf = new Map<string, { readonly file: string; readonly path: string }>();
  function reportShared(labelFile: string, file: string, path: string): void {
    const other = imageOf.get(labelFile);
    imageOf.set(labelFile, { file, path });
    if (other === undefined || other.file === file) return;
    problems.warn(
      labelFile,
      undefined,
      say('exchange.yolo.shared', { first: other.path, second: path }),
      say('exchange.yolo.shared.remedy'),
    );
  }

  /** Lists of images are no labels. */
  const lists = new Set((description.splits ?? []).map(({ entry }) => stemOf(entry)));
  const isList = (file: string): boolean =>
    lists.has(stemOf(file)) || /^(train|val|valid|test|readme.*)$/.test(stemOf(file));

  async function readImage(one: YoloImage, file: string | null): Promise<DatasetImage> {
    const labelFile = file === null ? null : await labels.of(file);
    if (labelFile !== null) reportShared(labelFile, file!, one.path);
    const image: DatasetImage = {
      path: one.path,
      file,
      width: null,
      height: null,
      split: chooseSplit(options.split ?? 'from-source', one.split),
      boxes: [],
      imageClasses: [],
      reviewed: false,
      origin: labelFile === null ? one.origin : { file: labelFile },
      unknown: {},
    };
    if (file === null || labelFile === null) return image;
    const lines = await readText(labelFile, MOST_LABEL_BYTES, encoding).catch((error: unknown) => {
      if (!(error instanceof TwinheadError)) throw error;
      problems.add(labelFile, error.details.place, error.said, error.details.remedy);
      return null;
    });
    if (lines === null) return image;
    const rows = [...lines.split(/\r\n|\n|\r/).entries()].filter(([, line]) => line.trim() !== '');
    // An empty file says that somebody looked and there was nothing; a missing one says nothing.
    if (rows.length === 0) return { ...image, reviewed: true };
    const size = (await options.sizeOf?.(file)) ?? null;
    if (size === null) {
      problems.add(labelFile, undefined, say('exchange.yolo.noSize'), say('exchange.yolo.noSize.remedy'));
      return image;
    }
    const { boxes, places } = readRows(rows, size, labelFile);
    const kept = checkBoxes(boxes, size, options.outside ?? 'clip', (index, problem) =>
      problems.take({ file: labelFile, place: places[index], ...problem }),
    );
    return { ...image, ...size, boxes: kept, reviewed: kept.length > 0 };
  }

  function readRows(
    rows: readonly [number, string][],
    size: Size,
    file: string,
  ): { boxes: DatasetBox[]; places: Said[] } {
    const boxes: DatasetBox[] = [];
    const places: Said[] = [];
    const seen = new Set<string>();
    let outlines = 0;
    for (const [index, line] of rows) {
      const place = say('exchange.line', { line: String(index + 1) });
      const row: YoloRow | Sentence = readYoloRow(line, size, description.keypointValues);
      if (isSentence(row)) {
        problems.add(file, place, say('exchange.leftOut', { problem: row }), say('exchange.correct'));
        continue;
      }
      const text = line
        .trim()
        .split(/[\s,]+/)
        .join(' ');
      if (seen.has(text)) {
        problems.warn(file, place, say('exchange.yolo.twice'));
        continue;
      }
      seen.add(text);
      if (row.kind === 'outline') outlines += 1;
      boxes.push({
        ...row.box,
        className: classes.name(row.classId),
        score: row.score,
        attributes: {},
        unknown: row.unknown,
      });
      places.push(place);
    }
    if (outlines > 0) {
      problems.warn(
        file,
        undefined,
        say('exchange.yolo.outlines', { count: outlines }),
        say('exchange.outlines.remedy'),
      );
    }
    return { boxes, places };
  }

  return {
    format: 'yolo',
    get classes() {
      return classes.list();
    },
    unknown: description.unknown,
    images: images(),
  };
}
