import { basename, dirname, extname, join, relative } from 'node:path';
import type { Dataset, DatasetBox, DatasetClass, DatasetImage, Unknown } from '../../../common/dataset.ts';
import type { Split } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import { ProblemCollector } from '../../collector.ts';
import { beginning, filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { ImageLocator, withLocated } from '../../locate.ts';
import { chooseSplit, splitOfName, splitOfPath } from '../../split-names.ts';
import { attributesOf, nameOf, numberOf, numbersOf } from '../../values.ts';
import { outlineBounds } from './outline.ts';

/**
 * COCO detection ("instances") JSON. Boxes are [x, y, width, height], floats, from the top-left corner of the image:
 * our convention as it is. See docs/formats.md.
 */
const IMAGE_FIELDS = new Set(['id', 'file_name', 'width', 'height']);
const ANNOTATION_FIELDS = new Set(['image_id', 'category_id', 'bbox', 'iscrowd', 'score', 'attributes']);
const CATEGORY_FIELDS = new Set(['id', 'name']);
const TOP_FIELDS = new Set(['images', 'annotations', 'categories']);

/** Looked at to recognise a file. */
const HEAD_BYTES = 65_536;
/** More JSON files than this in one folder are no COCO data set, but one of a file an image. */
const MOST_FILES = 200;

type Id = string | number;
const isId = (value: unknown): value is Id =>
  (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value !== '');
/** Tools mix 1 and "1": both are the same id. */
const keyOf = (id: Id): string => String(id);

interface DraftImage {
  readonly image: DatasetImage;
  readonly boxes: DatasetBox[];
  readonly places: string[];
  annotated: boolean;
}

/** One file as it is read. */
interface Draft {
  readonly file: string;
  readonly problems: ProblemCollector;
  readonly names: Map<string, string>;
  readonly images: Map<string, DraftImage>;
  readonly classes: DatasetClass[];
  /** Boxes that were drawn around outlines, since there was none. */
  outlines: number;
}

function listOf(top: JsonObject, key: string, file: string, required: boolean): unknown[] {
  const value = top[key];
  if (Array.isArray(value)) return value;
  if (value === undefined && !required) return [];
  throw new TwinheadError(
    'unusable-input',
    value === undefined ? say('exchange.coco.noList', { key }) : say('exchange.coco.notList', { key }),
    {
      file,
      place: key,
      remedy: say('exchange.coco.lists'),
    },
  );
}

function readCategories(top: JsonObject, draft: Draft): void {
  const { file, problems, names, classes } = draft;
  const seen = new Set<string>();
  for (const [index, category] of listOf(top, 'categories', file, true).entries()) {
    const place = `categories[${index}]`;
    const name = isObject(category) ? nameOf(category.name) : null;
    if (!isObject(category) || !isId(category.id) || name === null) {
      problems.add(file, place, say('exchange.coco.category'), say('exchange.coco.giveBoth'));
      continue;
    }
    const { id } = category;
    if (names.has(keyOf(id))) {
      problems.warn(
        file,
        place,
        say('exchange.coco.categoryTwice', { id: String(id) }),
        say('exchange.coco.renumber'),
      );
      continue;
    }
    if (seen.has(name)) problems.warn(file, place, say('exchange.coco.nameTwice', { name }));
    names.set(keyOf(id), name);
    if (!seen.has(name)) {
      classes.push({ kind: 'object', name, sourceId: id, unknown: otherFields(category, CATEGORY_FIELDS) });
    }
    seen.add(name);
  }
}

/** A side as stated, or null where it is missing or cannot be one. */
function sideOf(value: unknown): number | null {
  const side = numberOf(value);
  return side !== null && Number.isInteger(side) && side > 0 ? side : null;
}

function readImages(top: JsonObject, split: Split | null, draft: Draft): void {
  const { file, problems, images } = draft;
  for (const [index, image] of listOf(top, 'images', file, true).entries()) {
    const place = `images[${index}]`;
    const path = isObject(image) ? nameOf(image.file_name) : null;
    if (!isObject(image) || !isId(image.id) || path === null) {
      problems.add(file, place, say('exchange.coco.image'), say('exchange.coco.giveBoth'));
      continue;
    }
    if (images.has(keyOf(image.id))) {
      problems.add(
        file,
        place,
        say('exchange.coco.imageTwice', { id: String(image.id) }),
        say('exchange.coco.renumber'),
      );
      continue;
    }
    const width = sideOf(image.width);
    const height = sideOf(image.height);
    const known = width !== null && height !== null;
    images.set(keyOf(image.id), {
      image: {
        path,
        file: null,
        width: known ? width : null,
        height: known ? height : null,
        split,
        boxes: [],
        imageClasses: [],
        reviewed: false,
        origin: { file, place },
        unknown: otherFields(image, IMAGE_FIELDS),
      },
      boxes: [],
      places: [],
      annotated: false,
    });
  }
}

function quadOf(value: unknown): [number, number, number, number] | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  return numbersOf(value) as [number, number, number, number] | null;
}

