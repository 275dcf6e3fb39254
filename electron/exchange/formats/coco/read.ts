import { basename, dirname, extname, join, relative } from 'node:path';
import type { Dataset, DatasetBox, DatasetClass, DatasetImage, Unknown } from '../../../common/dataset.ts';
import type { Split } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import type { ProblemCollector } from '../../collector.ts';
import { beginning, filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields } from '../../json.ts';
import { readJsonMembers } from '../../json-members.ts';
import type { JsonMember } from '../../json-members.ts';
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
const LISTS: ReadonlySet<string> = new Set(['images', 'annotations', 'categories']);

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
  /** By name. */
  readonly classes: Map<string, DatasetClass>;
  /** Boxes that were drawn around outlines, since there was none. */
  outlines: number;
  /** Categories that annotations have. */
  readonly used: Set<string>;
  /** How ids that are digits are written, of images and of categories. */
  readonly idTypes: Readonly<Record<'images' | 'categories', Set<string>>>;
  /** Other fields of the file. */
  readonly unknown: JsonObject;
}

type ListName = 'images' | 'annotations' | 'categories';
const isList = (key: string): key is ListName => LISTS.has(key);

function noList(file: string, key: string, message: Sentence): TwinheadError {
  return new TwinheadError('unusable-input', message, {
    file,
    place: key,
    remedy: say('exchange.coco.lists'),
  });
}

function noteId(types: Set<string>, id: unknown): void {
  if (/^\d+$/.test(nameOf(id) ?? '')) types.add(typeof id);
}

function readCategory(category: unknown, place: string, draft: Draft): void {
  const { file, problems, names, classes, idTypes } = draft;
  const name = isObject(category) ? nameOf(category.name) : null;
  if (isObject(category)) noteId(idTypes.categories, category.id);
  if (!isObject(category) || !isId(category.id) || name === null) {
    problems.add(file, place, say('exchange.coco.category'), say('exchange.coco.giveBoth'));
    return;
  }
  const { id } = category;
  if (names.has(keyOf(id))) {
    problems.warn(
      file,
      place,
      say('exchange.coco.categoryTwice', { id: String(id) }),
      say('exchange.coco.renumber'),
    );
    return;
  }
  const seen = classes.has(name);
  if (seen) problems.warn(file, place, say('exchange.coco.nameTwice', { name }));
  names.set(keyOf(id), name);
  if (!seen)
    classes.set(name, {
      kind: 'object',
      name,
      sourceId: id,
      unknown: otherFields(category, CATEGORY_FIELDS),
    });
}

/** A side as stated, or null where it is missing or cannot be one. */
function sideOf(value: unknown): number | null {
  const side = numberOf(value);
  return side !== null && Number.isInteger(side) && side > 0 ? side : null;
}

function readImage(image: unknown, place: string, split: Split | null, draft: Draft): void {
  const { file, problems, images, idTypes } = draft;
  const path = isObject(image) ? nameOf(image.file_name) : null;
  if (isObject(image)) noteId(idTypes.images, image.id);
  if (!isObject(image) || !isId(image.id) || path === null) {
    problems.add(file, place, say('exchange.coco.image'), say('exchange.coco.giveBoth'));
    return;
  }
  if (images.has(keyOf(image.id))) {
    problems.add(
      file,
      place,
      say('exchange.coco.imageTwice', { id: String(image.id) }),
      say('exchange.coco.renumber'),
    );
    return;
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
  noteId(draft.idTypes.images, annotation.image_id);
  noteId(draft.idTypes.categories, annotation.category_id);
  if (isId(annotation.category_id)) draft.used.add(keyOf(annotation.category_id));
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
function reportMixedIds({ file, problems, idTypes }: Draft): void {
  for (const list of ['images', 'categories'] as const)
    if (idTypes[list].size > 1) problems.warn(file, list, say('exchange.coco.mixedIds'));
}

/**
 * Roboflow lists the data set's own name as a category, above the others; nothing is ever labelled with it.
 * @returns classes without it
 */
function withoutGroups({ file, problems, used, ...draft }: Draft): DatasetClass[] {
  const classes = [...draft.classes.values()];
  const above = new Set(classes.map(({ unknown }) => unknown.supercategory));
  return classes.filter(({ name, sourceId, unknown }) => {
    const groups = unknown.supercategory === 'none' && above.has(name) && !used.has(String(sourceId));
    if (groups) problems.warn(file, 'categories', say('exchange.coco.group', { name }));
    return !groups;
  });
}

const ID_FIELDS: Readonly<Record<ListName, readonly string[]>> = {
  images: ['id'],
  categories: ['id'],
  annotations: ['image_id', 'category_id'],
};

/** As JSON is read; where ids are too large for JavaScript's numbers, neighbours among them would become one: then as text. */
function parseItem({ parse }: JsonMember, list: ListName): unknown {
  const item = parse();
  const isRounded = (id: unknown): boolean =>
    typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER;
  return isObject(item) && ID_FIELDS[list].some((key) => isRounded(item[key])) ? parse(true) : item;
}

/** Goes through a file twice, since annotations mostly come before the categories that they name. */
async function readDraft(file: string, options: ReadOptions, problems: ProblemCollector): Promise<Draft> {
  const draft: Draft = {
    file,
    problems,
    names: new Map(),
    images: new Map(),
    classes: new Map(),
    outlines: 0,
    used: new Set(),
    idTypes: { images: new Set(), categories: new Set() },
    unknown: {},
  };
  const split = splitOf(file);
  const found = new Set<string>();
  const request = { lists: LISTS, encoding: options.encoding, problems, signal: options.signal };
  const takeOther = ({ key, parse }: JsonMember): void => {
    if (isList(key)) throw noList(file, key, say('exchange.coco.notList', { key }));
    if (key !== '__proto__') draft.unknown[key] = parse();
  };
  const takeFirst = (member: JsonMember): void => {
    const { key, index } = member;
    if (index === null) takeOther(member);
    else if (key === 'categories') readCategory(parseItem(member, key), `${key}[${index}]`, draft);
    else if (key === 'images') readImage(parseItem(member, key), `${key}[${index}]`, split, draft);
  };
  await readJsonMembers(file, { ...request, found: (key) => found.add(key), take: takeFirst });
  for (const key of ['categories', 'images'])
    if (!found.has(key)) throw noList(file, key, say('exchange.coco.noList', { key }));
  const takeSecond = (member: JsonMember): void => {
    const { key, index } = member;
    if (key !== 'annotations' || index === null) return;
    const place = `annotations[${index}]`;
    const problem = readAnnotation(parseItem(member, key), place, draft);
    if (problem !== null) problems.add(file, place, problem, say('exchange.correct'));
  };
  await readJsonMembers(file, { ...request, take: takeSecond });
  return draft;
}

async function readCocoFile(
  file: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<{ classes: DatasetClass[]; images: DatasetImage[]; unknown: Unknown }> {
  const draft = await readDraft(file, options, problems);
  if (draft.outlines > 0) {
    problems.warn(
      file,
      'annotations',
      say('exchange.outlines', { count: draft.outlines }),
      say('exchange.outlines.remedy'),
    );
  }
  reportMixedIds(draft);
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
  return { classes: withoutGroups(draft), images, unknown: draft.unknown };
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
