import { basename, relative } from 'node:path';
import type { Dataset, DatasetBox, Unknown } from '../../../common/dataset.ts';
import type { Rectangle } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines } from '../../drafts.ts';
import type { ClassNames, Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, parseJsonLine } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { linesOf } from '../../lines.ts';
import { splitOfName } from '../../split-names.ts';
import { boundsOf, datasetBox, nameOf, numbersOf, sizeOf } from '../../values.ts';
import type { Point } from '../../values.ts';

const isNdjson = (name: string): boolean => /\.(ndjson|jsonl)$/i.test(name);
const looksLikeUltralytics = (head: string): boolean =>
  /^\ufeff?\s*\{/.test(head) && /"type"\s*:\s*"(dataset|image)"/.test(head.split('\n', 1)[0]!);
const HEAD_FIELDS = new Set(['type', 'class_names', 'task']);
const IMAGE_FIELDS = new Set(['type', 'file', 'width', 'height', 'split', 'annotations']);

export async function detectNdjson(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isNdjson, looksLikeUltralytics);
  return file === null
    ? null
    : say('formats.evidence.ndjson', { file: relative(path, file) || basename(file) });
}

/** Shares: a box by its centre, or the bounds of an outline or a turned box. */
function rectangleOf(kind: string, values: readonly number[]): Rectangle | null {
  if (kind === 'boxes' || (kind === 'pose' && values.length >= 4)) {
    const [x, y, width, height] = values;
    return height === undefined ? null : { x: x! - width! / 2, y: y! - height / 2, width: width!, height };
  }
  if (values.length < 6 || values.length % 2 === 1) return null;
  return boundsOf(
    Array.from({ length: values.length / 2 }, (_, at): Point => [values[2 * at]!, values[2 * at + 1]!]),
  );
}

function boxOf(kind: string, row: unknown, nameFor: (id: number) => string): DatasetBox | Sentence {
  const numbers = Array.isArray(row) ? numbersOf(row) : null;
  const [id, ...values] = numbers ?? [];
  if (id === undefined || !Number.isInteger(id) || id < 0) return say('formats.noClass');
  const name = nameFor(id);
  const rectangle = rectangleOf(kind, values);
  if (rectangle === null) return say('formats.noNumbers', { name });
  const unknown: Unknown = kind === 'boxes' ? {} : { [kind]: values };
  return datasetBox(rectangle, name, { unknown });
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readNdjson(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isNdjson, looksLikeUltralytics);
  const unknown: Record<string, unknown> = {};

  function imageOf(
    record: JsonObject,
    place: Said,
    file: string,
    nameFor: (id: number) => string,
  ): Draft | null {
    const named = nameOf(record.file);
    if (named === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const annotations = isObject(record.annotations) ? record.annotations : {};
    const boxes: DraftBox[] = [];
    let outlines = 0;
    for (const kind of ['boxes', 'segments', 'obb', 'pose']) {
      const list = annotations[kind];
      for (const row of Array.isArray(list) ? (list as unknown[]) : []) {
        const box = boxOf(kind, row, nameFor);
        if ('key' in box) problems.add(file, place, box, say('formats.correct'));
        else {
          if (kind === 'segments' || kind === 'obb') outlines += 1;
          boxes.push({ box, place });
        }
      }
    }
    reportOutlines(file, place, outlines, problems);
    const whole = Array.isArray(annotations.classification) ? annotations.classification : [];
    const split = splitOfName(nameOf(record.split) ?? '');
    return {
      path: named,
      placedAt: `images/${split ?? 'unsplit'}/${named}`,
      place,
      size: sizeOf(record.width, record.height),
      shares: true,
      split,
      boxes,
      imageClasses: whole.flatMap((id: unknown) => (typeof id === 'number' ? [nameFor(id)] : [])),
      reviewed: isObject(record.annotations) && whole.length === 0,
      unknown: otherFields(record, IMAGE_FIELDS),
    };
  }

  async function* read(file: string, classes: ClassNames): AsyncGenerator<Draft> {
    const names = new Map<number, string>();
    const nameFor = (id: number): string => {
      const known = names.get(id);
      if (known !== undefined) return known;
      names.set(id, `class ${id}`);
      problems.warn(
        file,
        'class_names',
        say('formats.unnamedClass', { id }),
        say('formats.unnamedClass.remedy'),
      );
      return `class ${id}`;
    };
    for await (const { number, text } of linesOf(file, options.encoding)) {
      const place = say('exchange.line', { line: String(number) });
      const record = parseJsonLine(text, file, place, problems);
      if (record === null) continue;
      if (record.type === 'dataset') {
        Object.assign(unknown, otherFields(record, HEAD_FIELDS));
        const listed = isObject(record.class_names) ? Object.entries(record.class_names) : [];
        for (const [id, value] of listed) {
          const name = nameOf(value);
          if (!/^\d+$/.test(id) || name === null) continue;
          names.set(Number(id), name);
          classes.add(record.task === 'classify' ? 'image' : 'object', name, Number(id));
        }
        continue;
      }
      const draft = imageOf(record, place, file, nameFor);
      if (draft !== null) yield draft;
    }
  }

  return readDrafts(
    {
      format: 'ndjson',
      files,
      read,
      unknown,
      none: { said: say('formats.none', { format: 'NDJSON' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
