import type { BoxSuspect } from '../../common/score-parts.ts';
import { fillOverlaps } from './matching.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/** Labels of an image beside what was found on it. */
export interface SuspectImage {
  /** null: nobody has labelled boxes on it. */
  readonly truths: readonly TrueBox[] | null;
  readonly detections: readonly DetectedBox[];
}

/** A label that may be wrong, or a place where one may be lacking. */
export interface SuspectBox {
  readonly image: number;
  /** How suspicious it is, 0 to 1. */
  readonly score: number;
  readonly overlap: number;
  readonly error: null;
  /** What the network finds. */
  readonly box: DetectedBox;
  /** Index of the label; null: it is lacking. */
  readonly truth: number | null;
}

const TOGETHER = 0.5;
/** Below this overlap two boxes have nothing to do with each other. */
const APART = 0.1;
/** A label that overlaps what is found by this much is well placed. */
const WELL_PLACED = 0.75;
/** Share of the detections that agree with a label which is not sure enough to speak against one. */
const UNSURE = 0.25;

/** A detection with its overlaps with the labels. */
interface Witness {
  readonly box: DetectedBox;
  readonly overlaps: Float64Array;
}

/**
 * Labels that may be wrong, the most suspicious first, after ObjectLab (Tkachenko et al. 2023, "ObjectLab: Automated
 * Diagnosis of Mislabeled Images in Object Detection Data"): overlooked objects, misplaced boxes, swapped classes.
 * Where ObjectLab asks for fixed confidences, a detection speaks against labels when it is surer than a quarter of the
 * detections of its class that agree with one: classes are learned unequally well.
 */
export function suspectBoxes(images: readonly SuspectImage[], suspect: BoxSuspect): SuspectBox[] {
  const all = images.map(({ truths, detections }) =>
    detections.map((box): Witness => {
      const overlaps = new Float64Array(truths?.length ?? 0);
      fillOverlaps([box], truths ?? [], overlaps);
      return { box, overlaps };
    }),
  );
  const sure = surenessOf(images, all);
  return images
    .flatMap(({ truths }, image) => {
      if (truths === null) return [];
      const witnesses = all[image]!.filter(({ box }) => box.score >= (sure.get(box.classIndex) ?? Infinity));
      const found = FIND[suspect](truths, witnesses, all[image]!);
      return found.map((one): SuspectBox => ({ image, error: null, ...one }));
    })
    .sort((a, b) => b.score - a.score || a.image - b.image);
}

type Found = Omit<SuspectBox, 'image' | 'error'>;

const FIND: Readonly<
  Record<
    BoxSuspect,
    (truths: readonly TrueBox[], sure: readonly Witness[], all: readonly Witness[]) => readonly Found[]
  >
> = {
  /** A sure detection where no label is, and no surer one of the same object. */
  overlooked: (truths, sure, all) =>
    sure.flatMap(({ box, overlaps }) => {
      const overlap = Math.max(0, ...overlaps);
      const other = (t: number): boolean =>
        all.some((one) => one.box !== box && isOf(truths[t]!, one) && one.overlaps[t]! >= TOGETHER);
      // A label near it that nothing else agrees with is misplaced instead.
      const lacking = overlap < APART || (overlap < TOGETHER && other(overlaps.indexOf(overlap)));
      const double = sure.some((one) => one.box.score > box.score && overlapOf(one.box, box) >= TOGETHER);
      return lacking && !double ? [{ score: box.score * (1 - overlap), overlap, box, truth: null }] : [];
    }),
  /** A label beside the sure detection that means it. */
  misplaced: (truths, sure, all) =>
    truths.flatMap((label, truth) => {
      if (label.crowd === true) return [];
      const own = (one: Witness): boolean => isOf(label, one) && one.overlaps[truth]! >= APART;
      if (all.some((one) => own(one) && one.overlaps[truth]! >= WELL_PLACED)) return [];
      const means = sure.filter((one) => own(one) && meant(truths, one) === truth);
      return best(means, truth, (one) => one.box.score * (1 - one.overlaps[truth]!));
    }),
  /** A label at whose place another class is found, and more surely than its own. */
  swapped: (truths, sure, all) =>
    truths.flatMap((label, truth) => {
      if (label.crowd === true) return [];
      const here = (one: Witness): boolean => one.overlaps[truth]! >= TOGETHER;
      const agreement = Math.max(
        0,
        ...all.flatMap((one) => (isOf(label, one) && here(one) ? [weight(one, truth)] : [])),
      );
      const others = sure.filter((one) => !isOf(label, one) && here(one) && weight(one, truth) > agreement);
      return best(others, truth, (one) => weight(one, truth) - agreement);
    }),
};

const isOf = (label: TrueBox, { box }: Witness): boolean => label.classIndex === box.classIndex;
const weight = ({ box, overlaps }: Witness, truth: number): number => box.score * overlaps[truth]!;

/** The label of its class that a detection overlaps most. */
function meant(truths: readonly TrueBox[], witness: Witness): number {
  let most = -1;
  for (const [t, label] of truths.entries())
    if (isOf(label, witness) && (most < 0 || witness.overlaps[t]! > witness.overlaps[most]!)) most = t;
  return most;
}

function best(witnesses: readonly Witness[], truth: number, scoreOf: (one: Witness) => number): Found[] {
  const [first, ...others] = witnesses;
  if (first === undefined) return [];
  const chosen = others.reduce((most, one) => (scoreOf(one) > scoreOf(most) ? one : most), first);
  return [{ score: scoreOf(chosen), overlap: chosen.overlaps[truth]!, box: chosen.box, truth }];
}

function overlapOf(a: DetectedBox, b: DetectedBox): number {
  const into = new Float64Array(1);
  fillOverlaps([a], [b], into);
  return into[0]!;
}

/** By class, the score from which a detection speaks against labels. */
function surenessOf(
  images: readonly SuspectImage[],
  all: readonly (readonly Witness[])[],
): Map<number, number> {
  const agreeing = new Map<number, number[]>();
  for (const [image, { truths }] of images.entries()) {
    for (const [t, label] of (truths ?? []).entries()) {
      const scores = all[image]!.flatMap((one) =>
        isOf(label, one) && one.overlaps[t]! >= TOGETHER ? [one.box.score] : [],
      );
      if (scores.length === 0) continue;
      const of = agreeing.get(label.classIndex) ?? [];
      of.push(Math.max(...scores));
      agreeing.set(label.classIndex, of);
    }
  }
  return new Map(
    [...agreeing].map(([index, scores]) => {
      const sorted = scores.sort((a, b) => a - b);
      return [index, sorted[Math.floor(UNSURE * sorted.length)]!];
    }),
  );
}
