import { dirname, join, relative, sep } from 'node:path';
import type { DatasetImage } from '../common/dataset.ts';
import type { Split } from '../common/entities.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence, SentenceValue } from '../common/sentences/sentence.ts';
import { kindOf } from './files.ts';
import type { ProblemCollector } from './collector.ts';
import { splitOfPath } from './split-names.ts';

/** A path of a source with forward slashes, without drive letter, leading slashes, `.` and `..` parts. */
export function normalisePath(path: string): string {
  return path
    .replace(/^[a-z]:/i, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

/** A path that is written as an address (`a%20b.jpg`, `https://host/a.jpg?x=1`), as it is meant; null where it is none. */
function meantBy(address: string): string | null {
  const local = address.replace(/^[a-z][\w+.-]+:\/\/[^/]*\/([^?#]*).*$/i, '$1');
  try {
    const path = decodeURIComponent(local);
    return path === address ? null : path;
  } catch {
    return local === address ? null : local;
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const PICTURE = /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif|avif)$/i;
/** Without the extension of a picture: "pet.toy-1" keeps its dot. */
export const withoutPictureExtension = (path: string): string => path.replace(PICTURE, '');
/** As names are compared: macOS and zip archives store them decomposed, and people write them in any case. */
const fold = (path: string): string => path.normalize('NFC').toLowerCase();

export type Located =
  { readonly file: string } | { readonly file: null; readonly reason: Said; readonly remedy: Said };

interface Indexed {
  readonly file: string;
  /** Relative to its folder, forward slashes, folded. */
  readonly relative: string;
  readonly split: Split | null;
}

interface Index {
  readonly byName: ReadonlyMap<string, Indexed[]>;
  readonly byStem: ReadonlyMap<string, Indexed[]>;
}

/**
 * Finds the files that a source names, inside the folders only: by its path, else by the longest end of the path that one
 * file alone has. Two that fit equally are a problem, never a guess; splits don't mix.
 */
export class ImageLocator {
  readonly #folders: readonly string[];
  readonly #listImages: (folder: string) => AsyncIterable<string>;
  #index: Index | null = null;

  /** @param folders absolute, the most likely first */
  constructor(folders: readonly string[], listImages: (folder: string) => AsyncIterable<string>) {
    this.#folders = [...new Set(folders)];
    this.#listImages = listImages;
  }

  /** @param split of the source's file or folder, where it says one */
  async locate(path: string, split: Split | null = null): Promise<Located> {
    const meant = meantBy(path);
    return (
      (await this.#search(path, split)) ??
      (meant === null ? null : await this.#search(meant, split)) ?? {
        file: null,
        reason: this.#notFound(path),
        remedy: say('exchange.whereImages'),
      }
    );
  }

  /** @returns null where there is nothing of this name */
  async #search(path: string, split: Split | null): Promise<Located | null> {
    const wanted = normalisePath(path);
    if (wanted === '' || path.includes('\0'))
      return {
        file: null,
        reason: say('exchange.image.noName'),
        remedy: say('exchange.correctOnly'),
      };
    for (const folder of this.#folders) {
      const file = join(folder, ...wanted.split('/'));
      if ((await kindOf(file)) === 'file') return { file };
    }
    const { byName } = (this.#index ??= await this.#build());
    const sameName = (byName.get(baseName(fold(wanted))) ?? []).filter((one) => fits(one, split));
    return sameName.length > 0 ? choose(path, longestMatches(fold(wanted), sameName)) : null;
  }

  /**
   * The picture of this name whatever its extension; null where there is none.
   * @param path with or without an extension
   */
  async locateStem(path: string, split: Split | null = null): Promise<Located | null> {
    const wanted = fold(withoutPictureExtension(normalisePath(path)));
    if (wanted === '' || path.includes('\0')) return null;
    const { byStem } = (this.#index ??= await this.#build());
    const sameStem = (byStem.get(baseName(wanted)) ?? []).filter((one) => fits(one, split));
    if (sameStem.length === 0) return null;
    const whole = sameStem.filter(({ relative: own }) => withoutPictureExtension(own) === wanted);
    const candidates = whole.length > 0 ? whole : longestMatches(wanted, sameStem, withoutPictureExtension);
    const exact = candidates.filter((one) => baseName(one.relative) === baseName(fold(normalisePath(path))));
    return choose(path, exact.length === 1 ? exact : candidates);
  }

  #notFound(path: string): Sentence {
    return this.#folders.length === 0
      ? say('exchange.image.noFolder', { path })
      : say('exchange.image.missing', { path, folders: this.#folders.join(', ') });
  }

  async #build(): Promise<Index> {
    const byName = new Map<string, Indexed[]>();
    const byStem = new Map<string, Indexed[]>();
    const seen = new Set<string>();
    for (const folder of this.#folders) {
      if ((await kindOf(folder)) !== 'folder') continue;
      for await (const file of this.#listImages(folder)) {
        if (seen.has(file)) continue;
        seen.add(file);
        const inside = fold(relative(folder, file).split(sep).join('/'));
        const one = { file, relative: inside, split: splitOfPath(dirname(relative(folder, file))) };
        add(byName, baseName(inside), one);
        add(byStem, baseName(withoutPictureExtension(inside)), one);
      }
    }
    return { byName, byStem };
  }
}

function add(index: Map<string, Indexed[]>, key: string, one: Indexed): void {
  const others = index.get(key);
  if (others === undefined) index.set(key, [one]);
  else others.push(one);
}

const fits = (one: Indexed, split: Split | null): boolean =>
  split === null || one.split === null || one.split === split;

function choose(path: string, candidates: readonly Indexed[]): Located {
  if (candidates.length === 1) return { file: candidates[0]!.file };
  const files: SentenceValue[] = candidates.slice(0, 3).map((candidate) => candidate.file);
  if (candidates.length > 3) files.push(say('exchange.image.others'));
  return {
    file: null,
    reason: say('exchange.image.ambiguous', { path, files: { list: files } }),
    remedy: say('exchange.image.ambiguous.remedy'),
  };
}

/** Those whose paths agree with the wanted one over the most folders, from the file name backwards. */
function longestMatches(
  wanted: string,
  candidates: readonly Indexed[],
  spell: (path: string) => string = (path) => path,
): Indexed[] {
  const parts = wanted.split('/').reverse();
  const shared = (candidate: Indexed): number => {
    const own = spell(candidate.relative).split('/').reverse();
    let count = 0;
    while (count < parts.length && count < own.length && parts[count] === own[count]) count++;
    return count;
  };
  const most = Math.max(...candidates.map(shared));
  return candidates.filter((candidate) => shared(candidate) === most);
}

/** The image with its file filled in; where none is found, a problem says why. */
export function withLocated(image: DatasetImage, located: Located, problems: ProblemCollector): DatasetImage {
  if (located.file !== null) return { ...image, file: located.file };
  problems.add(image.origin?.file ?? image.path, image.origin?.place, located.reason, located.remedy);
  return image;
}
