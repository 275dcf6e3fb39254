import { t } from '../i18n/index.svelte.ts';
import { STEP } from '../project-steps.ts';
import type { AppState } from './app.svelte.ts';
import type { ToastAction } from './toasts.svelte.ts';

/**
 * Makes a test set of images, or adds them to the one of that name, and says how many it has.
 * @param undo what the word on the step offers to take it back
 */
export async function addToTestSet(
  app: AppState,
  name: string,
  imageIds: number[],
  undo: (editId: string) => ToastAction,
): Promise<void> {
  const editId = crypto.randomUUID();
  const { images, moved } = await app.client.call('testSets.add', { name, imageIds, editId });
  const said = t('testSet.added', { name: name.trim(), count: images, moved });
  app.toast(said, 'plain', undo(editId), STEP);
}
