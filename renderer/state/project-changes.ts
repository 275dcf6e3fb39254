import type { OutputOf } from '../../electron/common/contract.ts';

export type ChangeEvent = OutputOf<'project.changes'>;
export interface ProjectChange extends Omit<ChangeEvent, 'editId' | 'labelsRevision'> {
  /** An edit of this page, which has its answer already. */
  readonly own: boolean;
}
type Listener = (change: ProjectChange) => void;

/** Changes that come within this time are passed on as one: a stream that is taken up again brings many at once. */
const DELAY = 30;

/** Changes of the open project, from here and elsewhere, for whoever shows some of it. */
export class ProjectChanges {
  readonly #listeners = new Set<Listener>();
  readonly #ownEdits = new Set<string>();
  readonly #waiting: ProjectChange[] = [];

  /** Returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An edit is on its way: what the services then say of it is no news to this page. */
  expectEdit(editId: string): void {
    this.#ownEdits.add(editId);
  }

  /** Passes a change on, soon. Returns whether it is an edit of this page. */
  take({ editId, revision, imageIds, what }: ChangeEvent): boolean {
    const own = editId !== null && this.#ownEdits.delete(editId);
    if (this.#waiting.length === 0) setTimeout(() => this.#passOn(), DELAY);
    this.#waiting.push({ revision, imageIds, what, own });
    return own;
  }

  notify(change: ProjectChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #passOn(): void {
    for (const change of mergeChanges(this.#waiting.splice(0))) this.notify(change);
  }
}

/** One change of each kind, own and others' apart, with every image that any of them names; no names at all means any image. */
function mergeChanges(changes: readonly ProjectChange[]): ProjectChange[] {
  return [...Map.groupBy(changes, ({ what, own }) => `${what} ${own}`).values()].map((same) => ({
    what: same[0]!.what,
    own: same[0]!.own,
    revision: Math.max(...same.map(({ revision }) => revision)),
    imageIds: same.some(({ imageIds }) => imageIds.length === 0)
      ? []
      : [...new Set(same.flatMap(({ imageIds }) => imageIds))],
  }));
}
