import { MOST_LISTED } from '../../electron/common/entities.ts';
import { resultOf } from '../../electron/common/jobs.ts';
import { t } from '../i18n/index.svelte.ts';
import type { AppState } from './app.svelte.ts';
import { jobError } from './job-error.ts';

/** Has a run suggest labels for these images, or for all that nobody has looked at, and says how many. */
export async function suggestLabels(app: AppState, runId: string, imageIds?: number[]): Promise<void> {
  const { jobId } = await app.client.call('suggestions.start', { runId, imageIds });
  const end = await app.jobs.end(jobId);
  if (end.state === 'failed') throw jobError(end);
  const made = resultOf('suggest', end);
  if (made === undefined) return;
  const only = imageIds !== undefined && imageIds.length <= MOST_LISTED ? { imageIds } : {};
  const look = {
    label: t('run.suggested.show'),
    run: () => app.showFiltered({ suggestions: true, ...only }),
  };
  const said = t('run.suggested', {
    count: made.suggestions,
    images: t('count.images', { count: made.images }),
  });
  app.toast(said, 'plain', made.suggestions > 0 ? look : null);
}
