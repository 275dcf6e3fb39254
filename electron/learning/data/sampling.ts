import type { Random } from '../../common/random.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Task } from '../heads/types.ts';
import type { LabelledData, TrainingSample } from '../samples/dataset.ts';

/** A class that is repeated, and how often an epoch shows each of its images, on average. */
export interface RepeatedClass {
  readonly name: string;
  readonly factor: number;
}

export interface Repeats {
  /** By sample, 1 or more. */
  readonly factors: readonly number[];
  /** The classes whose images are repeated, the rarest first. */
  readonly classes: readonly RepeatedClass[];
}

/**
 * Repeat-factor sampling (Gupta, Dollár & Girshick 2019, "LVIS", section 4.1): a class with the share f of the images
 * is repeated r = max(1, √(t / f)) times, an image as often as its rarest class. Object and image classes count alike;
 * shares are of the images that are labelled for the head, so that what nobody has labelled does not make a class rare.
 * @param samples of the training split
 * @param threshold t, 0 to 1
 * @param tasks that are trained: the classes of others do not count
 */
export function repeatFactors(
  samples: readonly TrainingSample[],
  data: Pick<LabelledData, 'imageClasses' | 'objectClasses'>,
  threshold: number,
  tasks: readonly Task[],
): Repeats {
  const factors = new Array<number>(samples.length).fill(1);
  const classes: RepeatedClass[] = [];
  for (const task of tasks) {
    const named = data[task.classes];
    const present = samples.map((sample) => task.classesOf(sample));
    const labelled = present.filter((list) => list !== null).length;
    const counts = new Array<number>(named.length).fill(0);
    for (const list of present) for (const index of list ?? []) counts[index]!++;
    const ofClass = counts.map((count) => Math.max(1, Math.sqrt((threshold * labelled) / count)));
    present.forEach((list, i) => {
      for (const index of list ?? []) factors[i] = Math.max(factors[i]!, ofClass[index]!);
    });
    named.forEach(({ name }, index) => {
      if (counts[index]! > 0 && ofClass[index]! > 1) classes.push({ name, factor: ofClass[index]! });
    });
  }
  return { factors, classes: classes.sort((a, b) => b.factor - a.factor) };
}

const wholePart = (factors: readonly number[]): number =>
  factors.reduce((sum, factor) => sum + Math.floor(factor), 0);
const fractions = (factors: readonly number[]): number =>
  factors.reduce((sum, factor) => sum + (factor % 1), 0);

/** Images that an epoch shows: the sum of the factors, rounded; the same in every epoch. */
export const imagesAnEpoch = (factors: readonly number[]): number =>
  wholePart(factors) + Math.round(fractions(factors));

/**
 * The indices of an epoch in random order: each as often as the whole part of its factor, and once more with the chance
 * of the rest, by systematic sampling, so that every epoch has the same length.
 */
export function drawIndices(factors: readonly number[], random: Random): number[] {
  const indices = random.shuffle(Array.from({ length: factors.length }, (_, index) => index));
  const rest = fractions(factors);
  const extras = Math.round(rest);
  // Never 0, so that rounding of the sums cannot lose the last one.
  const start = random.next() + 2 ** -33;
  const chosen: number[] = [];
  let before = 0;
  for (const index of indices) {
    const after = before + (rest === 0 ? 0 : ((factors[index]! % 1) * extras) / rest);
    const extra = Math.floor(after + start) - Math.floor(before + start);
    for (let i = 0; i < Math.floor(factors[index]!) + extra; i++) chosen.push(index);
    before = after;
  }
  return random.shuffle(chosen);
}

/** What balancing does to an epoch. */
export function describeRepeats({ factors, classes }: Repeats, threshold: number): Sentence {
  if (classes.length === 0) return say('training.notBalanced', { threshold: String(threshold) });
  const most = classes
    .slice(0, 3)
    .map(({ name, factor }) => say('training.balanced.class', { name, factor: factor.toFixed(1) }));
  const values = {
    shown: imagesAnEpoch(factors),
    images: factors.length,
    classes: { list: most, comma: true },
  } as const;
  const more = classes.length - most.length;
  return more > 0 ? say('training.balanced.more', { ...values, more }) : say('training.balanced', values);
}
