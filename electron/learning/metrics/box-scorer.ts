import { BOX_ERROR_KINDS } from '../../common/heads.ts';
import type { BoxErrorKind } from '../../common/heads.ts';
import { confuseImage } from './box-confusion.ts';
import type { ConfusedImage } from './box-confusion.ts';
import { classifyErrors, mendedPrecisions, NO_ERROR } from './box-errors.ts';
import type { BoxErrors } from './box-errors.ts';
import type { ImageCounts } from './bootstrap.ts';
import { eachPoint, meanOf, outcomesOf, scoreClass } from './class-scores.ts';
import type { ClassList, ClassScore, ScorePoint } from './class-scores.ts';
import { requireBox, tableOf } from './detection-table.ts';
import type { DetectionTable } from './detection-table.ts';
import {
  AREA_RANGES,
  counts,
  fillOverlaps,
  IOU_THRESHOLDS,
  matchCell,
  OUTCOME,
  rangesOf,
} from './matching.ts';
import { sampledPrecisions } from './sampled-precision.ts';
import type { DrawableList } from './sampled-precision.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/** A detection with what it stands for, or a box that was not found. */
export interface FoundBox {
  readonly image: number;
  /** Null: a box that was not found. */
  readonly detection: DetectedBox | null;
  /** Index of its box among those of the image; null: there is none. */
  readonly truth: number | null;
  /** With that box. */
  readonly overlap: number;
  /** Null: it is no error. */
  readonly kind: BoxErrorKind | null;
}

interface LabelledImage {
  readonly truths: readonly TrueBox[];
  readonly confused: ConfusedImage;
  /** Boxes that no detection finds or means. */
  readonly missed: readonly number[];
}

/**
 * Detections of a set of images and what they are worth by its labels. Labels of an image can be given anew at any
 * time: only that image is matched again, and only classes that it concerns are summed up again.
 */
export class BoxScorer {
  readonly #table: DetectionTable;
  readonly #classes: number;
  readonly #countedFrom: number;
  /** By image; null: nobody has labelled boxes on it, and nothing there counts. */
  readonly #labelled: (LabelledImage | null)[];
  /** By position: see ClassList. */
  readonly #ranges: Uint8Array;
  readonly #matched: (Uint8Array | null)[];
  /** By row. */
  readonly #kinds: Uint8Array;
  readonly #finds: Int32Array;
  readonly #truths: Int32Array;
  readonly #overlaps: Float32Array;
  /** [class][area range] */
  readonly #toFind: number[][];
  readonly #missed: number[];
  readonly #confusion: number[][];
  readonly #stale = new Set<number>();
  readonly #scores: ClassScore[];
  readonly #mended: (readonly number[] | null)[];
  readonly #ranks: Int32Array;
  #images = 0;

  /**
   * @param detections by image, in any order; the order of images decides between equal scores
   * @param countedFrom score from which errors and confusions are counted
   * @throws TwinheadError `invalid-input`
   */
  constructor(detections: readonly (readonly DetectedBox[])[], classes: number, countedFrom: number) {
    const table = tableOf(detections, classes);
    this.#table = table;
    this.#classes = classes;
    this.#countedFrom = countedFrom;
    this.#labelled = detections.map(() => null);
    this.#ranges = new Uint8Array(table.rowAt.length);
    this.#matched = new Array<Uint8Array | null>(table.rowAt.length).fill(null);
    this.#kinds = new Uint8Array(table.rows.length).fill(NO_ERROR);
    this.#finds = new Int32Array(table.rows.length).fill(-1);
    this.#truths = new Int32Array(table.rows.length).fill(-1);
    this.#overlaps = new Float32Array(table.rows.length);
    this.#ranks = table.rowAt.map((row) => table.rank[row]!);
    const each = Array.from({ length: classes }, (_, index) => index);
    this.#toFind = each.map(() => AREA_RANGES.map(() => 0));
    this.#missed = each.map(() => 0);
    this.#confusion = [...each, classes].map(() => new Array<number>(classes + 1).fill(0));
    this.#scores = each.map((index) => scoreClass(this.#listOf(index)));
    this.#mended = each.map(() => null);
  }

  /** Images on which boxes are labelled. */
  get images(): number {
    return this.#images;
  }

