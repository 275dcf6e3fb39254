import { z } from 'zod';
import { BOX_ERROR_KINDS, SIZES, TASKS } from './heads.ts';

/** What labels of boxes may be wrong by (Tkachenko et al. 2023, "ObjectLab"). */
export const BOX_SUSPECTS = ['overlooked', 'misplaced', 'swapped'] as const;
export type BoxSuspect = (typeof BOX_SUSPECTS)[number];

/** The same of all labels: image classes may be wrong, too. */
export const SUSPECTS = [...BOX_SUSPECTS, 'misclassed'] as const;
export type Suspect = (typeof SUSPECTS)[number];

/**
 * How images fare beside another run, or other labels: right before and wrong now, the other way round, or wrong both times
 * with more or fewer errors.
 */
export const SIDE_CHANGES = ['broken', 'mended', 'worse', 'better'] as const;
export type SideChange = (typeof SIDE_CHANGES)[number];

/** Bins of confidence, of equal width: as many as Guo et al. 2017 use. */
export const CALIBRATION_BINS = 15;

/** Value of an attribute of boxes. */
export const AttributeValue = z.union([z.string(), z.number(), z.boolean()]);

const id = z.int().nullable();
/** A score in thousandths, so that an address says it exactly. */
const thousandths = z.int().min(0).max(1000);

/** A number of an evaluation that stands for answers, and so for images. Classes by their ids; null: none. */
export const EvaluationPart = z.discriminatedUnion('of', [
  z.object({ of: z.literal('error'), error: z.enum(BOX_ERROR_KINDS) }),
  /** A cell of the matrix of boxes: no `truth` is background, no `found` a box that was not found. */
  z.object({ of: z.literal('boxes'), truth: id, found: id }),
  /** A cell of the matrix of image classes. */
  z.object({ of: z.literal('imageClasses'), truth: z.int(), found: z.int() }),
  /** Errors that have to do with a class. */
  z.object({ of: z.literal('boxClass'), classId: z.int() }),
  z.object({ of: z.literal('imageClass'), classId: z.int() }),
  /** Answers of a bin of the reliability diagram. */
  z.object({
    of: z.literal('confidence'),
    bin: z
      .int()
      .min(0)
      .max(CALIBRATION_BINS - 1),
  }),
  /** Errors with boxes of a size. */
  z.object({ of: z.literal('size'), size: z.enum(SIZES) }),
  /** Detections on images that are known to be empty, from the run's own thresholds on. */
  z.object({ of: z.literal('falseAlarms') }),
  z.object({ of: z.literal('suspect'), suspect: z.enum(SUSPECTS) }),
  /** Detections of a class with a score from `from` on and below `to`; 1000 is included. */
  z.object({ of: z.literal('scores'), classId: z.int(), from: thousandths, to: thousandths }),
  /** What is wrong with a class if its boxes are taken from a score on: wrong detections, and boxes not found. */
  z.object({ of: z.literal('cutoff'), classId: z.int(), from: thousandths }),
  /** Errors with boxes that have a value of an attribute; null: that haven't got it. */
  z.object({ of: z.literal('attribute'), name: z.string(), value: AttributeValue.nullable() }),
  /** Images that a head answers otherwise than that of a run, by the labels of snapshots; no snapshot: of now. */
  z.object({
    of: z.literal('changed'),
    task: z.enum(TASKS),
    change: z.enum(SIDE_CHANGES),
    /** By the labels `before`. */
    run: z.string(),
    before: id,
    after: id,
  }),
]);
export type EvaluationPart = z.infer<typeof EvaluationPart>;

type PartOf<Of extends EvaluationPart['of']> = Extract<EvaluationPart, { of: Of }>;
type OfClass = Extract<EvaluationPart, { classId: number }>['of'];
type Cell = Extract<EvaluationPart, { truth: unknown }>['of'];

/** The same by the network's own indices of classes. */
export type ScorePart =
  /** Every error, or every box that is found, from the score on from which the run shows boxes. */
  | { readonly of: 'wrong' }
  | { readonly of: 'found' }
  | PartOf<Exclude<EvaluationPart['of'], OfClass | Cell | 'falseAlarms' | 'changed' | 'attribute'>>
  /** From which score on, by class; null: as the run shows them. */
  | { readonly of: 'falseAlarms'; readonly from: readonly (number | null)[] }
  | { [Of in OfClass]: Omit<PartOf<Of>, 'classId'> & { readonly classIndex: number } }[OfClass]
  | { [Of in Cell]: { readonly of: Of; readonly truth: number | null; readonly found: number | null } }[Cell];

const NONE = 'none';

/** By kind of part, what it says besides, in the order in which it is written. */
const FIELDS = new Map<string, readonly string[]>(
  EvaluationPart.options.map(({ shape }) => [
    shape.of.value,
    Object.keys(shape).filter((name) => name !== 'of'),
  ]),
);

type Word = z.infer<typeof AttributeValue> | null;

/** A word of a part; what is no plain one as JSON, without the signs that part lists and their parts. */
function wordText(word: Word): string {
  if (word === null) return NONE;
  if (word !== NONE && /^([a-zA-Z]\w*|\d+)$/.test(String(word)) && typeof word !== 'boolean') {
    if (typeof word === 'number' || !/^\d/.test(word)) return String(word);
  }
  return `=${encodeURIComponent(JSON.stringify(word)).replaceAll('.', '%2E').replaceAll('~', '%7E')}`;
}

/** Undefined where the text is no word. */
function readWord(text: string): unknown {
  if (text === NONE) return null;
  if (!text.startsWith('=')) return /^\d+$/.test(text) ? Number(text) : text;
  try {
    return JSON.parse(decodeURIComponent(text.slice(1)));
  } catch {
    return undefined;
  }
}

/** A part as addresses and the command line write it: "error.missed", "boxes.3.none". */
export function partText(part: EvaluationPart): string {
  const said = new Map<string, Word>(Object.entries(part));
  return [part.of, ...FIELDS.get(part.of)!.map((name) => wordText(said.get(name) ?? null))].join('.');
}

/** Null where the text is none. */
export function readPart(text: string): EvaluationPart | null {
  const [of = '', ...words] = text.split('.');
  const said = (FIELDS.get(of) ?? []).map((name, index) => [name, readWord(words[index] ?? '')] as const);
  return EvaluationPart.safeParse({ of, ...Object.fromEntries(said) }).data ?? null;
}

/**
 * A part by the classes that a head tells apart, in their order; null where one is none of them.
 * @param thresholds of the run, by class
 */
export function byIndex(
  part: EvaluationPart,
  classes: readonly { readonly id: number }[],
  thresholds: ReadonlyMap<number, number>,
): ScorePart | null {
  const index = (id: number | null): number | null =>
    id === null ? null : classes.findIndex((one) => one.id === id);
  // It takes two sets of answers to find them.
  if (part.of === 'changed') return null;
  // Which of them have the value, the labels say.
  if (part.of === 'attribute') return { of: 'wrong' };
  if (part.of === 'falseAlarms')
    return { of: part.of, from: classes.map((one) => thresholds.get(one.id) ?? null) };
  if ('classId' in part) {
    const { classId, ...rest } = part;
    const classIndex = index(classId)!;
    return classIndex < 0 ? null : { ...rest, classIndex };
  }
  if ('truth' in part) {
    const [truth, found] = [index(part.truth), index(part.found)];
    return truth === -1 || found === -1 ? null : { of: part.of, truth, found };
  }
  return part;
}
