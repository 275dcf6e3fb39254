import type { Split } from '../common/entities.ts';

const WORDS: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  testing: 'test',
  // Our own exports have it.
  unsplit: 'none',
};

/** The split that a file or folder name speaks of ("instances_train2017" → train), or null where none or several. */
export function splitOfName(name: string): Split | null {
  const words = name.toLowerCase().split(/[^a-z]+/);
  const splits = new Set(words.map((word) => (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined)));
  splits.delete(undefined);
  const [only] = splits;
  return splits.size === 1 && only !== undefined ? only : null;
}

/** The split that the folders of a path speak of, the outermost first. */
export function splitOfPath(path: string): Split | null {
  for (const part of path.split(/[\\/]+/)) {
    const split = splitOfName(part);
    if (split !== null) return split;
  }
  return null;
}

/** What an image gets: the choice of the person, or what the source says; null where it says nothing. */
export function chooseSplit(choice: Split | 'from-source', ofSource: Split | null): Split | null {
  return choice === 'from-source' ? ofSource : choice;
}
