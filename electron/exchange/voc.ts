import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { DatasetBox, DatasetClass, DatasetImage } from '../common/dataset.ts';
import type { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { checkBoxes } from './boxes.ts';
import { ProblemCollector } from './collector.ts';
import { beginning, kindOf, readText } from './files.ts';
import type { DatasetFormat, ReadOptions, ReadResult } from './format.ts';
import { ImageLocator, locateImages } from './locate.ts';
import { chooseSplit } from './split-names.ts';
import { readVocAnnotation } from './voc-annotation.ts';
import type { VocAnnotation } from './voc-annotation.ts';
import { XmlError } from './xml.ts';

/** Pascal VOC: Annotations/*.xml, ImageSets/Main/*.txt, JPEGImages/. See docs/formats.md. */
const MOST_XML_BYTES = 10_000_000;
const MOST_LIST_BYTES = 100_000_000;

interface Layout {
  /** The folder that has Annotations, or the one of the files. */
  readonly root: string;
  readonly xmlFiles: readonly string[];
}

const isXml = (name: string): boolean => name.toLowerCase().endsWith('.xml') && !name.startsWith('.');

async function xmlFilesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder))
      .filter(isXml)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    // Not there or not readable: no files.
    return [];
  }
}

/** Where the annotations are: the root of a data set, its Annotations folder, any folder of XML files, or one file. */
async function layoutOf(path: string): Promise<Layout> {
  if ((await kindOf(path)) === 'file') return { root: rootOf(dirname(path)), xmlFiles: [path] };
  const inner = await xmlFilesIn(join(path, 'Annotations'));
  if (inner.length > 0) return { root: path, xmlFiles: inner };
  return { root: rootOf(path), xmlFiles: await xmlFilesIn(path) };
}

function rootOf(folder: string): string {
  return basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder;
}

/** Held-out sets first: an image that is in two lists stays out of training. */
const SPLIT_LISTS: readonly { readonly name: string; readonly split: Split }[] = [
  { name: 'test', split: 'test' },
  { name: 'val', split: 'val' },
  { name: 'train', split: 'train' },
];

interface Lists {
  /** By the image's name without extension. */
  readonly splits: Map<string, Split>;
  /** Where a name stands first. */
  readonly places: Map<string, { file: string; line: number }>;
}

async function readList(file: string): Promise<string[] | null> {
  return (await kindOf(file)) === 'file' ? (await readText(file, MOST_LIST_BYTES)).split(/\r\n|\n|\r/) : null;
}

/** The first word of each line: a second column (1, −1, 0) says whether a class is there, which we see ourselves. */
const nameOf = (line: string): string => {
  const word = line.trim().split(/\s+/)[0] ?? '';
  return stem(word);
};

function stem(fileName: string): string {
  const name = basename(fileName.replaceAll('\\', '/'));
  return /\.(jpe?g|png|bmp|webp|tiff?|gif|avif|xml)$/i.test(name)
    ? name.slice(0, -extname(name).length)
    : name;
}

async function readLists(root: string, problems: ProblemCollector): Promise<Lists> {
  const folder = join(root, 'ImageSets', 'Main');
  const splits = new Map<string, Split>();
  const places = new Map<string, { file: string; line: number }>();
  const take = (file: string, lines: readonly string[], split: Split): void => {
    for (const [index, text] of lines.entries()) {
      const name = nameOf(text);
      if (name === '') continue;
      const before = splits.get(name);
      if (before !== undefined && before !== split) {
        problems.add(
          file,
          `line ${index + 1}`,
          `${name} is listed for ${before} as well; it stays in ${before}.`,
          'Take it out of one of the lists.',
        );
      }
      if (before !== undefined) continue;
      splits.set(name, split);
      places.set(name, { file, line: index + 1 });
    }
  };
  for (const { name, split } of SPLIT_LISTS) {
    const file = join(folder, `${name}.txt`);
    const lines = await readList(file);
    if (lines !== null) take(file, lines, split);
  }
  // trainval repeats train and val; alone, it is what there is to train on.
  const both = join(folder, 'trainval.txt');
  const lines = await readList(both);
  if (lines !== null) {
    const rest = lines.map((line) => (splits.has(nameOf(line)) ? '' : line));
    take(both, rest, 'train');
  }
  return { splits, places };
}

function reportUnreadable(file: string, error: unknown, problems: ProblemCollector): void {
  if (error instanceof XmlError) {
    problems.add(
      file,
      `line ${error.line}`,
      `The file is not usable XML: ${error.message}`,
      'Export it again, or open and save it in the tool that made it.',
    );
  } else if (error instanceof TwinheadError) {
    problems.add(file, error.details.place, error.message, error.details.remedy);
  } else throw error;
}

async function readAnnotation(file: string, problems: ProblemCollector): Promise<VocAnnotation | null> {
  try {
    const annotation = readVocAnnotation(await readText(file, MOST_XML_BYTES), 1);
    if (annotation === null) {
      problems.add(
        file,
        undefined,
        'The file has no <annotation>; it was left out.',
        'Is this a Pascal VOC file?',
      );
    }
    return annotation;
  } catch (error) {
    reportUnreadable(file, error, problems);
    return null;
  }
}

