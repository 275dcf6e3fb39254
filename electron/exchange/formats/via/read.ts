import { basename, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { nameOf } from '../../values.ts';
import { csvRows } from '../csv/table.ts';
import { looksLikeVersion3, version3Entries } from './version3.ts';
import { classKeyOf, namesOf, readRegion } from './regions.ts';
import type { TextEncoding } from '../../encoding.ts';

const MOST_CSV_BYTES = 400_000_000;
const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');
const isCsv = (name: string): boolean => name.toLowerCase().endsWith('.csv');
const looksLikeVia = (head: string): boolean =>
  head.includes('"_via_img_metadata"') ||
  looksLikeVersion3(head) ||
  (head.includes('"regions"') && head.includes('"file_attributes"'));
const looksLikeViaCsv = (head: string): boolean =>
  /^\ufeff?#?\s*"?(filename|file_name)"?,/.test(head) && head.includes('region_shape_attributes');
const IMAGE_FIELDS = new Set(['filename', 'regions']);

export async function detectVia(path: string): Promise<Sentence | null> {
  const file = (await fileLike(path, isJson, looksLikeVia)) ?? (await fileLike(path, isCsv, looksLikeViaCsv));
  return file === null ? null : say('formats.evidence.via', { file: relative(path, file) || basename(file) });
}

/** An image of either kind of file, its attributes parsed. */
interface Entry {
  readonly name: string | null;
  readonly regions: readonly { readonly region: unknown; readonly place: Said }[];
  readonly attributes: unknown;
  readonly unknown: JsonObject;
  readonly place: Said;
}

async function* jsonEntries(
  file: string,
  encoding: TextEncoding | undefined,
  problems: ProblemCollector,
): AsyncGenerator<Entry> {
  const top = await readJsonObject(file, { encoding, problems });
  if (isObject(top.view) && isObject(top.file)) {
    yield* version3Entries(top);
    return;
  }
  const images = isObject(top._via_img_metadata) ? top._via_img_metadata : top;
  for (const [key, image] of Object.entries(images)) {
    if (key.startsWith('_via_') || key === '__proto__') continue;
    const entry = isObject(image) ? image : {};
    // Version 1 counted them in an object.
    const regions = Array.isArray(entry.regions)
      ? (entry.regions as unknown[])
      : isObject(entry.regions)
        ? Object.values(entry.regions)
        : [];
    yield {
      name: nameOf(entry.filename),
      regions: regions.map((region, index) => ({ region, place: `${key}.regions[${index}]` })),
      attributes: entry.file_attributes,
      unknown: otherFields(entry, IMAGE_FIELDS),
      place: key,
    };
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined || text.trim() === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

async function* csvEntries(file: string, encoding: TextEncoding | undefined): AsyncGenerator<Entry> {
  const entries = new Map<string, Entry & { regions: { region: unknown; place: Said }[] }>();
  let columns: readonly string[] | null = null;
  for (const { line, cells } of csvRows(await readText(file, MOST_CSV_BYTES, encoding))) {
    if (columns === null) {
      columns = cells.map((cell) => cell.trim().replace(/^#/, ''));
      continue;
    }
    const cell = (name: string): string | undefined => cells[columns!.indexOf(name)];
    const name = nameOf(cell('filename') ?? cell('file_name'));
    const place = say('exchange.line', { line: String(line) });
    const attributes = parsed(cell('file_attributes'));
    const key = name ?? `line ${line}`;
    const known = entries.get(key);
    const entry = known ?? { name, regions: [], attributes, unknown: {}, place };
    entries.set(key, entry);
    const shape = parsed(cell('region_shape_attributes'));
    if (isObject(shape) && Object.keys(shape).length === 0) continue;
    const region = { shape_attributes: shape, region_attributes: parsed(cell('region_attributes')) };
    entry.regions.push({ region, place });
  }
  yield* entries.values();
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readVia(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = [
    ...(await filesLike(path, isJson, looksLikeVia)),
    ...(await filesLike(path, isCsv, looksLikeViaCsv)),
  ];

  function imageOf(entry: Entry & { readonly name: string }, classKey: string | null, file: string): Draft {
    const boxes: DraftBox[] = [];
    let outlines = 0;
    for (const { region, place } of entry.regions) {
      const read = readRegion(region, classKey);
      if ('key' in read) {
        problems.add(file, place, read, say('formats.correct'));
        continue;
      }
      if (read.outline) outlines += 1;
      boxes.push({ box: read.box, place });
    }
    reportOutlines(file, entry.place, outlines, problems);
    const attributes = isObject(entry.attributes) ? entry.attributes : {};
    const key = classKeyOf([attributes], false);
    return {
      path: entry.name,
      place: entry.place,
      size: null,
      split: splitOfFolder(path, file),
      boxes,
      imageClasses: key === null ? [] : namesOf(attributes[key]),
      reviewed: false,
      unknown: entry.unknown,
    };
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    const entries: Entry[] = [];
    const source = isCsv(file)
      ? csvEntries(file, options.encoding)
      : jsonEntries(file, options.encoding, problems);
    for await (const entry of source) entries.push(entry);
    const ofRegions = entries
      .flatMap(({ regions }) => regions)
      .map(({ region }) =>
        isObject(region) && isObject(region.region_attributes) ? region.region_attributes : {},
      );
    const classKey = classKeyOf(ofRegions, true);
    for (const entry of entries) {
      const { name } = entry;
      if (name === null) problems.add(file, entry.place, say('formats.noImage'), say('formats.correct'));
      else yield imageOf({ ...entry, name }, classKey, file);
    }
  }

  return readDrafts(
    {
      format: 'via',
      files,
      read,
      none: {
        said: say('formats.none', { format: 'VGG Image Annotator' }),
        remedy: say('formats.none.remedy'),
      },
    },
    path,
    options,
    problems,
  );
}
