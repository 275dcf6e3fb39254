import { resultOf } from '../../electron/common/jobs.ts';
import { number, t } from '../i18n/index.svelte.ts';
import type { AppState } from './app.svelte.ts';
import { jobError } from './job-error.ts';

/** Has a run suggest labels for these images, or for all that nobody has looked at, and says how many. */
export async function suggestLabels(app: AppState, runId: string, imageIds?: number[]): Promise<void> {
  const { jobId } = await app.client.call('suggestions.start', { runId, imageIds });
  const end = await app.jobEnd(jobId);
  if (end.state === 'failed') throw jobError(end);
  const made = resultOf('suggest', end);
  if (made === undefined) return;
  const look = { label: t('tab.label'), run: () => app.go('label') };
  app.toast(t('run.suggested', { count: made.suggestions, images: number(made.images) }), 'plain', look);
}
