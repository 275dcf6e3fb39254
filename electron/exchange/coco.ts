import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Dataset, DatasetBox, DatasetClass, DatasetImage } from '../common/dataset.ts';
import type { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { checkBoxes } from './boxes.ts';
import { ProblemCollector } from './collector.ts';
import { beginning, kindOf } from './files.ts';
import type { DatasetFormat, ReadOptions, ReadResult } from './format.ts';
import { isObject, otherFields, readJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { ImageLocator, locateImages } from './locate.ts';
import { chooseSplit, splitOfName } from './split-names.ts';

/**
 * COCO detection ("instances") JSON. Boxes are [x, y, width, height], floats, from the top-left corner of the image:
 * our convention as it is. See docs/formats.md.
 */
const IMAGE_FIELDS = new Set(['id', 'file_name', 'width', 'height']);
const ANNOTATION_FIELDS = new Set(['image_id', 'category_id', 'bbox', 'iscrowd', 'score']);
const CATEGORY_FIELDS = new Set(['id', 'name']);
const TOP_FIELDS = new Set(['images', 'annotations', 'categories']);

/** Looked at to recognise a file. */
const HEAD_BYTES = 65_536;

type Id = string | number;
const isId = (value: unknown): value is Id =>
  (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value !== '');

interface DraftImage {
  readonly image: DatasetImage;
  readonly file: string;
  readonly place: string;
  readonly boxes: DatasetBox[];
  readonly places: string[];
  annotated: boolean;
}

/** What is gathered over all files of one data set. */
interface Draft {
  readonly classes: Map<string, DatasetClass>;
  readonly images: DraftImage[];
  readonly problems: ProblemCollector;
  unknown: Record<string, unknown>;
}

function listOf(top: JsonObject, key: string, file: string, required: boolean): unknown[] {
  const value = top[key];
  if (Array.isArray(value)) return value;
  if (value === undefined && !required) return [];
  throw new TwinheadError(
    'unusable-input',
    value === undefined ? `The file has no "${key}".` : `"${key}" is not a list.`,
    {
      file,
      place: key,
      remedy: 'A COCO instances file has the lists "images", "annotations" and "categories".',
    },
  );
}

/** @returns names by the ids of this file */
function readCategories(top: JsonObject, file: string, draft: Draft): Map<Id, string> {
  const names = new Map<Id, string>();
  const seen = new Set<string>();
  for (const [index, category] of listOf(top, 'categories', file, true).entries()) {
    const place = `categories[${index}]`;
    if (
      !isObject(category) ||
      !isId(category.id) ||
      typeof category.name !== 'string' ||
      category.name.trim() === ''
    ) {
      draft.problems.add(file, place, 'The category has no id or no name; it was left out.', 'Give it both.');
      continue;
    }
    const { id } = category;
    const name = category.name.trim();
    if (names.has(id)) {
      draft.problems.add(
        file,
        place,
        `The category id ${id} is used twice; the first one counts.`,
        'Renumber it.',
      );
      continue;
    }
    if (seen.has(name))
      draft.problems.add(file, place, `The category ${name} is listed twice; both are taken as one class.`);
    seen.add(name);
    names.set(id, name);
    if (!draft.classes.has(name)) {
      draft.classes.set(name, {
        kind: 'object',
        name,
        sourceId: id,
        unknown: otherFields(category, CATEGORY_FIELDS),
      });
    }
  }
  return names;
}

/** A side as stated, or null where it is missing or cannot be one. */
function sideOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function readImages(top: JsonObject, file: string, split: Split | null, draft: Draft): Map<Id, DraftImage> {
  const byId = new Map<Id, DraftImage>();
  for (const [index, image] of listOf(top, 'images', file, true).entries()) {
    const place = `images[${index}]`;
    if (
      !isObject(image) ||
      !isId(image.id) ||
      typeof image.file_name !== 'string' ||
      image.file_name === ''
    ) {
      draft.problems.add(
        file,
        place,
        'The image has no id or no file_name; it was left out.',
        'Give it both.',
      );
      continue;
    }
    if (byId.has(image.id)) {
      draft.problems.add(
        file,
        place,
        `The image id ${image.id} is used twice; the first one counts.`,
        'Renumber it.',
      );
      continue;
    }
    const width = sideOf(image.width);
    const height = sideOf(image.height);
    const known = width !== null && height !== null;
    const one: DraftImage = {
      image: {
        path: image.file_name,
        file: null,
        width: known ? width : null,
        height: known ? height : null,
        split,
        boxes: [],
        imageClasses: [],
        reviewed: false,
        unknown: otherFields(image, IMAGE_FIELDS),
      },
      file,
      place,
      boxes: [],
      places: [],
      annotated: false,
    };
    byId.set(image.id, one);
    draft.images.push(one);
  }
  return byId;
}

type Quad = [number, number, number, number];
function isQuad(value: unknown): value is Quad {
  return Array.isArray(value) && value.length === 4 && value.every((number) => typeof number === 'number');
}

/** @returns the problem in words, or null where the annotation was taken */
function readAnnotation(
  annotation: unknown,
  place: string,
  images: ReadonlyMap<Id, DraftImage>,
  names: ReadonlyMap<Id, string>,
): string | null {
  if (!isObject(annotation)) return 'The annotation is not an object; it was left out.';
  const { image_id: imageId, category_id: categoryId, bbox, iscrowd, score } = annotation;
  const image = isId(imageId) ? images.get(imageId) : undefined;
  if (image === undefined) return `The annotation names the image ${shown(imageId)}, which is not listed.`;
  const className = isId(categoryId) ? names.get(categoryId) : undefined;
  if (className === undefined)
    return `The annotation names the category ${shown(categoryId)}, which is not listed.`;
  if (!isQuad(bbox)) return 'The annotation has no bbox of four numbers; it was left out.';
  const [x, y, width, height] = bbox;
  image.annotated = true;
  image.places.push(`${place}.bbox`);
  image.boxes.push({
    x,
    y,
    width,
    height,
    className,
    score: typeof score === 'number' && score >= 0 && score <= 1 ? score : null,
    attributes: iscrowd === 1 || iscrowd === true ? { crowd: true } : {},
    unknown: otherFields(annotation, ANNOTATION_FIELDS),
  });
  return null;
}

/** JSON never holds what stringify cannot write; a missing field is said so. */
function shown(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value).slice(0, 40);
}

async function readFileInto(file: string, draft: Draft): Promise<void> {
  const top = await readJsonObject(file);
  const split = splitOfName(basename(file, extname(file))) ?? splitOfName(basename(dirname(file)));
  const names = readCategories(top, file, draft);
  const images = readImages(top, file, split, draft);
  for (const [index, annotation] of listOf(top, 'annotations', file, false).entries()) {
    const place = `annotations[${index}]`;
    const problem = readAnnotation(annotation, place, images, names);
    if (problem !== null)
      draft.problems.add(file, place, problem, 'Correct it in the source and import again.');
  }
  draft.unknown = { ...otherFields(top, TOP_FIELDS), ...draft.unknown };
}

async function looksLikeCoco(file: string): Promise<boolean> {
  if (extname(file).toLowerCase() !== '.json') return false;
  const head = await beginning(file, HEAD_BYTES);
  if (!/^\ufeff?\s*\{/.test(head)) return false;
  const keys = ['"images"', '"annotations"', '"categories"'].filter((key) => head.includes(key));
  // In large files the later lists begin beyond the bytes looked at.
  return keys.length >= 2 || (keys.length === 1 && head.length >= HEAD_BYTES / 2);
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.toLowerCase().endsWith('.json') && !name.startsWith('.'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    // Not there or not readable: no files.
    return [];
  }
}

/** COCO files at a path: itself, or those in the folder, in annotations/, or in train/, valid/, test/. */
async function cocoFiles(path: string): Promise<string[]> {
  if ((await kindOf(path)) !== 'folder') return [path];
  const places = ['.', 'annotations', 'train', 'val', 'valid', 'test'];
  const candidates = (await Promise.all(places.map((place) => jsonFilesIn(join(path, place))))).flat();
  const files: string[] = [];
  for (const file of candidates) if (await looksLikeCoco(file)) files.push(file);
  return files;
}

/** Where COCO's images usually lie, seen from its files. */
function imageFolders(path: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const folder = dirname(file);
    const root = basename(folder).toLowerCase() === 'annotations' ? dirname(folder) : folder;
    const name = basename(file, extname(file)).replace(/^instances_/, '');
    return [folder, join(root, name), join(root, 'images', name), join(root, 'images'), root, path];
  });
}

