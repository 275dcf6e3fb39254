import type { Reader } from '../database/database.ts';
import { BOX_COLUMNS, BOX_VALUE_NAMES, BOX_VALUES, FIRST_BOX_VALUES, saysNothing } from './box-rows.ts';
import type { BoxRow } from './box-rows.ts';

/**
 * A checksum of an image's labels, 48 bits: the exclusive or of those of its boxes and image classes (MurmurHash3, Appleby
 * 2011). It follows from what a change takes and adds, so a flipped bit is found however often others are edited.
 */
export type LabelSum = number;

const LANE = 2 ** 32;

/** The sum of both sets of labels, and what has to be added to one for the other. */
export function joined(a: LabelSum, b: LabelSum): LabelSum {
  const high = (Math.floor(a / LANE) ^ Math.floor(b / LANE)) >>> 0;
  return high * LANE + ((a ^ b) >>> 0);
}

/** Two lanes of MurmurHash3 (x86, 32 bits) with different seeds. */
class Mixer {
  #low = 0x2545f491;
  #high = 0x9e3779b9;
  #length = 0;

  word(value: number): void {
    this.#low = mixed(this.#low, value);
    this.#high = mixed(this.#high, value ^ 0x5bd1e995);
    this.#length += 1;
  }

  number(value: number): void {
    // SQLite stores a negative zero as zero.
    double[0] = value + 0;
    this.word(halves[0]!);
    this.word(halves[1]!);
  }

  text(value: string | null): void {
    if (value === null) {
      this.word(-1);
      return;
    }
    this.word(value.length);
    for (let index = 0; index < value.length; index += 2)
      this.word(value.charCodeAt(index) | ((value.charCodeAt(index + 1) || 0) << 16));
  }

  sum(): LabelSum {
    const high = finished(this.#high ^ this.#length) >>> 16;
    return high * LANE + (finished(this.#low ^ this.#length) >>> 0);
  }
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

function mixed(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const next = state ^ k;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(state: number): number {
  let hash = state;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const TEXTS = BOX_VALUE_NAMES.map((name) => BOX_VALUES[name].holds === 'text');

/** @param as its id and class, where they are not those of the row */
export function boxSum(
  box: BoxRow,
  { id = box.id, classId = box.classId }: Partial<Pick<BoxRow, 'id' | 'classId'>> = box,
): LabelSum {
  const mixer = new Mixer();
  mixer.number(id);
  mixer.number(classId);
  for (let at = 0; at < BOX_VALUE_NAMES.length; at += 1) {
    const value = box[BOX_VALUE_NAMES[at]!];
    if (at >= FIRST_BOX_VALUES.length) {
      if (saysNothing(BOX_VALUE_NAMES[at]!, value)) continue;
      mixer.word(at);
    }
    if (typeof value === 'number') mixer.number(value);
    else if (TEXTS[at]) mixer.text(value);
    else mixer.number(-1);
  }
  return mixer.sum();
}

export function imageClassSum(classId: number): LabelSum {
  const mixer = new Mixer();
  mixer.text('image class');
  mixer.number(classId);
  return mixer.sum();
}

interface OwnedBox extends BoxRow {
  readonly imageId: number;
}

/** The sums of the labels as they are stored now, of `imageIds` or of all images that have any. */
export function countedSums(reader: Reader, imageIds?: readonly number[]): Map<number, LabelSum> {
  const sums = new Map<number, LabelSum>();
  const add = (imageId: number, sum: LabelSum): void => {
    sums.set(imageId, joined(sums.get(imageId) ?? 0, sum));
  };
  const [which, values] =
    imageIds === undefined
      ? ['', []]
      : ['WHERE image_id IN (SELECT value FROM json_each(?))', [JSON.stringify(imageIds)]];
  for (const box of reader.iterate<OwnedBox>(
    `SELECT image_id AS imageId, ${BOX_COLUMNS} FROM boxes ${which}`,
    ...values,
  ))
    add(box.imageId, boxSum(box));
  for (const { imageId, classId } of reader.iterate<{ imageId: number; classId: number }>(
    `SELECT image_id AS imageId, class_id AS classId FROM image_classes ${which}`,
    ...values,
  ))
    add(imageId, imageClassSum(classId));
  return sums;
}

/** Images whose labels are not those that were stored, in the order of the ids; at most `limit`. */
export function changedLabels(
  reader: Reader,
  limit: number,
): { readonly id: number; readonly path: string }[] {
  const sums = countedSums(reader);
  const changed: { id: number; path: string }[] = [];
  for (const { id, path, labelSum } of reader.iterate<{ id: number; path: string; labelSum: number }>(
    'SELECT id, path, label_sum AS labelSum FROM images WHERE label_sum IS NOT NULL ORDER BY id',
  )) {
    if ((sums.get(id) ?? 0) === labelSum) continue;
    changed.push({ id, path });
    if (changed.length >= limit) break;
  }
  return changed;
}
