import { answerOf } from '../ui/answer-of.ts';
import type { AppState } from './app.svelte.ts';

/**
 * Whether labels are others now than at the revision that `since` reads; false until the services have answered. Call it
 * while a component is made.
 */
export function labelsChanged(app: AppState, since: () => number | undefined): { readonly is: boolean } {
  let is = $state(false);
  $effect(() => {
    const revision = since();
    const now = app.project?.labelsRevision;
    if (revision === undefined || now === undefined || revision === now) {
      is = false;
      return undefined;
    }
    return answerOf(
      app.client.call('project.labelsChanged', { since: revision }),
      ({ changed }) => (is = changed),
      // Without an answer, another revision is all that is known.
      () => (is = true),
    );
  });
  return {
    get is() {
      return is;
    },
  };
}