/** Other fields. Where there is an outline, the box that it belongs to is kept with it: see write.ts. */
function unknownOf(annotation: JsonObject, bbox: unknown): Unknown {
  const others = otherFields(annotation, ANNOTATION_FIELDS);
  return 'segmentation' in others || 'area' in others ? { ...others, bbox } : others;
}

const isMissing = (bbox: unknown): boolean =>
  bbox === undefined || bbox === null || (Array.isArray(bbox) && bbox.length === 0);

/** @returns the problem in words, or null where the annotation was taken */
function readAnnotation(annotation: unknown, place: string, draft: Draft): Sentence | null {
  if (!isObject(annotation)) return say('exchange.coco.notObject');
  const { image_id: imageId, category_id: categoryId, bbox, iscrowd, score, attributes } = annotation;
  const image = isId(imageId) ? draft.images.get(keyOf(imageId)) : undefined;
  if (image === undefined) return say('exchange.coco.unlistedImage', { id: shown(imageId) });
  const className = isId(categoryId) ? draft.names.get(keyOf(categoryId)) : undefined;
  if (className === undefined) return say('exchange.coco.unlistedCategory', { id: shown(categoryId) });
  const around = isMissing(bbox) ? outlineBounds(annotation.segmentation) : null;
  const quad = around ?? quadOf(bbox);
  if (quad === null) return say('exchange.coco.bbox');
  if (around !== null) draft.outlines += 1;
  const [x, y, width, height] = quad;
  image.annotated = true;
  image.places.push(`${place}.bbox`);
  image.boxes.push({
    x,
    y,
    width,
    height,
    className,
    score: typeof score === 'number' && score >= 0 && score <= 1 ? score : null,
    attributes: {
      ...attributesOf(attributes),
      ...(iscrowd === 1 || iscrowd === true ? { crowd: true } : {}),
    },
    unknown: unknownOf(annotation, around ?? bbox),
  });
  return null;
}

/** JSON never holds what stringify cannot write; a missing field is said so. */
function shown(value: unknown): Said {
  return value === undefined ? say('exchange.coco.noId') : JSON.stringify(value).slice(0, 40);
}

/** Whether numbers are written as text in some places only. */
function reportMixedIds(top: JsonObject, draft: Draft): void {
  const kinds = (list: unknown, key: string): string[] =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
      isObject(one) && /^\d+$/.test(nameOf(one[key]) ?? '') ? [typeof one[key]] : [],
    );
  for (const [list, key] of [
    ['images', 'image_id'],
    ['categories', 'category_id'],
  ] as const) {
    const types = new Set([...kinds(top[list], 'id'), ...kinds(top.annotations, key)]);
    if (types.size < 2) continue;
    draft.problems.warn(draft.file, list, say('exchange.coco.mixedIds'));
  }
}

