import { withinSentence } from '../../../electron/common/sentences/sentence.ts';
import { toCallError } from '../../client.ts';
import type { DroppedSteps } from '../../editor/edit-port.ts';
import { t, textOf, textOfAll, textWithRemedy } from '../../i18n/index.svelte.ts';
import { redoStep, STEP, stepText, undoStep } from '../../project-steps.ts';
import type { AppState } from '../../state/app.svelte.ts';

/** A refusal that follows another within this time isn't said again, milliseconds. */
const REFUSED_QUIET = 1500;

/** Says that an edit was not made, or could not be kept. */
export class LabelNotices {
  readonly #app: AppState;
  #refusedAt = -Infinity;
  #nothingAt = -Infinity;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Boxes that are hidden or locked were left alone: said once for a key that is held down. */
  refused(count: number): void {
    const now = performance.now();
    if (now - this.#refusedAt > REFUSED_QUIET) this.#app.toast(t('label.refused', { count }), 'bad');
    this.#refusedAt = now;
  }

  /** What several images or the whole project have gone through has an undo of its own. */
  nothingToUndo(imageOpen: boolean): Promise<void> {
    return imageOpen
      ? this.#offer('undo', t('label.nothingToUndo'), (what) => t('label.nothingToUndo.project', { what }))
      : this.#offer('undo', t('project.undo.nothing'), (what) => t('label.noImage.undo', { what }));
  }

  /** The same for redo. */
  nothingToRedo(imageOpen: boolean): Promise<void> {
    return imageOpen
      ? this.#offer('redo', t('label.nothingToRedo'), (what) => t('label.nothingToRedo.project', { what }))
      : this.#offer('redo', t('project.redo.nothing'), (what) => t('label.noImage.redo', { what }));
  }

  async #offer(way: 'undo' | 'redo', nothing: string, instead: (what: string) => string): Promise<void> {
    const now = performance.now();
    const held = now - this.#nothingAt < REFUSED_QUIET;
    this.#nothingAt = now;
    if (held) return;
    // What was done a moment ago is not heard of yet.
    await this.#app.refresh();
    const step = this.#app.project?.[way] ?? null;
    if (step === null) {
      this.#app.toast(nothing, 'plain', null, STEP);
      return;
    }
    const act = way === 'undo' ? undoStep : redoStep;
    const action = { label: t(`project.${way}.do`), run: () => this.#app.attempt(() => act(this.#app)) };
    this.#app.toast(instead(stepText(step)), 'plain', action, STEP);
  }

  dropped({ kind, edits, what, error }: DroppedSteps): void {
    const why = kind === 'stale' ? t('label.stale', { count: edits }) : textWithRemedy(toCallError(error));
    const said = what === '' ? [why] : [why, t('label.notApplied', { what: withinSentence(textOf(what)) })];
    this.#app.toast(textOfAll(said), 'bad');
  }
}
