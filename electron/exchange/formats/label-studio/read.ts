import { basename, dirname, extname, join, relative } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJson } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { splitOfName } from '../../split-names.ts';
import { nameOf, scoreOf, sizeOf } from '../../values.ts';
import { readRegion } from './regions.ts';

const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');
const looksLikeLabelStudio = (head: string): boolean =>
  /^\ufeff?\s*\[/.test(head) &&
  head.includes('"data"') &&
  /"(annotations|completions|predictions)"/.test(head);
const TASK_FIELDS = new Set(['id', 'data', 'annotations', 'completions', 'predictions']);

export async function detectLabelStudio(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isJson, looksLikeLabelStudio);
  return file === null
    ? null
    : say('exchange.evidence.labelstudio', { file: relative(path, file) || basename(file) });
}

/** The key of the picture among the data of a task: "image", else the first text that names a picture. */
function imageKey(data: JsonObject): string | null {
  const names = ['image', 'img', 'url', 'photo', ...Object.keys(data)];
  return (
    names.find(
      (name) =>
        Object.hasOwn(data, name) &&
        typeof data[name] === 'string' &&
        /\.(jpe?g|png|bmp|webp|tiff?|gif|avif)(\?|$)/i.test(data[name]),
    ) ?? null
  );
}

/** As people know it: without the server's own address, and without what it put before the name of an upload. */
function pathOfUrl(url: string): { path: string; alsoCalled: string[] } {
  const local = /^\/?data\/local-files\/\?d=(.*)$/.exec(url)?.[1];
  const bare = (local ?? url.replace(/^[a-z][\w+.-]*:\/\/[^/]*\//i, '')).replace(
    /^\/?data\/upload\/(\d+\/)?/,
    '',
  );
  const decoded = /%[0-9a-f]{2}/i.test(bare) ? decode(bare) : bare;
  const upload = /^(.*\/)?[0-9a-f]{8}-([^/]+)$/.exec(decoded);
  return {
    path: decoded,
    alsoCalled: [
      ...(upload === null ? [] : [(upload[1] ?? '') + upload[2]!]),
      ...(decoded === bare ? [] : [bare]),
    ],
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The annotation that counts: the ground truth, else the latest that was not cancelled. */
function chosen(list: unknown): { annotation: JsonObject | null; others: number } {
  const usable = (Array.isArray(list) ? list : []).filter(
    (one): one is JsonObject => isObject(one) && one.was_cancelled !== true && Array.isArray(one.result),
  );
  const annotation = usable.findLast((one) => one.ground_truth === true) ?? usable.at(-1) ?? null;
  return { annotation, others: Math.max(0, usable.length - 1) };
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readLabelStudio(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isJson, looksLikeLabelStudio);

  function imageOf(task: unknown, index: number, file: string): Draft | null {
    const place = `[${index}]`;
    const data = isObject(task) && isObject(task.data) ? task.data : null;
    const key = data === null ? null : imageKey(data);
    if (!isObject(task) || data === null || key === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const named = pathOfUrl(data[key] as string);
    const made = chosen(task.annotations ?? task.completions);
    const annotation = made.annotation ?? chosen(task.predictions).annotation;
    if (made.others > 0) {
      problems.add(
        file,
        place,
        say('formats.severalAnnotations', { image: named.path, count: made.others }),
        say('formats.severalAnnotations.remedy'),
      );
    }
    const boxes: DraftBox[] = [];
    const imageClasses: string[] = [];
    let outlines = 0;
    let size = sizeOf(data.width, data.height);
    const results = (annotation?.result ?? []) as unknown[];
    const where = made.annotation === null ? 'predictions' : 'annotations';
    for (const [at, result] of results.entries()) {
      const read = readRegion(result, results);
      const resultPlace = `${place}.${where}.result[${at}]`;
      if (read === null) continue;
      if ('key' in read) problems.add(file, resultPlace, read, say('formats.correct'));
      else if (read.kind === 'classes') imageClasses.push(...read.names);
      else {
        size = read.size ?? size;
        if (read.outline) outlines += 1;
        const predicted = made.annotation === null ? scoreOf(annotation?.score) : null;
        boxes.push({ box: { ...read.box, score: read.box.score ?? predicted }, place: resultPlace });
      }
    }
    reportOutlines(file, place, outlines, problems);
    const others = otherFields(data, new Set([key, 'split', 'width', 'height']));
    return {
      ...named,
      place,
      size,
      shares: true,
      split: splitOfName(nameOf(data.split) ?? '') ?? splitOfFolder(path, file),
      boxes,
      imageClasses,
      reviewed: made.annotation !== null,
      unknown: {
        ...otherFields(task, TASK_FIELDS),
        ...(Object.keys(others).length === 0 ? {} : { data: others }),
      },
    };
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    const tasks = await readJson(file, { encoding: options.encoding, problems });
    if (!Array.isArray(tasks))
      throw new TwinheadError('unusable-input', say('formats.notList', { format: 'Label Studio' }), {
        file,
        remedy: say('formats.none.remedy'),
      });
    for (const [index, task] of tasks.entries()) {
      const draft = imageOf(task, index, file);
      if (draft !== null) yield draft;
    }
  }

  return readDrafts(
    {
      format: 'label-studio',
      files,
      read,
      folders: (file) => [join(dirname(file), 'images'), join(dirname(file), basename(file, extname(file)))],
      none: { said: say('formats.none', { format: 'Label Studio' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
