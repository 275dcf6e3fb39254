import { redoStep, undoOffer, undoOf } from '../../project-steps.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { ToastAction } from '../../state/toasts.svelte.ts';

/**
 * The step about several images that was made here last: undo and redo mean it, and not an edit of the open image that is
 * older, until something else is done or looked at.
 */
export class LastStep {
  readonly #app: AppState;
  #editId = '';
  /** As the history of the project has it; null where there is none. */
  #id = $state.raw<number | null>(null);

  constructor(app: AppState) {
    this.#app = app;
  }

  get canUndo(): boolean {
    return this.#id !== null && this.#app.project?.undo?.id === this.#id;
  }

  get canRedo(): boolean {
    return this.#id !== null && this.#app.project?.redo?.id === this.#id;
  }

  /** Notes a step that has just been made, and returns what the word on it offers. */
  made(editId: string): ToastAction {
    this.#editId = editId;
    this.#app.attempt(async () => {
      await this.#app.refresh();
      if (this.#editId === editId) this.#id = this.#app.project?.undo?.id ?? null;
    });
    return undoOffer(this.#app, editId);
  }

  forget(): void {
    this.#editId = '';
    this.#id = null;
  }

  undo(): void {
    this.#do(() => undoOf(this.#app, this.#editId));
  }

  redo(): void {
    this.#do(() => redoStep(this.#app, this.#id ?? undefined));
  }

  #do(work: () => Promise<unknown>): void {
    this.#app.attempt(async () => {
      await work();
      await this.#app.refresh();
    });
  }
}
