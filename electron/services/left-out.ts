import { SPLITS } from '../common/entities.ts';
import type { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';

/** An image that a work stands on. */
export interface UsedImage {
  readonly file: string;
  readonly split: Split;
}

/** What a work says of the images that it goes without. */
export interface LeftOut {
  readonly count: number;
  readonly leftOut: Sentence;
}

/** Share of the images of a work that may be unreadable. */
const MOST_LEFT_OUT = 0.1;
/** Share of the images of one split that may be: a work loses less than half of what it learns from or is judged on. */
const MOST_OF_SPLIT = 0.5;
/** Files that a sentence names. */
const NAMED_FILES = 3;

/** The end of a path that no other of the files has: its name, with as many folders as it takes. */
export function distinctName(file: string, others: readonly string[]): string {
  const partsOf = (one: string): string[] => one.split(/[\\/]/);
  const parts = partsOf(file);
  const name = parts.at(-1) ?? '';
  const ends = others.filter((other) => other !== file && other.endsWith(name)).map(partsOf);
  let length = 1;
  const isTaken = (): boolean =>
    ends.some((end) => end.slice(-length).join('/') === parts.slice(-length).join('/'));
  while (length < parts.length && isTaken()) length += 1;
  return parts.slice(-length).join('/');
}

/** What sentences say of files: how many, the first by name, and how many more. @param all that names are told apart from */
function named(files: readonly string[], all: readonly string[]) {
  const names = files.slice(0, NAMED_FILES).map((file) => distinctName(file, all));
  return { count: files.length, files: { list: names, comma: true }, more: files.length - names.length };
}

/** @param files of the whole project */
function describe(
  leftOut: readonly UsedImage[],
  total: number,
  files: readonly string[],
  split: Split | null = null,
): Sentence {
  const { more, ...said } = named(
    leftOut.map(({ file }) => file),
    files,
  );
  const values = { ...said, total };
  if (split === null)
    return more > 0 ? say('services.leftOut.more', { ...values, more }) : say('services.leftOut', values);
  const within = { ...values, split: say(`jobs.split.${split}`) };
  return more > 0
    ? say('services.leftOut.split.more', { ...within, more })
    : say('services.leftOut.split', within);
}

/** @param all files of the project; null where none has changed */
export function describeChanged(files: readonly string[], all: readonly string[]): Sentence | null {
  if (files.length === 0) return null;
  const { more, ...values } = named(files, all);
  return more > 0
    ? say('services.changedFiles.more', { ...values, more })
    : say('services.changedFiles', values);
}

/**
 * Says which images a work goes without; null where none is unreadable.
 * @param files of the whole project
 * @throws TwinheadError `unusable-input` where too many of all, or of one split, are
 */
export function tellLeftOut<Image extends UsedImage>(
  used: readonly Image[],
  isReadable: (image: Image) => boolean,
  files: readonly string[],
): LeftOut | null {
  const leftOut = used.filter((image) => !isReadable(image));
  if (leftOut.length === 0) return null;
  const said = describe(leftOut, used.length, files);
  if (leftOut.length > used.length * MOST_LEFT_OUT)
    refuse(leftOut, say('services.leftOut.tooMany', { leftOut: said }));
  for (const split of SPLITS) {
    const within = used.filter((image) => image.split === split);
    const out = leftOut.filter((image) => image.split === split);
    if (out.length > within.length * MOST_OF_SPLIT)
      refuse(
        out,
        say('services.leftOut.split.tooMany', { leftOut: describe(out, within.length, files, split) }),
      );
  }
  return { count: leftOut.length, leftOut: said };
}

function refuse([first]: readonly UsedImage[], why: Sentence): never {
  throw new TwinheadError('unusable-input', why, {
    file: first?.file,
    remedy: say('services.leftOut.tooMany.remedy'),
  });
}
