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
  #underWay = $state(0);
  #last: Promise<void> = Promise.resolve();

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Whether one is being undone or redone. */
  get isBusy(): boolean {
    return this.#underWay > 0;
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

  /** A key that comes while the last one is under way means the step that is the newest by then. */
  undo(): void {
    this.#do(async () => {
      const editId = this.#edits.get(this.#app.project?.undo?.id ?? 0);
      if (editId !== undefined) await undoOf(this.#app, editId);
    });
  }

  redo(): void {
    this.#do(async () => {
      if (this.canRedo) await redoStep(this.#app);
    });
  }

  #do(work: () => Promise<void>): void {
    this.#underWay += 1;
    this.#last = this.#last.then(async () => {
      try {
        await work();
        await this.#app.refresh();
      } catch (reason) {
        this.#app.report(reason);
      } finally {
        this.#underWay -= 1;
      }
    });
  }
}
