import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { Attributes, Dataset, DatasetBox, DatasetClass, DatasetImage } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { isSentence, say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import type { ProblemCollector } from '../../collector.ts';
import { beginning, filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { ImageLocator, withLocated } from '../../locate.ts';
import { chooseSplit, splitOfPath } from '../../split-names.ts';
import { nameOf } from '../../values.ts';

const HEAD_BYTES = 65_536;
const LOOKED_AT = 20;
const TOP_FIELDS = new Set(['flags', 'shapes', 'imagePath', 'imageData', 'imageHeight', 'imageWidth']);
const SHAPE_FIELDS = new Set(['label', 'points', 'shape_type', 'flags', 'attributes', 'score']);

const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');

async function looksLikeLabelme(file: string): Promise<boolean> {
  const head = await beginning(file, HEAD_BYTES);
  return /^\ufeff?\s*\{/.test(head) && head.includes('"shapes"') && !head.includes('"annotations"');
}

async function filesAt(path: string, most = Infinity): Promise<string[]> {
  return (await kindOf(path)) === 'folder' ? filesUnder(path, isJson, most) : isJson(path) ? [path] : [];
}

export async function detectLabelme(path: string): Promise<Sentence | null> {
  for (const file of await filesAt(path, LOOKED_AT)) {
    if (await looksLikeLabelme(file))
      return say('exchange.evidence.labelme', { file: relative(path, file) || basename(file) });
  }
  return null;
}

function sideOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function attributesOf(shape: JsonObject): Attributes {
  const entries = [shape.attributes, shape.flags].flatMap((value) =>
    isObject(value) ? Object.entries(value) : [],
  );
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string | number | boolean] =>
        entry[0] !== '__proto__' &&
        entry[1] !== false &&
        ['string', 'number', 'boolean'].includes(typeof entry[1]),
    ),
  );
}

