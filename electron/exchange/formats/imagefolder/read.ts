import { basename, dirname, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, parseJsonLine } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { linesOf } from '../../lines.ts';
import { datasetBox, nameOf, numbersOf, scoreOf, sizeOf } from '../../values.ts';
import { cellText, csvRows } from '../csv/table.ts';
import { featureNames } from './features.ts';
import type { TextEncoding } from '../../encoding.ts';

const MOST_CSV_BYTES = 400_000_000;
const isMetadata = (name: string): boolean => /(^|[\\/])metadata\.(jsonl|csv)$/i.test(name);
const isCsv = (file: string): boolean => file.toLowerCase().endsWith('.csv');
const looksLikeMetadata = (head: string): boolean => head.split('\n', 1)[0]!.includes('file_name');
const FIELDS = new Set(['file_name', 'objects', 'label', 'labels', 'width', 'height']);
/** Lists beside the boxes, one name of them is used. */
const CLASS_LISTS = ['categories', 'category', 'labels', 'label', 'classes'];

export async function detectImageFolder(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isMetadata, looksLikeMetadata);
  return file === null
    ? null
    : say('formats.evidence.imagefolder', { file: relative(path, file) || basename(file) });
}

interface Row {
  readonly row: JsonObject;
  readonly place: Said;
}

async function* rowsOf(
  file: string,
  encoding: TextEncoding | undefined,
  problems: ProblemCollector,
): AsyncGenerator<Row> {
  if (!isCsv(file)) {
    for await (const { number, text } of linesOf(file, encoding)) {
      const place = say('exchange.line', { line: String(number) });
      const row = parseJsonLine(text, file, place, problems);
      if (row !== null) yield { row, place };
    }
    return;
  }
  let columns: readonly string[] | null = null;
  for (const { line, cells } of csvRows(await readText(file, MOST_CSV_BYTES, encoding))) {
    if (columns === null) columns = cells.map((cell) => cell.trim());
    else {
      const entries = columns.map((name, at): [string, unknown] => [name, cellText(cells[at] ?? '')]);
      yield {
        row: Object.fromEntries(entries.filter(([name]) => name !== '__proto__')),
        place: say('exchange.line', { line: String(line) }),
      };
    }
  }
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readImageFolder(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isMetadata, looksLikeMetadata);

  async function* read(file: string): AsyncGenerator<Draft> {
    const named = await featureNames(path, dirname(file));
    const unnamed = new Set<number>();

    function classOf(value: unknown, feature: string): string | null {
      const listed = typeof value === 'number' ? named(feature) : null;
      if (typeof value !== 'number' || !Number.isInteger(value)) return nameOf(value);
      const name = listed?.[value];
      if (name !== undefined) return name;
      if (!unnamed.has(value))
        problems.warn(
          file,
          feature,
          say('formats.unnamedClass', { id: value }),
          say('formats.unnamedClass.remedy'),
        );
      unnamed.add(value);
      return `class ${value}`;
    }

    function boxesOf(objects: JsonObject, place: Said): DraftBox[] {
      const key = CLASS_LISTS.find((name) => Array.isArray(objects[name]));
      const boxes = Array.isArray(objects.bbox) ? (objects.bbox as unknown[]) : [];
      return boxes.flatMap((bbox, index): DraftBox[] => {
        const at = say('formats.record.box', { record: place, box: String(index + 1) });
        const item = (list: string): unknown =>
          Array.isArray(objects[list]) ? objects[list][index] : undefined;
        const name = key === undefined ? null : classOf(item(key), key);
        const quad = Array.isArray(bbox) ? numbersOf(bbox) : null;
        if (name === null || quad?.length !== 4) {
          const said = name === null ? say('formats.noClass') : say('formats.noNumbers', { name });
          problems.add(file, at, said, say('formats.correct'));
          return [];
        }
        const [x, y, width, height] = quad as [number, number, number, number];
        const score = scoreOf(item('score') ?? item('scores'));
        const others = Object.keys(objects).filter(
          (list) =>
            ![key, 'bbox', 'score', 'scores', '__proto__'].includes(list) && Array.isArray(objects[list]),
        );
        const unknown = Object.fromEntries(others.map((list) => [list, item(list) ?? null]));
        return [{ place: at, box: datasetBox({ x, y, width, height }, name, { score, unknown }) }];
      });
    }

    for await (const { row, place } of rowsOf(file, options.encoding, problems)) {
      const name = nameOf(row.file_name);
      if (name === null) {
        problems.add(file, place, say('formats.noImage'), say('formats.correct'));
        continue;
      }
      const objects = isObject(row.objects) ? row.objects : null;
      const whole = [row.label, ...(Array.isArray(row.labels) ? (row.labels as unknown[]) : [])];
      yield {
        path: name,
        place,
        size: sizeOf(row.width, row.height),
        split: splitOfFolder(path, file),
        boxes: objects === null ? [] : boxesOf(objects, place),
        imageClasses: whole.flatMap((value) => (value === undefined ? [] : (classOf(value, 'label') ?? []))),
        reviewed: objects !== null && Array.isArray(objects.bbox) && objects.bbox.length === 0,
        unknown: otherFields(row, FIELDS),
      };
    }
  }

  return readDrafts(
    {
      format: 'imagefolder',
      files,
      read,
      none: { said: say('formats.none', { format: 'imagefolder' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
