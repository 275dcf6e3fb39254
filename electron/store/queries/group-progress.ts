import { SPLITS } from '../../common/entities.ts';
import type { GroupProgress, ImageState, LabelFigures, Split } from '../../common/entities.ts';
import { groupOf } from '../../common/video-frames.ts';

/** Groups that are listed. */
const MOST_GROUPS = 1000;

/** What of an image counts for how far its group is. */
export interface ProgressImage {
  readonly rootId: number;
  /** Below its root, without the name of the file. */
  readonly folder: string;
  readonly group: string | null;
  readonly state: ImageState;
  readonly split: Split;
}

type ByState = Record<ImageState, number>;

const noStates = (): ByState => ({ unseen: 0, labelled: 0, empty: 0 });

/** Counts how far the labelling is: by split, and by folder or group. */
export class ProgressCounts {
  readonly #states: Record<Split, ByState> = {
    train: noStates(),
    val: noStates(),
    test: noStates(),
    none: noStates(),
  };
  /** Named by their paths below their roots, with how many of their images are in a group. */
  readonly #folders = new Map<string, { readonly own: GroupProgress; grouped: number }>();
  readonly #groups = new Map<string, GroupProgress>();

  add(image: ProgressImage, boxes: number): void {
    const { rootId, folder: path, group, state, split } = image;
    this.#states[split][state] += 1;
    const key = `${rootId} ${path}`;
    let folder = this.#folders.get(key);
    if (folder === undefined) {
      folder = { own: newCount('folder', path, { folder: { rootId, path } }), grouped: 0 };
      this.#folders.set(key, folder);
    }
    count(folder.own, image, boxes);
    if (group === null) return;
    folder.grouped += 1;
    let own = this.#groups.get(group);
    if (own === undefined) {
      const { kind, name } = groupOf(group);
      this.#groups.set(group, (own = newCount(kind, name, { group })));
    }
    count(own, image, boxes);
  }

  /** @param roots names of the roots' folders by id, for images that lie in none below and for folders of one path */
  figures(roots: ReadonlyMap<number, string>): Pick<LabelFigures, 'states' | 'groups' | 'groupsLeftOut'> {
    // Frames have a folder to themselves, which says nothing that their video doesn't.
    const folders = [...this.#folders.values()].flatMap(({ own, grouped }) =>
      grouped < own.images ? [own] : [],
    );
    const paths = Map.groupBy(folders, ({ name }) => name);
    const nameOf = ({ name: path, filter }: GroupProgress): string => {
      const root = roots.get(filter.folder?.rootId ?? 0) ?? '';
      if (path === '') return root;
      return paths.get(path)?.length === 1 ? path : `${root}/${path}`;
    };
    const groups = [...folders.map((own) => ({ ...own, name: nameOf(own) })), ...this.#groups.values()].sort(
      (a, b) => b.images - a.images,
    );
    return {
      states: this.#states,
      groups: groups.slice(0, MOST_GROUPS),
      groupsLeftOut: Math.max(0, groups.length - MOST_GROUPS),
    };
  }
}

function newCount(kind: GroupProgress['kind'], name: string, filter: GroupProgress['filter']): GroupProgress {
  const splits = Object.fromEntries(SPLITS.map((split) => [split, 0])) as Record<Split, number>;
  return { kind, name, images: 0, states: noStates(), splits, boxes: 0, filter };
}

function count(own: GroupProgress, { state, split }: ProgressImage, boxes: number): void {
  own.images += 1;
  own.states[state] += 1;
  own.splits[split] += 1;
  own.boxes += boxes;
}
