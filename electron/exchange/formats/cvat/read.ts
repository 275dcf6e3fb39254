import { basename, dirname, join, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import type { Size } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines, splitOfFolder } from '../../drafts.ts';
import type { ClassNames, Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { splitOfName } from '../../split-names.ts';
import { nameOf, numberOf, sizeOf } from '../../values.ts';
import { XmlError } from '../../xml.ts';
import { xmlChildren } from '../../xml-stream.ts';
import type { XmlNode } from '../../xml-stream.ts';
import { readShape, SHAPES } from './shapes.ts';
import { trackedBoxes } from './tracks.ts';

const isXml = (name: string): boolean => name.toLowerCase().endsWith('.xml');
const looksLikeCvat = (head: string): boolean => /<annotations[\s>]/.test(head);
const IMAGE_ATTRIBUTES = new Set(['id', 'name', 'width', 'height', 'subset']);

export async function detectCvat(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isXml, looksLikeCvat);
  return file === null
    ? null
    : say('exchange.evidence.cvat', { file: relative(path, file) || basename(file) });
}

/** What <meta> says. */
interface Meta {
  readonly size: Size | null;
  readonly lastFrame: number | null;
}

const find = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  node?.children.find((child) => child.name === name);
const textIn = (node: XmlNode | undefined, name: string): string | undefined => find(node, name)?.text.trim();

function readMeta(meta: XmlNode, classes: ClassNames): Meta {
  const [owner] = ['task', 'project', 'job'].flatMap((name) => find(meta, name) ?? []);
  for (const label of find(owner, 'labels')?.children ?? []) {
    const name = nameOf(textIn(label, 'name'));
    if (name !== null) classes.add(textIn(label, 'type') === 'tag' ? 'image' : 'object', name);
  }
  const original = find(owner, 'original_size') ?? find(meta, 'original_size');
  const stop = numberOf(textIn(owner, 'stop_frame'));
  const frames = numberOf(textIn(owner, 'size'));
  const last = stop ?? (frames === null ? null : frames - 1);
  return {
    size: sizeOf(textIn(original, 'width'), textIn(original, 'height')),
    lastFrame: last !== null && Number.isInteger(last) && last >= 0 ? last : null,
  };
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readCvat(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isXml, looksLikeCvat);

  function imageOf(node: XmlNode, file: string): Draft | null {
    const place = say('exchange.line', { line: String(node.line) });
    const { name, width, height, subset } = node.attributes;
    const named = nameOf(name);
    if (named === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const boxes: DraftBox[] = [];
    const imageClasses: string[] = [];
    let outlines = 0;
    for (const child of node.children) {
      const where = say('exchange.line', { line: String(child.line) });
      const label = nameOf(child.attributes.label);
      if (child.name === 'tag' && label !== null) imageClasses.push(label);
      if (!SHAPES.has(child.name)) continue;
      const shape = readShape(child);
      if ('key' in shape) {
        problems.add(file, where, shape, say('formats.correct'));
        continue;
      }
      if (shape.outline) outlines += 1;
      boxes.push({ box: shape.box, place: where });
    }
    reportOutlines(file, place, outlines, problems);
    const others = Object.entries(node.attributes).filter(
      ([key]) => !IMAGE_ATTRIBUTES.has(key) && key !== '__proto__',
    );
    return {
      path: named,
      place,
      size: sizeOf(width, height),
      split: splitOfName(subset ?? '') ?? splitOfFolder(path, file),
      boxes,
      imageClasses,
      reviewed: false,
      unknown: Object.fromEntries(others),
    };
  }

  async function* read(file: string, classes: ClassNames): AsyncGenerator<Draft> {
    let meta: Meta = { size: null, lastFrame: null };
    const frames = new Map<number, DraftBox[]>();
    let outlines = 0;
    try {
      for await (const node of xmlChildren(file, 'annotations', options.encoding)) {
        if (node.name === 'meta') meta = readMeta(node, classes);
        else if (node.name === 'image') {
          const draft = imageOf(node, file);
          if (draft !== null) yield draft;
        } else if (node.name === 'track') {
          for (const { frame, box, place, outline } of trackedBoxes(node, meta.lastFrame, file, problems)) {
            if (outline) outlines += 1;
            const boxes = frames.get(frame) ?? [];
            frames.set(frame, boxes);
            boxes.push({ box, place });
          }
        }
      }
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      throw new TwinheadError(
        'unusable-input',
        say('formats.xml', { problem: error.said }),
        { file, place: say('exchange.line', { line: String(error.line) }), remedy: say('formats.again') },
        { cause: error },
      );
    }
    reportOutlines(file, undefined, outlines, problems);
    for (const [frame, boxes] of [...frames].sort(([a], [b]) => a - b)) {
      yield {
        // As CVAT names the pictures of a video's frames.
        path: `frame_${String(frame).padStart(6, '0')}`,
        anyExtension: true,
        place: say('exchange.frame', { frame: String(frame) }),
        size: meta.size,
        split: splitOfFolder(path, file),
        boxes,
        imageClasses: [],
        reviewed: true,
        unknown: {},
      };
    }
  }

  return readDrafts(
    {
      format: 'cvat',
      files,
      read,
      folders: (file) => [join(dirname(file), 'images')],
      none: { said: say('formats.none', { format: 'CVAT XML' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