/**
 * Roboflow lists the data set's own name as a category, above the others; nothing is ever labelled with it.
 * @returns classes without it
 */
function withoutGroups(top: JsonObject, draft: Draft): DatasetClass[] {
  const used = new Set(
    listOf(top, 'annotations', draft.file, false).flatMap((one) =>
      isObject(one) && isId(one.category_id) ? [keyOf(one.category_id)] : [],
    ),
  );
  const above = new Set(draft.classes.map(({ unknown }) => unknown.supercategory));
  return draft.classes.filter(({ name, sourceId, unknown }) => {
    const groups = unknown.supercategory === 'none' && above.has(name) && !used.has(String(sourceId));
    if (groups) {
      draft.problems.warn(draft.file, 'categories', say('exchange.coco.group', { name }));
    }
    return !groups;
  });
}

/** As JSON is read; where ids are too large for JavaScript's numbers, neighbours among them would become one: then as text. */
async function readTop(
  file: string,
  encoding: ReadOptions['encoding'],
  problems: ProblemCollector,
): Promise<JsonObject> {
  const found = new ProblemCollector();
  const top = await readJsonObject(file, { encoding, problems: found });
  const isRounded = (id: unknown): boolean =>
    typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER;
  const someRounded = (list: unknown, ...keys: string[]): boolean =>
    Array.isArray(list) && list.some((one) => isObject(one) && keys.some((key) => isRounded(one[key])));
  if (
    someRounded(top.images, 'id') ||
    someRounded(top.categories, 'id') ||
    someRounded(top.annotations, 'image_id', 'category_id')
  )
    return readJsonObject(file, { encoding, problems, exact: true });
  found.list().forEach((one) => problems.take(one));
  return top;
}

