import { basename, relative } from 'node:path';
import type { Dataset, DatasetBox } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJson } from '../../json.ts';
import { splitOfName } from '../../split-names.ts';
import { datasetBox, nameOf, numbersOf, scoreOf } from '../../values.ts';

const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');
const looksLikeCreateMl = (head: string): boolean =>
  /^\ufeff?\s*\[/.test(head) &&
  /"(image|imagefilename)"\s*:/.test(head) &&
  /"annotations?"\s*:/.test(head) &&
  !head.includes('"data"');
const BOX_FIELDS = new Set(['label', 'coordinates', 'confidence']);
const IMAGE_FIELDS = new Set(['image', 'imagefilename', 'annotations', 'annotation']);

export async function detectCreateMl(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isJson, looksLikeCreateMl);
  return file === null
    ? null
    : say('exchange.evidence.createml', { file: relative(path, file) || basename(file) });
}

/** Their x and y are the centre of the box, in pixels. */
function boxOf(entry: unknown): DatasetBox | Sentence {
  if (!isObject(entry)) return say('formats.notObject');
  const name = nameOf(entry.label);
  if (name === null) return say('formats.noClass');
  const { coordinates } = entry;
  const numbers = isObject(coordinates)
    ? numbersOf([coordinates.x, coordinates.y, coordinates.width, coordinates.height])
    : null;
  if (numbers === null) return say('formats.noNumbers', { name });
  const [x, y, width, height] = numbers as [number, number, number, number];
  return datasetBox({ x: x - width / 2, y: y - height / 2, width, height }, name, {
    score: scoreOf(entry.confidence),
    unknown: otherFields(entry, BOX_FIELDS),
  });
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readCreateMl(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isJson, looksLikeCreateMl);

  function imageOf(entry: unknown, place: string, file: string): Draft | null {
    const named = isObject(entry) ? nameOf(entry.image ?? entry.imagefilename) : null;
    if (!isObject(entry) || named === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const list = entry.annotations ?? entry.annotation;
    const boxes: DraftBox[] = [];
    for (const [index, one] of (Array.isArray(list) ? list : []).entries()) {
      const where = `${place}.annotations[${index}]`;
      const box = boxOf(one);
      if ('key' in box) problems.add(file, where, box, say('formats.correct'));
      else boxes.push({ box, place: where });
    }
    return {
      path: named,
      place,
      size: null,
      split: splitOfFolder(path, file) ?? splitOfName(basename(file)),
      boxes,
      imageClasses: [],
      reviewed: Array.isArray(list) && list.length === 0,
      unknown: otherFields(entry, IMAGE_FIELDS),
    };
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    const entries = await readJson(file, { encoding: options.encoding, problems });
    if (!Array.isArray(entries))
      throw new TwinheadError('unusable-input', say('formats.notList', { format: 'Create ML' }), {
        file,
        remedy: say('formats.none.remedy'),
      });
    for (const [index, entry] of entries.entries()) {
      const draft = imageOf(entry, `[${index}]`, file);
      if (draft !== null) yield draft;
    }
  }

  return readDrafts(
    {
      format: 'createml',
      files,
      read,
      none: { said: say('formats.none', { format: 'Create ML' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
