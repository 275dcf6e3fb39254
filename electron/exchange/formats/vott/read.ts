import { basename, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import type { Rectangle } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines, splitOfFolder } from '../../drafts.ts';
import type { ClassNames, Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { boundsOf, datasetBox, nameOf, numbersOf, sizeOf } from '../../values.ts';
import type { Point } from '../../values.ts';

const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');
/** Its export of all assets, or the file of one that a project keeps. */
const looksLikeVott = (head: string): boolean =>
  (head.includes('"assets"') && (head.includes('"videoSettings"') || head.includes('"boundingBox"'))) ||
  (head.includes('"asset"') && head.includes('"regions"'));
const REGION_FIELDS = new Set(['tags', 'boundingBox']);
const ASSET_FIELDS = new Set(['name', 'path', 'size', 'regions', 'asset', 'version']);

export async function detectVott(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isJson, looksLikeVott);
  return file === null
    ? null
    : say('formats.evidence.vott', { file: relative(path, file) || basename(file) });
}

/** An upright box as it is; of polygons the one around their points. */
function rectangleOf(region: JsonObject): { rectangle: Rectangle | null; outline: boolean } {
  const outline = typeof region.type === 'string' && !/^(rectangle|square)$/i.test(region.type);
  const box = isObject(region.boundingBox) ? region.boundingBox : {};
  const numbers = numbersOf([box.left, box.top, box.width, box.height]);
  if (numbers !== null) {
    const [x, y, width, height] = numbers as [number, number, number, number];
    return { rectangle: { x, y, width, height }, outline };
  }
  const points = (Array.isArray(region.points) ? (region.points as unknown[]) : []).flatMap(
    (point): Point[] => {
      const pair = isObject(point) ? numbersOf([point.x, point.y]) : null;
      return pair === null ? [] : [[pair[0]!, pair[1]!]];
    },
  );
  return { rectangle: boundsOf(points), outline: true };
}

/** Names of files are written as parts of addresses. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readVott(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isJson, looksLikeVott);

  function imageOf(entry: JsonObject, place: string, file: string): Draft | null {
    const asset = isObject(entry.asset) ? entry.asset : entry;
    const name = nameOf(asset.name) ?? nameOf(asset.path);
    if (name === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const boxes: DraftBox[] = [];
    let outlines = 0;
    const regions = Array.isArray(entry.regions) ? (entry.regions as unknown[]) : [];
    for (const [index, region] of regions.entries()) {
      const at = `${place}.regions[${index}]`;
      const said = isObject(region) ? null : say('formats.notObject');
      const [className, ...more] =
        isObject(region) && Array.isArray(region.tags) ? region.tags.map(nameOf) : [];
      const { rectangle, outline } = isObject(region)
        ? rectangleOf(region)
        : { rectangle: null, outline: false };
      if (said !== null || className === undefined || className === null || rectangle === null) {
        const why =
          said ??
          (className === undefined || className === null
            ? say('formats.noClass')
            : say('formats.noNumbers', { name: className }));
        problems.add(file, at, why, say('formats.correct'));
        continue;
      }
      if (outline) outlines += 1;
      const others = isObject(region) && outline ? otherFields(region, REGION_FIELDS) : {};
      const unknown = { ...others, ...(more.length > 0 ? { tags: more } : {}) };
      boxes.push({ place: at, box: datasetBox(rectangle, className, { unknown }) });
    }
    reportOutlines(file, place, outlines, problems);
    const size = isObject(asset.size) ? sizeOf(asset.size.width, asset.size.height) : null;
    const address = nameOf(asset.path)?.replace(/^file:/i, '');
    return {
      path: decoded(name),
      alsoCalled: [name, ...(address === undefined ? [] : [decoded(address)])],
      place,
      size,
      split: splitOfFolder(path, file),
      boxes,
      imageClasses: [],
      // 0: never opened, 1: opened, 2: has regions.
      reviewed: asset.state === 1 || asset.state === 2,
      unknown: otherFields(asset, ASSET_FIELDS),
    };
  }

  async function* read(file: string, classes: ClassNames): AsyncGenerator<Draft> {
    const top = await readJsonObject(file, { encoding: options.encoding, problems });
    for (const tag of Array.isArray(top.tags) ? (top.tags as unknown[]) : []) {
      const name = isObject(tag) ? nameOf(tag.name) : null;
      if (name !== null) classes.add('object', name);
    }
    const assets = isObject(top.assets) ? Object.entries(top.assets) : [['asset', top] as const];
    for (const [id, asset] of assets) {
      const draft = isObject(asset) ? imageOf(asset, id, file) : null;
      if (draft !== null) yield draft;
    }
  }

  return readDrafts(
    {
      format: 'vott',
      files,
      read,
      none: { said: say('formats.none', { format: 'VoTT' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
