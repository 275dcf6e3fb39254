import { MOST_LISTED } from '../../electron/common/entities.ts';
import { resultOf } from '../../electron/common/jobs.ts';
import { t } from '../i18n/index.svelte.ts';
import { STEP, undoOffer } from '../project-steps.ts';
import type { AppState } from './app.svelte.ts';
import { jobError } from './job-error.ts';
import type { ToastAction } from './toasts.svelte.ts';

interface SuggestOptions {
  /** Left out: all that nobody has looked at. */
  readonly imageIds?: number[];
  /** What the word on the step offers to take it back. */
  readonly undo?: (editId: string) => ToastAction;
}

/** Has a run suggest labels, and says how many. */
export async function suggestLabels(
  app: AppState,
  runId: string,
  { imageIds, undo = (editId) => undoOffer(app, editId) }: SuggestOptions = {},
): Promise<void> {
  // The step has the id of its job.
  const { jobId } = await app.client.call('suggestions.start', { runId, imageIds });
  const end = await app.jobs.end(jobId);
  if (end.state === 'failed') throw jobError(end);
  const made = resultOf('suggest', end);
  if (made === undefined) return;
  if (made.suggestions === 0) {
    app.toast(t('run.suggested.none'));
    return;
  }
  const only = imageIds !== undefined && imageIds.length <= MOST_LISTED ? { imageIds } : {};
  const look = {
    label: t('run.suggested.show'),
    run: () => app.showFiltered({ suggestions: true, ...only }),
  };
  const said = t('run.suggested', {
    count: made.suggestions,
    images: t('count.images', { count: made.images }),
  });
  app.toast(said, 'plain', [look, undo(jobId)], STEP);
}
