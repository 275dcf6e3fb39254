import { basename, extname, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, parseJsonLine } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { splitOfName } from '../../split-names.ts';
import { attributesOf, datasetBox, nameOf, numbersOf, scoreOf, sizeOf } from '../../values.ts';
import { tarEntries } from './tar.ts';
import type { TarEntry } from './tar.ts';

const isShard = (name: string): boolean => /\.tar$/i.test(name);
const PICTURE = /^(jpe?g|png|webp|bmp|tiff?|gif|avif|ppm)$/;
const MOST_JSON_BYTES = 64_000_000;
const MOST_PICTURE_BYTES = 1e9;
const FIELDS = new Set([
  'file_name',
  'width',
  'height',
  'labels',
  'label',
  'reviewed',
  'objects',
  'annotations',
]);
const BOX_FIELDS = new Set([
  ...['bbox', 'class', 'class_id', 'label', 'category', 'category_name', 'score', 'attributes'],
]);

/** What an entry is called: loaders cut its base name at the first dot. */
function keyOf(name: string): { readonly key: string; readonly kind: string } {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const own = name.slice(folder.length);
  const dot = own.indexOf('.');
  return dot < 0
    ? { key: name, kind: '' }
    : { key: folder + own.slice(0, dot), kind: own.slice(dot + 1).toLowerCase() };
}

async function filesAt(path: string, most = Infinity): Promise<string[]> {
  return (await kindOf(path)) === 'folder' ? filesUnder(path, isShard, most) : isShard(path) ? [path] : [];
}

/** Whether an archive begins with a sample: labels, with or without a picture of the same key. */
async function isSample(file: string): Promise<boolean> {
  const kinds: string[] = [];
  let first: string | null = null;
  try {
    for await (const { name } of tarEntries(file)) {
      const { key, kind } = keyOf(name);
      first ??= key;
      if (key !== first) break;
      kinds.push(kind);
      if (kinds.length > 8) break;
    }
  } catch {
    return false;
  }
  return kinds.some((kind) => kind === 'json' || kind === 'cls');
}

export async function detectWebDataset(path: string): Promise<Sentence | null> {
  for (const file of await filesAt(path, 3))
    if (await isSample(file))
      return say('formats.evidence.webdataset', { file: relative(path, file) || basename(file) });
  return null;
}

/** Entries of one key, which lie one after the other. */
interface Sample {
  readonly key: string;
  json: JsonObject | null;
  cls: string | null;
  picture: { readonly kind: string; readonly content: Buffer } | null;
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readWebDataset(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesAt(path);

  async function take(sample: Sample, { name, bytes, read }: TarEntry, file: string): Promise<void> {
    const { kind } = keyOf(name);
    if (kind === 'json') {
      if (bytes <= MOST_JSON_BYTES)
        sample.json = parseJsonLine((await read()).toString('utf8'), file, name, problems);
      else
        problems.add(
          file,
          name,
          say('formats.webdataset.large', { size: { unit: 'bytes', value: MOST_JSON_BYTES } }),
          say('formats.correct'),
        );
    } else if (kind === 'cls' && bytes < 1000) sample.cls = (await read()).toString('utf8').trim();
    else if (PICTURE.test(kind) && bytes <= MOST_PICTURE_BYTES && options.unpack !== undefined)
      sample.picture = { kind, content: await read() };
  }

  function boxesOf(json: JsonObject, key: string, file: string): DraftBox[] {
    const list = [json.objects, json.annotations].find((one) => Array.isArray(one)) as unknown[] | undefined;
    return (list ?? []).flatMap((object, index): DraftBox[] => {
      const place = `${key}.json objects[${index}]`;
      const one = isObject(object) ? object : {};
      const name = [one.class, one.category_name, one.category, one.label].flatMap(
        (text) => nameOf(text) ?? [],
      )[0];
      const quad = Array.isArray(one.bbox) ? numbersOf(one.bbox) : null;
      if (name === undefined || quad?.length !== 4) {
        const said = name === undefined ? say('formats.noClass') : say('formats.noNumbers', { name });
        problems.add(file, place, said, say('formats.correct'));
        return [];
      }
      const [x, y, width, height] = quad as [number, number, number, number];
      const more = {
        score: scoreOf(one.score),
        attributes: attributesOf(one.attributes),
        unknown: otherFields(one, BOX_FIELDS),
      };
      return [{ place, box: datasetBox({ x, y, width, height }, name, more) }];
    });
  }

  async function draftOf(sample: Sample, file: string): Promise<Draft> {
    const { key, picture } = sample;
    const json = sample.json ?? {};
    const named = nameOf(json.file_name);
    const split = splitOfName(basename(file, extname(file))) ?? splitOfFolder(path, file);
    const name = named ?? `${key}.${picture?.kind ?? 'jpg'}`;
    const given = Array.isArray(json.labels) ? (json.labels as unknown[]) : [json.label];
    const labels = given.flatMap((label) => nameOf(label) ?? []);
    const cls = sample.cls === null ? [] : [/^\d+$/.test(sample.cls) ? `class ${sample.cls}` : sample.cls];
    return {
      path: name,
      ...(picture === null || options.unpack === undefined
        ? {}
        : { file: await options.unpack(`${split ?? 'unsplit'}/${name}`, picture.content) }),
      anyExtension: named === null && picture === null,
      place: key,
      size: sizeOf(json.width, json.height),
      split,
      boxes: boxesOf(json, key, file),
      imageClasses: labels.length > 0 ? labels : cls.filter((text) => text !== ''),
      reviewed: json.reviewed === true,
      unknown: otherFields(json, FIELDS),
    };
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    const begun: Sample[] = [];
    for await (const entry of tarEntries(file)) {
      const { key } = keyOf(entry.name);
      if (begun[0] !== undefined && begun[0].key !== key) yield await draftOf(begun.pop()!, file);
      const sample = begun[0] ?? { key, json: null, cls: null, picture: null };
      begun[0] = sample;
      await take(sample, entry, file);
    }
    if (begun[0] !== undefined) yield await draftOf(begun[0], file);
  }

  return readDrafts(
    {
      format: 'webdataset',
      files,
      read,
      none: { said: say('formats.none', { format: 'WebDataset' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
