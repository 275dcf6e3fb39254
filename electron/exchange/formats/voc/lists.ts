import { basename, extname, join } from 'node:path';
import type { Split } from '../../../common/entities.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { kindOf, readText } from '../../files.ts';
import { normalisePath, withoutPictureExtension } from '../../locate.ts';
import type { TextEncoding } from '../../encoding.ts';

const MOST_LIST_BYTES = 100_000_000;

/** Held-out sets first: an image that is in two lists stays out of training. */
const SPLIT_LISTS: readonly { readonly name: string; readonly split: Split }[] = [
  { name: 'test', split: 'test' },
  { name: 'val', split: 'val' },
  { name: 'train', split: 'train' },
  // Our own exports have these: a folder’s name says nothing of them.
  { name: 'unsplit', split: 'none' },
];

/** A path without the extension of a picture or an annotation, as lists name images. */
export function stemOf(path: string): string {
  const name = withoutPictureExtension(normalisePath(path));
  return extname(name).toLowerCase() === '.xml' ? name.slice(0, -'.xml'.length) : name;
}

/** ImageSets/Main of a data set: which split each image is in. */
export class SplitLists {
  readonly #splits = new Map<string, { split: Split; file: string; line: number }>();
  readonly #asked = new Set<string>();

  /**
   * @param known stems of the annotations, with and without their folder: a line is cut at a blank only where that
   * gives one of them ("b 1" may be a name, or the name "b" and VOC's word that a class is there)
   */
  static async read(
    root: string,
    known: ReadonlySet<string>,
    encoding: TextEncoding | undefined,
    problems: ProblemCollector,
  ): Promise<SplitLists> {
    const lists = new SplitLists();
    const folder = join(root, 'ImageSets', 'Main');
    const take = async (name: string, split: Split, onlyNew: boolean): Promise<void> => {
      const file = join(folder, `${name}.txt`);
      if ((await kindOf(file)) !== 'file') return;
      const lines = (await readText(file, MOST_LIST_BYTES, encoding)).split(/\r\n|\n|\r/);
      for (const [index, text] of lines.entries()) {
        const stem = nameIn(text, known);
        if (stem === '') continue;
        const before = lists.#splits.get(stem);
        if (before === undefined) lists.#splits.set(stem, { split, file, line: index + 1 });
        else if (before.split !== split && !onlyNew) {
          problems.warn(
            file,
            say('exchange.line', { line: String(index + 1) }),
            say('exchange.voc.twoLists', { stem, split: before.split }),
            say('exchange.voc.twoLists.remedy'),
          );
        }
      }
    };
    for (const { name, split } of SPLIT_LISTS) await take(name, split, false);
    // trainval repeats train and val; alone, it is what there is to train on.
    await take('trainval', 'train', true);
    return lists;
  }

  get any(): boolean {
    return this.#splits.size > 0;
  }

  /** @param stems of one image, the surest first */
  splitOf(...stems: readonly string[]): Split | null {
    for (const stem of stems) this.#asked.add(stem);
    for (const stem of stems) {
      const found = this.#splits.get(stem);
      if (found !== undefined) return found.split;
    }
    return null;
  }

  /** Names in the lists that no annotation file stands for. */
  reportUnannotated(problems: ProblemCollector): void {
    for (const [name, { file, line }] of this.#splits) {
      if (this.#asked.has(name)) continue;
      problems.add(
        file,
        say('exchange.line', { line: String(line) }),
        say('exchange.voc.unannotated', { name }),
        say('exchange.voc.unannotated.remedy', { name }),
      );
    }
  }
}

function nameIn(line: string, known: ReadonlySet<string>): string {
  const whole = stemOf(line.trim());
  if (known.has(whole)) return whole;
  const cut = stemOf(line.trim().replace(/\s+-?[01]$/, ''));
  return known.has(cut) || !/\s/.test(cut) ? cut : whole;
}

/** The last part of a stem. */
export const lastOf = (stem: string): string => basename(stem);
