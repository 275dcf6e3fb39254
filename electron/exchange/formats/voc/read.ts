import { basename, dirname, join, relative, sep } from 'node:path';
import type { Dataset, DatasetClass, DatasetImage } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import type { ProblemCollector } from '../../collector.ts';
import { beginning, filesUnder, kindOf, readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { ImageLocator, withLocated } from '../../locate.ts';
import type { Located } from '../../locate.ts';
import { chooseSplit, splitOfPath } from '../../split-names.ts';
import { XmlError } from '../../xml.ts';
import { readVocAnnotation } from './annotation.ts';
import type { VocAnnotation } from './annotation.ts';
import { conventionFound, inPixels } from './convention.ts';
import { lastOf, SplitLists, stemOf } from './lists.ts';
import type { TextEncoding } from '../../encoding.ts';

/** Pascal VOC: XML files under Annotations/, beside the images, or in any other folder. See docs/formats.md. */
const MOST_XML_BYTES = 10_000_000;
/** Looked at to recognise a folder: others may lie beside the annotations. */
const LOOKED_AT = 20;

interface Layout {
  /** The folder that the data set is in. */
  readonly root: string;
  /** The folder that paths of annotations count from. */
  readonly annotations: string;
  readonly xmlFiles: readonly string[];
}

const isXml = (name: string): boolean => name.toLowerCase().endsWith('.xml');

/** Where the annotations are: below a data set's Annotations folder, below any folder, or one file. */
async function layoutOf(path: string, most = Infinity): Promise<Layout> {
  if ((await kindOf(path)) === 'file') {
    const folder = dirname(path);
    return { root: rootOf(folder), annotations: folder, xmlFiles: isXml(path) ? [path] : [] };
  }
  const inner = join(path, 'Annotations');
  const annotations = (await kindOf(inner)) === 'folder' ? inner : path;
  const xmlFiles = await filesUnder(annotations, isXml, most);
  if (xmlFiles.length > 0) return { root: rootOf(annotations), annotations, xmlFiles };
  return { root: rootOf(path), annotations: path, xmlFiles: await filesUnder(path, isXml, most) };
}

function rootOf(folder: string): string {
  return basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder;
}

function reportUnreadable(file: string, error: unknown, problems: ProblemCollector): void {
  if (error instanceof XmlError) {
    problems.add(
      file,
      say('exchange.line', { line: String(error.line) }),
      say('exchange.xml', { words: error.said }),
      say('exchange.xml.remedy'),
    );
  } else if (error instanceof TwinheadError) {
    problems.add(file, error.details.place, error.said, error.details.remedy);
  } else throw error;
}

async function readAnnotation(
  file: string,
  encoding: TextEncoding | undefined,
  problems: ProblemCollector,
): Promise<VocAnnotation | null> {
  try {
    const annotation = readVocAnnotation(await readText(file, MOST_XML_BYTES, encoding));
    if (annotation === null) {
      problems.add(
        file,
        undefined,
        say('exchange.voc.noAnnotation'),
        say('exchange.voc.noAnnotation.remedy'),
      );
    }
    return annotation;
  } catch (error) {
    reportUnreadable(file, error, problems);
    return null;
  }
}

export async function detectVoc(path: string): Promise<Sentence | null> {
  const { root, xmlFiles } = await layoutOf(path, LOOKED_AT);
  for (const file of xmlFiles) {
    if (/<([\w.-]+:)?annotation[\s>]/.test(await beginning(file, 2000))) {
      return say('exchange.evidence.voc', { file: relative(root, file) || basename(file) });
    }
  }
  return null;
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readVoc(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const { root, annotations: base, xmlFiles } = await layoutOf(path);
  if (xmlFiles.length === 0) {
    throw new TwinheadError('unusable-input', say('exchange.voc.none'), {
      file: path,
      remedy: say('exchange.voc.none.remedy'),
    });
  }
  const { outside = 'clip', split: choice = 'from-source', signal, encoding } = options;
  const annotations: { file: string; annotation: VocAnnotation }[] = [];
  for (const [index, file] of xmlFiles.entries()) {
    signal?.throwIfAborted();
    if (index % 100 === 0) options.onProgress?.(index, xmlFiles.length);
    const annotation = await readAnnotation(file, encoding, problems);
    if (annotation !== null) annotations.push({ file, annotation });
  }
  if (annotations.length === 0) {
    throw new TwinheadError('unusable-input', say('exchange.voc.noneUsable'), {
      file: path,
      remedy: problems.list()[0]?.message ?? say('exchange.checkFiles'),
    });
  }
  const found = conventionFound(
    annotations.map(({ annotation }) => annotation),
    options.convention,
  );
  const zero = found.used !== 'pixels';
  if (found.why.key === 'exchange.found.zero') {
    problems.warn(root, undefined, say('exchange.voc.fromZero'), say('exchange.voc.fromZero.remedy'));
  }
  const stemIn = (file: string): string => stemOf(relative(base, file).split(sep).join('/'));
  const known = new Set(xmlFiles.flatMap((file) => [stemIn(file), lastOf(stemIn(file))]));
  for (const { annotation } of annotations) known.add(stemOf(annotation.fileName ?? ''));
  const namesakes = new Map<string, number>();
  for (const file of xmlFiles) {
    const last = lastOf(stemIn(file));
    namesakes.set(last, (namesakes.get(last) ?? 0) + 1);
  }
  const lists = await SplitLists.read(root, known, encoding, problems);
  const classes = new Map<string, DatasetClass>();
  const folders = [...(options.imageFolders ?? []), join(root, 'JPEGImages'), join(root, 'images'), root];
  const locator = new ImageLocator(folders, options.listImages);

  async function* images(): AsyncGenerator<DatasetImage> {
    for (const { file, annotation } of annotations) {
      signal?.throwIfAborted();
      const { width, height, lines } = annotation;
      const size = width === null || height === null ? null : { width, height };
      if (found.used === 'shares' && size === null && annotation.boxes.length > 0)
        problems.add(
          file,
          undefined,
          say('formats.noSize', { image: annotation.fileName ?? file }),
          say('formats.noSize.remedy'),
        );
      for (const { line, message, remedy } of annotation.problems)
        problems.add(file, say('exchange.line', { line: String(line) }), message, remedy);
      for (const { className } of annotation.boxes) {
        if (!classes.has(className))
          classes.set(className, { kind: 'object', name: className, sourceId: null, unknown: {} });
      }
      const boxes = checkBoxes(
        inPixels(annotation, zero, found.used === 'shares' ? size : undefined),
        size,
        outside,
        (index, problem) =>
          problems.take({ file, place: say('exchange.line', { line: String(lines[index]!) }), ...problem }),
      );
      const stem = stemIn(file);
      const named = stemOf(annotation.fileName ?? '');
      const folderSplit = splitOfPath(relative(path, dirname(file)));
      // Lists name images without their folder, which says enough only where no other has the name.
      const short = (namesakes.get(lastOf(stem)) ?? 0) > 1 ? [] : [lastOf(stem), lastOf(named)];
      const ofSource =
        lists.splitOf(stem, ...(named.includes('/') ? [named] : []), ...short) ??
        (lists.any ? null : folderSplit);
      const image: DatasetImage = {
        path: annotation.fileName ?? stem,
        file: null,
        width,
        height,
        split: chooseSplit(choice, ofSource),
        boxes,
        imageClasses: [],
        // Without any object it was looked at and found empty; where objects were left out, nobody can tell.
        reviewed: boxes.length > 0 || annotation.boxes.length + annotation.problems.length === 0,
        origin: { file, place: 'filename' },
        unknown: annotation.unknown,
      };
      yield withLocated(image, await locate(image, stem, annotation.fileName), problems);
    }
    // One file alone is imported without its siblings.
    if (xmlFiles.length > 1) lists.reportUnannotated(problems);
    options.onProgress?.(xmlFiles.length, xmlFiles.length);
  }

  /** The picture beside the annotation, by its name; the file name inside is what it was called once. */
  async function locate(image: DatasetImage, stem: string, fileName: string | null): Promise<Located> {
    const split = splitOfPath(relative(path, dirname(image.origin!.file)));
    const own = await locator.locateStem(
      fileName !== null && lastOf(stemOf(fileName)) === lastOf(stem) ? joinName(stem, fileName) : stem,
      split,
    );
    if (own === null || own.file === null)
      return fileName === null && own !== null ? own : locator.locate(image.path, split);
    if (fileName !== null && lastOf(stemOf(fileName)) !== lastOf(stem)) {
      problems.warn(
        image.origin!.file,
        'filename',
        say('exchange.voc.otherName', { named: fileName, file: basename(own.file) }),
        say('exchange.voc.otherName.remedy'),
      );
    }
    return own;
  }

  return {
    format: 'voc',
    get classes() {
      return [...classes.values()];
    },
    unknown: {},
    convention: found,
    images: images(),
  };
}

/** The stem's folder with the name that the annotation gives, whose extension tells pictures of one stem apart. */
function joinName(stem: string, fileName: string): string {
  const folder = dirname(stem);
  const name = basename(fileName.replaceAll('\\', '/'));
  return folder === '.' ? name : `${folder}/${name}`;
}