  /**
   * The boxes of an image; null: nobody has labelled boxes on it.
   * @throws TwinheadError `invalid-input`
   */
  label(image: number, truths: readonly TrueBox[] | null): void {
    for (const one of truths ?? []) requireBox(one, 'truth', image, this.#classes, one.area ?? 0);
    const before = this.#labelled[image] ?? null;
    this.#count(image, before, -1);
    const now = truths === null ? this.#clear(image) : this.#match(image, truths);
    this.#labelled[image] = now;
    this.#images += Number(now !== null) - Number(before !== null);
    this.#count(image, now, 1);
    for (const one of [...(before?.truths ?? []), ...(truths ?? [])]) this.#stale.add(one.classIndex);
    for (const one of this.#rowsOf(image)) this.#stale.add(one.classIndex);
  }

  /** In the order of the classes. */
  classScores(): readonly ClassScore[] {
    this.#refresh();
    return this.#scores;
  }

  /** Counts of each kind of error, and what each kind costs in mAP50: see classifyErrors and mendedPrecisions. */
  errors(): BoxErrors[] {
    this.#refresh();
    const now = meanOf(this.#scores.map(({ ap50 }) => ap50)) ?? 0;
    const numbers = new Array<number>(NO_ERROR + 1).fill(0);
    for (let row = 0; row < this.#kinds.length; row++)
      if (this.#table.rows[row]!.score >= this.#countedFrom) numbers[this.#kinds[row]!]!++;
    const missed = this.#missed.reduce((sum, count) => sum + count, 0);
    return BOX_ERROR_KINDS.map((kind, index) => ({
      kind,
      count: kind === 'missed' ? missed : numbers[index]!,
      cost: Math.max(0, (meanOf(this.#mended.map((one) => one?.[index] ?? null)) ?? 0) - now),
    }));
  }

  /** counts[truth][detected]; the last row is background (nothing is there), the last column are boxes not found. */
  confusion(): number[][] {
    return this.#confusion.map((row) => [...row]);
  }

  /** Detections of a class from the score on from which they are counted. */
  detections(classIndex: number): number {
    const { start, scores, rowAt, image } = this.#table;
    let count = 0;
    for (let at = start[classIndex]!; at < start[classIndex + 1]!; at++)
      if (scores[at]! >= this.#countedFrom && this.#labelled[image[rowAt[at]!]!] !== null) count++;
    return count;
  }

  /** Mean overlap of the detections that find a box at 0.5, from the score on from which they are counted; null: none. */
  meanOverlap(): number | null {
    let [sum, count] = [0, 0];
    for (let row = 0; row < this.#kinds.length; row++) {
      // Its box, if it is no error: what lies in a group has none.
      if (this.#kinds[row] !== NO_ERROR || this.#truths[row] === -1) continue;
      if (this.#table.rows[row]!.score < this.#countedFrom) continue;
      sum += this.#overlaps[row]!;
      count++;
    }
    return count === 0 ? null : sum / count;
  }

  /**
   * Gives the mAP50 of a sample of the images, as if each were there as many times as it was drawn. What is matched when
   * it is asked for stays so.
   */
  resampler(): (counts: ImageCounts) => number | null {
    const sampled = this.#sampler(1);
    return (counts) => meanOf(sampled(counts).map((by) => by?.[0] ?? null));
  }

  /** As `resampler`, of mAP50, mAP50-95 and the AP50 of each class. */
  figureResampler(): (counts: ImageCounts) => {
    readonly map50: number | null;
    readonly map: number | null;
    /** In the order of the classes. */
    readonly ap50: readonly (number | null)[];
  } {
    const sampled = this.#sampler(IOU_THRESHOLDS.length);
    return (counts) => {
      const precisions = sampled(counts);
      const ap50 = precisions.map((by) => by?.[0] ?? null);
      return { map50: meanOf(ap50), map: meanOf(precisions.map((by) => by && meanOf(by))), ap50 };
    };
  }

  /** Average precisions of a sample, [class][threshold]; null for a class without a box in it. */
  #sampler(thresholds: number): (counts: ImageCounts) => (number[] | null)[] {
    const lists = this.#scores.map((_, classIndex) => this.#drawable(classIndex, thresholds));
    return (counts) => lists.map((list) => sampledPrecisions(list, counts, thresholds));
  }

  /** What the precision of a class rests on, by image. */
  #drawable(classIndex: number, thresholds: number): DrawableList {
    const { ranges, matched } = this.#listOf(classIndex);
    const { rowAt, image, start } = this.#table;
    const bits = (at: number, wanted: number): number => {
      const outcomes = matched[at];
      const alike = (ranges[at]! & 1) === 1 ? OUTCOME.wrong : OUTCOME.ignored;
      let sum = 0;
      for (let t = 0; t < thresholds; t++) sum += Number((outcomes?.[t] ?? alike) === wanted) << t;
      return sum;
    };
    const right = Uint16Array.from(ranges, (_, at) => bits(at, OUTCOME.right));
    const wrong = Uint16Array.from(ranges, (_, at) => bits(at, OUTCOME.wrong));
    const counted = [...ranges.keys()].filter((at) => (right[at]! | wrong[at]!) !== 0);
    const truths = this.#labelled.flatMap((labelled, index) => {
      const own =
        labelled?.truths.filter((one) => one.classIndex === classIndex && counts(one, 0)).length ?? 0;
      return own === 0 ? [] : [{ image: index, count: own }];
    });
    return {
      images: Int32Array.from(counted, (at) => image[rowAt[start[classIndex]! + at]!]!),
      right: Uint16Array.from(counted, (at) => right[at]!),
      wrong: Uint16Array.from(counted, (at) => wrong[at]!),
      truths,
    };
  }

  /** Scores of a class at which something changes, most confident first, at the overlap 0.5. */
  points(classIndex: number): ScorePoint[] {
    const list = this.#listOf(classIndex);
    const points: ScorePoint[] = [];
    eachPoint(outcomesOf(list), list.scores, (score, right, wrong) => points.push({ score, right, wrong }));
    return points;
  }

  /** Every detection that counts, as an error or none, and every box that is missed. @param on images; all */
  *foundBoxes(on: Iterable<number> = this.#labelled.keys()): Generator<FoundBox> {
    const { rows, first, position } = this.#table;
    for (const image of on) {
      const labelled = this.#labelled[image] ?? null;
      if (labelled === null) continue;
      for (let row = first[image]!; row < first[image + 1]!; row++) {
        if (position[row] === -1) continue;
        const truth = this.#truths[row]!;
        const kind = BOX_ERROR_KINDS[this.#kinds[row]!] ?? null;
        // What lies in a group is neither right nor wrong.
        if (kind === null && truth === -1) continue;
        const [detection, overlap] = [rows[row]!, this.#overlaps[row]!];
        yield { image, detection, truth: truth === -1 ? null : truth, overlap, kind };
      }
      for (const truth of labelled.missed)
        yield { image, detection: null, truth, overlap: 0, kind: 'missed' };
    }
  }

  /** What each cell of the matrix counts. @param on images; all */
  *confused(on: Iterable<number> = this.#labelled.keys()): Generator<FoundBox> {
    for (const image of on) {
      const labelled = this.#labelled[image] ?? null;
      if (labelled === null) continue;
      const { truths, notFound } = labelled.confused;
      const first = this.#table.first[image]!;
      for (const [d, truth] of truths.entries()) {
        if (truth === null) continue;
        const detection = this.#table.rows[first + d]!;
        const overlaps = new Float64Array(1);
        if (truth >= 0) fillOverlaps([detection], [labelled.truths[truth]!], overlaps);
        yield { image, detection, truth: truth < 0 ? null : truth, overlap: overlaps[0]!, kind: null };
      }
      for (const truth of notFound) yield { image, detection: null, truth, overlap: 0, kind: 'missed' };
    }
  }

  #rowsOf(image: number): readonly DetectedBox[] {
    const { rows, first } = this.#table;
    return rows.slice(first[image], first[image + 1]);
  }

  #clear(image: number): null {
    const { first, position } = this.#table;
    for (let row = first[image]!; row < first[image + 1]!; row++) {
      this.#kinds[row] = NO_ERROR;
      this.#finds[row] = -1;
      this.#truths[row] = -1;
      if (position[row] === -1) continue;
      this.#ranges[position[row]!] = 0;
      this.#matched[position[row]!] = null;
    }
    return null;
  }

  #match(image: number, truths: readonly TrueBox[]): LabelledImage {
    const { first, position } = this.#table;
    const start = first[image]!;
    const rows = this.#rowsOf(image);
    const overlaps = new Float64Array(rows.length * truths.length);
    fillOverlaps(rows, truths, overlaps);
    const counted: number[] = [];
    /** Detections that may find a box of their class. */
    const near: number[] = [];
    for (const [d, row] of rows.entries()) {
      const at = position[start + d]!;
      if (at === -1) continue;
      counted.push(d);
      this.#ranges[at] = rangesOf(row);
      this.#matched[at] = null;
      const finds = (truth: TrueBox, t: number): boolean =>
        truth.classIndex === row.classIndex && overlaps[d * truths.length + t]! >= IOU_THRESHOLDS[0]!;
      if (truths.some(finds)) near.push(d);
    }
    const overlapsOf = (ds: readonly number[], ts: readonly number[]): Float64Array =>
      Float64Array.from(
        { length: ds.length * ts.length },
        (_, i) => overlaps[ds[Math.floor(i / ts.length)]! * truths.length + ts[i % ts.length]!]!,
      );
    for (const [classIndex, own] of Map.groupBy(near, (d) => rows[d]!.classIndex)) {
      const ts = truths.flatMap((truth, t) => (truth.classIndex === classIndex ? [t] : []));
      const outcomes = matchCell({
        truths: ts.map((t) => truths[t]!),
        detections: own.map((d) => rows[d]!),
        overlaps: overlapsOf(own, ts),
      });
      for (const [i, d] of own.entries()) this.#matched[position[start + d]!] = outcomes[i]!;
    }
    const all = truths.map((_, t) => t);
    const classified = classifyErrors(
      truths,
      counted.map((d) => rows[d]!),
      counted.length === rows.length ? overlaps : overlapsOf(counted, all),
    );
    for (const [i, { kind, truth, finds }] of classified.detections.entries()) {
      const d = counted[i]!;
      const row = start + d;
      this.#kinds[row] = kind === null ? NO_ERROR : BOX_ERROR_KINDS.indexOf(kind);
      this.#finds[row] = finds ? truths[truth]!.classIndex : -1;
      this.#truths[row] = truth;
      this.#overlaps[row] = truth < 0 ? 0 : overlaps[d * truths.length + truth]!;
    }
    // Rows go by falling score.
    const sure = rows.filter(({ score }) => score >= this.#countedFrom);
    const isCounted = (d: number): boolean => position[start + d] !== -1;
    const confused = confuseImage(truths, sure, overlaps, isCounted);
    return { truths, missed: classified.missed, confused };
  }

  /** Adds what an image counts for in sums, or takes it away. */
  #count(image: number, labelled: LabelledImage | null, sign: 1 | -1): void {
    if (labelled === null) return;
    const { truths, missed, confused } = labelled;
    const first = this.#table.first[image]!;
    const classOf = (t: number): number => truths[t]!.classIndex;
    for (const truth of truths)
      for (let range = 0; range < AREA_RANGES.length; range++)
        if (counts(truth, range)) this.#toFind[truth.classIndex]![range]! += sign;
    for (const t of missed) this.#missed[classOf(t)]! += sign;
    for (const [d, t] of confused.truths.entries()) {
      if (t === null) continue;
      this.#confusion[t < 0 ? this.#classes : classOf(t)]![this.#table.rows[first + d]!.classIndex]! += sign;
    }
    for (const t of confused.notFound) this.#confusion[classOf(t)]![this.#classes]! += sign;
  }

  #range(classIndex: number): [from: number, to: number] {
    return [this.#table.start[classIndex]!, this.#table.start[classIndex + 1]!];
  }

  #listOf(classIndex: number): ClassList {
    const [from, to] = this.#range(classIndex);
    return {
      scores: this.#table.scores.subarray(from, to),
      ranks: this.#ranks.subarray(from, to),
      ranges: this.#ranges.subarray(from, to),
      matched: this.#matched.slice(from, to),
      truths: this.#toFind[classIndex]!,
    };
  }

  #refresh(): void {
    if (this.#stale.size === 0) return;
    const renamed = this.#renamed();
    for (const classIndex of this.#stale) {
      const list = this.#listOf(classIndex);
      this.#scores[classIndex] = scoreClass(list);
      const [from, to] = this.#range(classIndex);
      const rows = this.#table.rowAt.subarray(from, to);
      const errors = {
        scores: list.scores,
        outcomes: outcomesOf(list),
        kinds: Uint8Array.from(rows, (row) => this.#kinds[row]!),
        finds: rows.map((row) => this.#finds[row]!),
        truths: this.#toFind[classIndex]![0]!,
        missed: this.#missed[classIndex]!,
      };
      this.#mended[classIndex] = mendedPrecisions(
        errors,
        classIndex,
        Float64Array.from(renamed[classIndex] ?? []),
      );
    }
    this.#stale.clear();
  }

  /** By true class: scores of detections that would find a box of it under its right name. */
  #renamed(): number[][] {
    const lists = Array.from({ length: this.#classes }, (): number[] => []);
    const kind = BOX_ERROR_KINDS.indexOf('class');
    for (let row = 0; row < this.#kinds.length; row++)
      if (this.#kinds[row] === kind && this.#finds[row]! >= 0)
        lists[this.#finds[row]!]!.push(this.#table.rows[row]!.score);
    return lists;
  }
}