async function readCocoFile(
  file: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<{ classes: DatasetClass[]; images: DatasetImage[]; unknown: Record<string, unknown> }> {
  const top = await readTop(file, options.encoding, problems);
  const split = splitOf(file);
  const draft: Draft = { file, problems, names: new Map(), images: new Map(), classes: [], outlines: 0 };
  readCategories(top, draft);
  readImages(top, split, draft);
  for (const [index, annotation] of listOf(top, 'annotations', file, false).entries()) {
    const place = `annotations[${index}]`;
    const problem = readAnnotation(annotation, place, draft);
    if (problem !== null) problems.add(file, place, problem, say('exchange.correct'));
  }
  if (draft.outlines > 0) {
    problems.warn(
      file,
      'annotations',
      say('exchange.outlines', { count: draft.outlines }),
      say('exchange.outlines.remedy'),
    );
  }
  reportMixedIds(top, draft);
  const { outside = 'clip', split: choice = 'from-source' } = options;
  const images = [...draft.images.values()].map(({ image, boxes, places, annotated }): DatasetImage => {
    const { width, height } = image;
    const kept = checkBoxes(
      boxes,
      width === null || height === null ? null : { width, height },
      outside,
      (index, { message, ...problem }) =>
        problems.take({
          file,
          place: places[index],
          message: say('exchange.ofImage', { path: image.path, problem: message }),
          ...problem,
        }),
    );
    return { ...image, boxes: kept, reviewed: annotated, split: chooseSplit(choice, image.split) };
  });
  return { classes: withoutGroups(top, draft), images, unknown: otherFields(top, TOP_FIELDS) };
}

const splitOf = (file: string): Split | null =>
  splitOfName(basename(file, extname(file))) ?? splitOfName(basename(dirname(file)));

async function looksLikeCoco(file: string): Promise<boolean> {
  if (extname(file).toLowerCase() !== '.json') return false;
  const head = await beginning(file, HEAD_BYTES);
  if (!/^\ufeff?\s*\{/.test(head)) return false;
  // Datumaro's.
  if (head.includes('"items"') && !head.includes('"images"')) return false;
  const keys = ['"images"', '"annotations"', '"categories"'].filter((key) => head.includes(key));
  // In large files the later lists begin beyond the bytes looked at.
  return keys.length >= 2 || (keys.length === 1 && head.length >= HEAD_BYTES / 2);
}

/** COCO files at a path: itself, or those in the folder and below it. */
async function cocoFiles(path: string): Promise<string[]> {
  if ((await kindOf(path)) !== 'folder') return [path];
  const candidates = await filesUnder(path, (name) => name.toLowerCase().endsWith('.json'), MOST_FILES + 1);
  if (candidates.length > MOST_FILES) return [];
  const files: string[] = [];
  for (const file of candidates) if (await looksLikeCoco(file)) files.push(file);
  return files;
}

/** Where the images of a file usually lie: beside it, or in the folder that its name speaks of. */
function imageFolders(path: string, file: string, given: readonly string[]): string[] {
  const folder = dirname(file);
  const root = basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder;
  const name = basename(file, extname(file)).replace(/^[a-z_]*?(instances|keypoints)_/, '');
  const split = splitOfName(name);
  const names = split === null ? [name] : [name, split, ...(split === 'val' ? ['valid'] : [])];
  const named = (base: string): string[] => names.map((one) => join(base, one));
  return [
    ...given.flatMap((one) => [...named(one), one]),
    folder,
    ...named(root),
    ...named(join(root, 'images')),
    join(root, 'images'),
    root,
    path,
  ];
}

export async function detectCoco(path: string): Promise<Sentence | null> {
  const kind = await kindOf(path);
  if (kind === 'file') return (await looksLikeCoco(path)) ? say('exchange.evidence.coco.file') : null;
  if (kind !== 'folder') return null;
  const files = await cocoFiles(path);
  if (files.length === 0) return null;
  const names = files.slice(0, 3).map((file) => relative(path, file));
  const shownFiles = `${names.join(', ')}${files.length > 3 ? ' …' : ''}`;
  return say(files.length === 1 ? 'exchange.evidence.coco.one' : 'exchange.evidence.coco.several', {
    files: shownFiles,
  });
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readCoco(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await cocoFiles(path);
  if (files.length === 0) {
    throw new TwinheadError('unusable-input', say('exchange.coco.none'), {
      file: path,
      remedy: say('exchange.coco.none.remedy'),
    });
  }
  const classes = new Map<string, DatasetClass>();
  const unknown: Record<string, unknown> = {};
  let failure: TwinheadError | undefined;
  let usable = 0;
  async function* images(): AsyncGenerator<DatasetImage> {
    for (const file of files) {
      options.signal?.throwIfAborted();
      const read = await readCocoFile(file, options, problems).catch((error: unknown) => {
        // One that is no detection file (captions, a results list) does not stand in the way of the others.
        if (files.length === 1 || !(error instanceof TwinheadError)) throw error;
        failure ??= error;
        problems.add(
          file,
          error.details.place,
          say('exchange.fileLeftOut', { problem: error.said }),
          error.details.remedy,
        );
        return null;
      });
      if (read === null) continue;
      usable += 1;
      for (const one of read.classes) if (!classes.has(one.name)) classes.set(one.name, one);
      for (const [key, value] of Object.entries(read.unknown)) unknown[key] ??= value;
      const folders = imageFolders(path, file, options.imageFolders ?? []);
      const locator = new ImageLocator(folders, options.listImages);
      const split = splitOf(file) ?? splitOfPath(relative(path, dirname(file)));
      for (const [index, image] of read.images.entries()) {
        if (index % 500 === 0) {
          options.signal?.throwIfAborted();
          options.onProgress?.(index, read.images.length);
        }
        yield withLocated(image, await locator.locate(image.path, split), problems);
      }
    }
    if (usable === 0 && failure !== undefined) throw failure;
  }
  return {
    format: 'coco',
    get classes() {
      return [...classes.values()];
    },
    unknown,
    images: images(),
  };
}
