import { SvelteMap } from 'svelte/reactivity';
import { redoStep, undoOffer, undoOf } from '../../project-steps.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { ToastAction } from '../../state/toasts.svelte.ts';

/**
 * The steps about several images that were made here last, one after the other: undo and redo mean them, and not an edit
 * of the open image that is older, until something else is done or looked at.
 */
export class LastSteps {
  readonly #app: AppState;
  /** The edit of each step, by its id in the history of the project. */
  readonly #edits = new SvelteMap<number, string>();
  #newest = '';

  constructor(app: AppState) {
    this.#app = app;
  }

  get canUndo(): boolean {
    return this.#edits.has(this.#app.project?.undo?.id ?? 0);
  }

  get canRedo(): boolean {
    return this.#edits.has(this.#app.project?.redo?.id ?? 0);
  }

  /** Notes a step that has just been made, and returns what the word on it offers. */
  made(editId: string): ToastAction {
    this.#newest = editId;
    this.#app.attempt(async () => {
      await this.#app.refresh();
      const id = this.#app.project?.undo?.id;
      if (this.#newest === editId && id !== undefined) this.#edits.set(id, editId);
    });
    return undoOffer(this.#app, editId);
  }

  forget(): void {
    this.#newest = '';
    this.#edits.clear();
  }

  undo(): void {
    const editId = this.#edits.get(this.#app.project?.undo?.id ?? 0);
    if (editId !== undefined) this.#do(() => undoOf(this.#app, editId));
  }

  redo(): void {
    this.#do(() => redoStep(this.#app));
  }

  #do(work: () => Promise<unknown>): void {
    this.#app.attempt(async () => {
      await work();
      await this.#app.refresh();
    });
  }
}
