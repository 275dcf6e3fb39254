import { SPLITS } from '../../common/entities.ts';
import type { Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence, SentenceValue } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';

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

/** The first of some files. @param all that names are told apart from */
const named = (files: readonly string[], all: readonly string[]): SentenceValue =>
  someNames(files, (file) => distinctName(file, all));

/** @param files of the whole project */
function describe(
  leftOut: readonly UsedImage[],
  total: number,
  files: readonly string[],
  split: Split | null = null,
): Sentence {
  const gone = leftOut.map(({ file }) => file);
  const values = { count: gone.length, files: named(gone, files), total };
  return split === null
    ? say('services.leftOut', values)
    : say('services.leftOut.split', { ...values, split: say(`jobs.split.${split}`) });
}

/** @param all files of the project; null where none has changed */
export function describeChanged(files: readonly string[], all: readonly string[]): Sentence | null {
  if (files.length === 0) return null;
  return say('services.changedFiles', { count: files.length, files: named(files, all) });
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