/** @returns the box, with its outline kept where it is none; or what is wrong in words */
function readShape(shape: unknown): { box: DatasetBox; outline: boolean } | Sentence {
  if (!isObject(shape)) return say('exchange.labelme.notObject');
  const { label, points, shape_type: type = 'polygon', score } = shape;
  const name = nameOf(label);
  if (name === null) return say('exchange.labelme.noLabel');
  const pairs = Array.isArray(points) ? (points as unknown[]) : [];
  const isPair = (pair: unknown): pair is [number, number] =>
    Array.isArray(pair) &&
    pair.length === 2 &&
    pair.every((value) => typeof value === 'number' && Number.isFinite(value));
  if (pairs.length < 2 || !pairs.every(isPair)) return say('exchange.labelme.points', { name });
  const kind = nameOf(type) ?? JSON.stringify(type);
  let corners = pairs;
  if (type === 'circle') {
    const [[x, y], [edgeX, edgeY]] = pairs as [[number, number], [number, number]];
    const radius = Math.hypot(edgeX - x, edgeY - y);
    corners = [
      [x - radius, y - radius],
      [x + radius, y + radius],
    ];
  } else if (
    !['rectangle', 'polygon', 'linestrip', 'line', 'mask', 'rotation', 'oriented_rectangle'].includes(kind)
  )
    return say('exchange.labelme.kind', { name, kind });
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  const outline = type !== 'rectangle';
  return {
    box: {
      x,
      y,
      width: Math.max(...xs) - x,
      height: Math.max(...ys) - y,
      className: name,
      score: typeof score === 'number' && score >= 0 && score <= 1 ? score : null,
      attributes: attributesOf(shape),
      unknown: {
        ...otherFields(shape, SHAPE_FIELDS),
        ...(outline ? { shape_type: type, points } : {}),
      },
    },
    outline,
  };
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readLabelme(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesAt(path);
  const root = (await kindOf(path)) === 'folder' ? path : dirname(path);
  const objects = new Map<string, DatasetClass>();
  const imageClasses = new Map<string, DatasetClass>();
  const locator = new ImageLocator([...(options.imageFolders ?? []), root], options.listImages);
  let usable = 0;

  async function* images(): AsyncGenerator<DatasetImage> {
    for (const [index, file] of files.entries()) {
      options.signal?.throwIfAborted();
      if (index % 100 === 0) options.onProgress?.(index, files.length);
      const image = await readFileOf(file).catch((error: unknown) => {
        if (!(error instanceof TwinheadError)) throw error;
        problems.add(file, error.details.place, error.said, error.details.remedy);
        return null;
      });
      if (image === null) continue;
      usable += 1;
      yield image;
    }
    if (usable > 0) return;
    throw new TwinheadError('unusable-input', say('exchange.labelme.none'), {
      file: path,
      remedy: problems.list()[0]?.message ?? say('exchange.labelme.none.remedy'),
    });
  }

  async function readFileOf(file: string): Promise<DatasetImage | null> {
    const top = await readJsonObject(file, { encoding: options.encoding, problems });
    if (!Array.isArray(top.shapes)) {
      problems.add(
        file,
        undefined,
        say('exchange.labelme.noShapes'),
        say('exchange.labelme.noShapes.remedy'),
      );
      return null;
    }
    const width = sideOf(top.imageWidth);
    const height = sideOf(top.imageHeight);
    const size = width === null || height === null ? null : { width, height };
    const drafts: { box: DatasetBox; place: string }[] = [];
    let outlines = 0;
    for (const [index, shape] of (top.shapes as unknown[]).entries()) {
      const place = `shapes[${index}]`;
      const read = readShape(shape);
      if (isSentence(read)) {
        problems.add(file, place, say('exchange.leftOut', { problem: read }), say('exchange.correct'));
        continue;
      }
      if (read.outline) outlines += 1;
      drafts.push({ box: read.box, place });
    }
    if (outlines > 0)
      problems.warn(
        file,
        undefined,
        say('exchange.outlines', { count: outlines }),
        say('exchange.outlines.remedy'),
      );
    const boxes = checkBoxes(
      drafts.map(({ box }) => box),
      size,
      options.outside ?? 'clip',
      (index, problem) => problems.take({ file, place: drafts[index]!.place, ...problem }),
    );
    for (const { className: name } of boxes)
      if (!objects.has(name)) objects.set(name, { kind: 'object', name, sourceId: null, unknown: {} });
    const flags = isObject(top.flags) ? Object.entries(top.flags) : [];
    for (const [name] of flags)
      if (name !== '__proto__' && !imageClasses.has(name))
        imageClasses.set(name, { kind: 'image', name, sourceId: null, unknown: {} });
    const inside = relative(root, dirname(file));
    const split = splitOfPath(inside);
    const named =
      typeof top.imagePath === 'string' && top.imagePath !== ''
        ? top.imagePath
        : basename(file, extname(file));
    const image: DatasetImage = {
      path: named,
      file: null,
      width: size?.width ?? null,
      height: size?.height ?? null,
      split: chooseSplit(options.split ?? 'from-source', split),
      boxes,
      imageClasses: flags.flatMap(([name, value]) => (value === true && name !== '__proto__' ? [name] : [])),
      reviewed: boxes.length > 0 || top.shapes.length === 0,
      origin: { file, place: 'imagePath' },
      unknown: otherFields(top, TOP_FIELDS),
    };
    // The path counts from the file; and the picture beside the file is meant whatever it was called once.
    const beside = join(inside, basename(named.replaceAll('\\', '/')))
      .split(sep)
      .join('/');
    const located =
      (await locator.locateStem(
        join(inside, basename(file, extname(file)))
          .split(sep)
          .join('/'),
        split,
      )) ?? (await locator.locate(beside, split));
    return withLocated(image, located, problems);
  }

  return {
    format: 'labelme',
    get classes() {
      return [...imageClasses.values(), ...objects.values()];
    },
    unknown: {},
    images: images(),
  };
}
