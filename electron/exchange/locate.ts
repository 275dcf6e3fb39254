import { join, relative, sep } from 'node:path';
import type { DatasetImage } from '../common/dataset.ts';
import { kindOf } from './files.ts';
import type { ProblemCollector } from './collector.ts';

/** A path of a source with forward slashes, without drive letter, leading slashes, `.` and `..` parts. */
export function normalisePath(path: string): string {
  return path
    .replace(/^[a-z]:/i, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export type Located =
  { readonly file: string } | { readonly file: null; readonly reason: string; readonly remedy: string };

interface Indexed {
  readonly file: string;
  /** Relative to its folder, forward slashes, lower case. */
  readonly relative: string;
}

/**
 * Finds the files that a source names: by its path under one of the folders, else by the longest end of the path that
 * one file alone has, down to its base name. A path of the source is only ever looked for inside the folders: an
 * import cannot reach elsewhere on the disk. Two files that fit equally are a problem, never a guess.
 */
export class ImageLocator {
  readonly #folders: readonly string[];
  readonly #listImages: (folder: string) => AsyncIterable<string>;
  #index: Map<string, Indexed[]> | null = null;

  /** @param folders absolute, the most likely first */
  constructor(folders: readonly string[], listImages: (folder: string) => AsyncIterable<string>) {
    this.#folders = [...new Set(folders)];
    this.#listImages = listImages;
  }

  async locate(path: string): Promise<Located> {
    const wanted = normalisePath(path);
    if (wanted === '' || path.includes('\0'))
      return {
        file: null,
        reason: 'The image has no usable file name.',
        remedy: 'Correct it in the source.',
      };
    for (const folder of this.#folders) {
      const file = join(folder, ...wanted.split('/'));
      if ((await kindOf(file)) === 'file') return { file };
    }
    const index = (this.#index ??= await this.#build());
    const sameName = index.get(baseName(wanted).toLowerCase()) ?? [];
    if (sameName.length === 0) {
      const looked =
        this.#folders.length === 0 ? 'no folder was given' : `looked in ${this.#folders.join(', ')}`;
      return {
        file: null,
        reason: `The image ${path} was not found (${looked}).`,
        remedy: 'Say where the images are: --images DIR, or choose their folder.',
      };
    }
    const candidates = longestMatches(wanted.toLowerCase(), sameName);
    if (candidates.length === 1) return { file: candidates[0]!.file };
    const named = candidates
      .slice(0, 3)
      .map((candidate) => candidate.file)
      .join(' and ');
    return {
      file: null,
      reason: `The image ${path} could be ${named}${candidates.length > 3 ? ' and others' : ''}.`,
      remedy: 'Give the folder that the paths of the source start from as the image folder.',
    };
  }

  async #build(): Promise<Map<string, Indexed[]>> {
    const index = new Map<string, Indexed[]>();
    const seen = new Set<string>();
    for (const folder of this.#folders) {
      if ((await kindOf(folder)) !== 'folder') continue;
      for await (const file of this.#listImages(folder)) {
        if (seen.has(file)) continue;
        seen.add(file);
        const inside = relative(folder, file).split(sep).join('/').toLowerCase();
        const name = baseName(inside);
        const others = index.get(name);
        if (others === undefined) index.set(name, [{ file, relative: inside }]);
        else others.push({ file, relative: inside });
      }
    }
    return index;
  }
}

/** Those whose paths agree with the wanted one over the most folders, from the file name backwards. */
function longestMatches(wanted: string, candidates: readonly Indexed[]): Indexed[] {
  const parts = wanted.split('/').reverse();
  const shared = (candidate: Indexed): number => {
    const own = candidate.relative.split('/').reverse();
    let count = 0;
    while (count < parts.length && count < own.length && parts[count] === own[count]) count++;
    return count;
  };
  const most = Math.max(...candidates.map(shared));
  return candidates.filter((candidate) => shared(candidate) === most);
}

/**
 * Fills in the files of images. Images that name the same file become one, with the labels of both.
 * @param sourceOf file and place in the source where an image is written
 */
export async function locateImages(
  images: readonly DatasetImage[],
  locator: ImageLocator,
  problems: ProblemCollector,
  sourceOf: (index: number) => { file: string; place?: string },
  step: (done: number) => void,
): Promise<DatasetImage[]> {
  const found: DatasetImage[] = [];
  const rowOfFile = new Map<string, number>();
  for (const [index, image] of images.entries()) {
    step(index);
    const { file: source, place } = sourceOf(index);
    const located = await locator.locate(image.path);
    if (located.file === null) {
      problems.add(source, place, located.reason, located.remedy);
      found.push(image);
      continue;
    }
    const row = rowOfFile.get(located.file);
    if (row === undefined) {
      rowOfFile.set(located.file, found.length);
      found.push({ ...image, file: located.file });
      continue;
    }
    const first = found[row]!;
    problems.add(
      source,
      place,
      `The image ${image.path} is listed more than once; the labels were put together.`,
      'Check its boxes for duplicates.',
    );
    found[row] = {
      ...first,
      split: first.split ?? image.split,
      boxes: [...first.boxes, ...image.boxes],
      imageClasses: [...new Set([...first.imageClasses, ...image.imageClasses])],
      reviewed: first.reviewed || image.reviewed,
    };
  }
  return found;
}