/**
 * VOC counts pixels from 1, but many tools write from 0. A corner at 0 proves that a file does: then every box of the
 * data set would be one pixel off, so all files are read from 0.
 */
function countsFromZero(annotations: readonly VocAnnotation[]): boolean {
  // Read as 1-based, a corner at 0 has become −1.
  const corners = annotations.flatMap(({ boxes }) => boxes).filter((box) => box.width > 0 && box.height > 0);
  const isZero = (value: number): boolean => value >= -1 && value < 0;
  return corners.some((box) => isZero(box.x) || isZero(box.y));
}

/** From VOC's pixels counted from 1 to edges counted from 0: see readObject. */
function fromZero(box: DatasetBox): DatasetBox {
  const width = box.width > 0 ? box.width - 1 : box.width;
  const height = box.height > 0 ? box.height - 1 : box.height;
  return { ...box, x: box.x + 1, y: box.y + 1, width, height };
}

async function read(path: string, options: ReadOptions): Promise<ReadResult> {
  const { root, xmlFiles } = await layoutOf(path);
  if (xmlFiles.length === 0) {
    throw new TwinheadError('unusable-input', 'There are no Pascal VOC annotation files (*.xml) here.', {
      file: path,
      remedy: 'Name the folder that has "Annotations", or the folder of the XML files.',
    });
  }
  const problems = new ProblemCollector();
  const { outside = 'clip', split = 'from-source', signal } = options;
  const lists = await readLists(root, problems);
  const annotations: { file: string; annotation: VocAnnotation }[] = [];
  for (const [index, file] of xmlFiles.entries()) {
    signal?.throwIfAborted();
    if (index % 100 === 0) options.onProgress?.(index, xmlFiles.length);
    const annotation = await readAnnotation(file, problems);
    if (annotation !== null) annotations.push({ file, annotation });
  }
  if (annotations.length === 0) {
    throw new TwinheadError('unusable-input', 'None of the XML files here is a Pascal VOC annotation.', {
      file: path,
      remedy: problems.list()[0]?.message ?? 'Check the files.',
    });
  }
  const zero = countsFromZero(annotations.map(({ annotation }) => annotation));
  if (zero) {
    problems.add(
      root,
      undefined,
      'Some boxes begin at 0, so this data set counts pixels from 0 instead of VOC’s 1; all boxes were read that way.',
      'If only single boxes are wrong, correct them in the source and import again.',
    );
  }
  const classes = new Map<string, DatasetClass>();
  const images = annotations.map(({ file, annotation }): DatasetImage => {
    const { width, height, lines } = annotation;
    for (const { line, message, remedy } of annotation.problems)
      problems.add(file, `line ${line}`, message, remedy);
    for (const { className } of annotation.boxes) {
      if (!classes.has(className))
        classes.set(className, { kind: 'object', name: className, sourceId: null, unknown: {} });
    }
    const boxes = checkBoxes(
      zero ? annotation.boxes.map(fromZero) : annotation.boxes,
      width === null || height === null ? null : { width, height },
      outside,
      (index, message, remedy) => problems.add(file, `line ${lines[index]!}`, message, remedy),
    );
    const name = stem(file);
    const ofSource = lists.splits.get(name) ?? lists.splits.get(stem(annotation.fileName ?? '')) ?? null;
    return {
      path: annotation.fileName ?? name,
      file: null,
      width,
      height,
      split: chooseSplit(split, ofSource),
      boxes,
      imageClasses: [],
      // Without any object it was looked at and found empty; where objects were left out, nobody can tell.
      reviewed: boxes.length > 0 || annotation.boxes.length + annotation.problems.length === 0,
      unknown: annotation.unknown,
    };
  });
  reportUnannotated(lists, annotations, xmlFiles, problems);
  const folders = [...(options.imageFolders ?? []), join(root, 'JPEGImages'), join(root, 'images'), root];
  const located = await locateImages(
    images,
    new ImageLocator(folders, options.listImages),
    problems,
    (index) => ({ file: annotations[index]!.file, place: 'filename' }),
    () => signal?.throwIfAborted(),
  );
  options.onProgress?.(xmlFiles.length, xmlFiles.length);
  return {
    dataset: { format: 'voc', classes: [...classes.values()], images: located, unknown: {} },
    problems: problems.list(),
  };
}

/** Names in the lists that no annotation file stands for. One file alone is imported without its siblings. */
function reportUnannotated(
  lists: Lists,
  annotations: readonly { file: string; annotation: VocAnnotation }[],
  xmlFiles: readonly string[],
  problems: ProblemCollector,
): void {
  if (xmlFiles.length === 1) return;
  const named = new Set(xmlFiles.map(stem));
  for (const { annotation } of annotations) named.add(stem(annotation.fileName ?? ''));
  for (const [name, { file, line }] of lists.places) {
    if (named.has(name)) continue;
    problems.add(
      file,
      `line ${line}`,
      `${name} is listed but has no annotation file.`,
      `Add ${name}.xml, or take the line out.`,
    );
  }
}

export const voc: DatasetFormat = {
  id: 'voc',
  name: 'Pascal VOC',
  async detect(path) {
    const { xmlFiles } = await layoutOf(path);
    const [first] = xmlFiles;
    return first !== undefined && isXml(first) && (await beginning(first, 2000)).includes('<annotation');
  },
  read,
};
