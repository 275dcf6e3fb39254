import { setImmediate as nextTurn } from 'node:timers/promises';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../files/index.ts';
import type { ImageInfo } from '../../images/index.ts';
import type { Addition, ImageFile } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** A picture file as it was probed. */
export type ProbedFile = Omit<ImageInfo, 'note' | 'samples'>;

/** A probed file, and the folder under which it is registered where it is new. */
export interface Candidate {
  readonly info: ProbedFile;
  readonly rootFolder: string;
}

/** Some milliseconds of work. */
const AT_ONCE = 100;

/** What becomes of a file: `here` is known at its place, `moved` is known from a place where it no longer is. */
type Decision =
  | { readonly kind: 'here' | 'moved'; readonly image: ImageFile }
  | { readonly kind: 'new'; readonly image: null };

export interface Registered {
  readonly id: number;
  readonly outcome: 'added' | 'known' | 'changed' | 'moved';
}

/** A probed picture as the store registers it. */
export function newImage(info: ProbedFile, rootFolder: string) {
  return {
    path: path.relative(rootFolder, info.file),
    sha256: info.sha256,
    bytes: info.bytes,
    modifiedMs: info.modified,
    width: info.width,
    height: info.height,
    orientation: info.orientation,
    format: info.format,
  };
}

/** Whether a file lies in a folder or below it; both absolute. */
export function isBelow(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..');
}

/** Only a file that is surely gone counts as moved: a folder that can't be looked into may come back. */
async function isGone(file: string): Promise<boolean> {
  try {
    return !(await stat(file)).isFile();
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
}

/** Whether one of two paths below a folder is the end of the other. */
function endAlike(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long === short || long.endsWith(`/${short}`);
}

/**
 * Registers files as images, for one act: a file that the project knows is not added again, wherever it is now. Images
 * whose own file is gone are found by content, those with the same path below their folder first.
 */
export class Registration {
  readonly #store: OpenProject['store'];
  readonly #byFile = new Map<string, ImageFile>();
  readonly #byContent = new Map<string, ImageFile[]>();
  readonly #gone = new Map<number, Promise<boolean>>();
  readonly #taken = new Set<number>();

  constructor({ store }: OpenProject) {
    this.#store = store;
    for (const image of store.files.list()) {
      this.#byFile.set(image.file, image);
      const same = this.#byContent.get(image.sha256);
      if (same === undefined) this.#byContent.set(image.sha256, [image]);
      else same.push(image);
    }
  }

  /** Size and time of files that need not be read again, by absolute path. */
  untouched(): Map<string, { bytes: number; modified: number }> {
    return new Map(
      [...this.#byFile.values()]
        .filter(({ missing }) => !missing)
        .map(({ file, bytes, modifiedMs }) => [file, { bytes, modified: modifiedMs }]),
    );
  }

  /** Whether it is settled only when all files of the act are known. */
  mayHaveMoved({ file, sha256 }: ProbedFile): boolean {
    return !this.#byFile.has(file) && this.#byContent.has(sha256);
  }

  /** What registering would do, in the order of the candidates. Changes nothing in the project. */
  async decide(candidates: readonly Candidate[]): Promise<Decision[]> {
    const decisions = candidates.map(({ info }): Decision => {
      const image = this.#byFile.get(info.file);
      return image === undefined ? { kind: 'new', image: null } : { kind: 'here', image };
    });
    const alike = [
      (image: ImageFile, relative: string) => endAlike(image.path, relative),
      (image: ImageFile, relative: string) =>
        path.posix.basename(image.path) === path.posix.basename(relative),
      () => true,
    ];
    for (const isAlike of alike) {
      for (const [index, { info, rootFolder }] of candidates.entries()) {
        if (decisions[index]!.kind !== 'new') continue;
        const relative = path.relative(rootFolder, info.file).split(path.sep).join('/');
        for (const image of this.#byContent.get(info.sha256) ?? []) {
          if (this.#taken.has(image.id) || !isAlike(image, relative) || !(await this.#isGone(image)))
            continue;
          this.#taken.add(image.id);
          decisions[index] = { kind: 'moved', image };
          break;
        }
      }
    }
    return decisions;
  }

  /** Files that are added although the project has their content already, in another file. */
  copies(candidates: readonly Candidate[], decisions: readonly Decision[]): string[] {
    return candidates.flatMap(({ info }, index) =>
      decisions[index]!.kind === 'new' && this.#byContent.has(info.sha256) ? [info.file] : [],
    );
  }

  /**
   * Does what was decided: moved images are linked to their new place as one step of the project's undo, new ones added.
   * @param addition null: the caller journals what is added
   */
  register(
    candidates: readonly Candidate[],
    decisions: readonly Decision[],
    addition: Addition | null,
  ): Registered[] {
    const results: Registered[] = [];
    const rootIds = new Map<string, number>();
    const rootId = (folder: string): number => {
      const id = rootIds.get(folder) ?? this.#store.roots.add(folder).id;
      rootIds.set(folder, id);
      return id;
    };
    const moved = [];
    const byRoot = new Map<number, { index: number; picture: ReturnType<typeof newImage> }[]>();
    for (const [index, { info, rootFolder }] of candidates.entries()) {
      const { kind, image } = decisions[index]!;
      const picture = newImage(info, rootFolder);
      if (kind === 'moved') {
        moved.push({ ...picture, imageId: image.id, rootId: rootId(rootFolder) });
        results[index] = { id: image.id, outcome: 'moved' };
        continue;
      }
      const root = kind === 'here' ? image.rootId : rootId(rootFolder);
      const member = { index, picture: kind === 'here' ? { ...picture, path: image.path } : picture };
      const members = byRoot.get(root);
      if (members === undefined) byRoot.set(root, [member]);
      else members.push(member);
    }
    if (moved.length > 0) this.#store.files.relink(moved);
    for (const [root, members] of byRoot) {
      const added = this.#store.files.add(
        root,
        members.map(({ picture }) => picture),
        addition,
      );
      members.forEach(({ index }, position) => (results[index] = added[position]!));
    }
    return results;
  }

  /** As `register` for what the caller journals: some at a time, so that calls are answered in between. */
  async registerInTurns(
    candidates: readonly Candidate[],
    decisions: readonly Decision[],
  ): Promise<Registered[]> {
    const results: Registered[] = [];
    const take = (indices: readonly number[]): void => {
      const [some, decided] = [indices.map((at) => candidates[at]!), indices.map((at) => decisions[at]!)];
      this.register(some, decided, null).forEach((one, at) => (results[indices[at]!] = one));
    };
    const indices = [...decisions.keys()];
    const isMoved = (at: number): boolean => decisions[at]!.kind === 'moved';
    // All at once: they are one step of undo.
    take(indices.filter(isMoved));
    const others = indices.filter((at) => !isMoved(at));
    for (let first = 0; first < others.length; first += AT_ONCE) {
      take(others.slice(first, first + AT_ONCE));
      await nextTurn();
    }
    return results;
  }

  #isGone({ id, file }: ImageFile): Promise<boolean> {
    const known = this.#gone.get(id) ?? isGone(file);
    this.#gone.set(id, known);
    return known;
  }
}