async function read(path: string, options: ReadOptions): Promise<ReadResult> {
  const files = await cocoFiles(path);
  if (files.length === 0) {
    throw new TwinheadError('unusable-input', 'There is no COCO file in this folder.', {
      file: path,
      remedy: 'Name the JSON file, or the folder that has it (or its "annotations" folder).',
    });
  }
  const draft: Draft = { classes: new Map(), images: [], problems: new ProblemCollector(), unknown: {} };
  for (const file of files) {
    options.signal?.throwIfAborted();
    await readFileInto(file, draft);
  }
  const { outside = 'clip', split = 'from-source' } = options;
  const images = draft.images.map(({ image, file, boxes, places, annotated }): DatasetImage => {
    const size =
      image.width === null || image.height === null ? null : { width: image.width, height: image.height };
    const kept = checkBoxes(boxes, size, outside, (index, message, remedy) =>
      draft.problems.add(file, places[index], `${image.path}: ${message}`, remedy),
    );
    return { ...image, boxes: kept, reviewed: annotated, split: chooseSplit(split, image.split) };
  });
  const folders = [...(options.imageFolders ?? []), ...imageFolders(path, files)];
  const located = await locateImages(
    images,
    new ImageLocator(folders, options.listImages),
    draft.problems,
    (index) => draft.images[index]!,
    (done) => {
      options.signal?.throwIfAborted();
      if (done % 500 === 0) options.onProgress?.(done, images.length);
    },
  );
  const dataset: Dataset = {
    format: 'coco',
    classes: [...draft.classes.values()],
    images: located,
    unknown: draft.unknown,
  };
  return { dataset, problems: draft.problems.list() };
}

export const coco: DatasetFormat = {
  id: 'coco',
  name: 'COCO',
  async detect(path) {
    const kind = await kindOf(path);
    if (kind === 'file') return looksLikeCoco(path);
    return kind === 'folder' && (await cocoFiles(path)).length > 0;
  },
  read,
};
