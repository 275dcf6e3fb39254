import type { Handlers } from './handlers.ts';

type SuggestionCalls = 'suggestions.sources' | 'suggestions.clear';

/** What models and imports have proposed. Accepting and rejecting single ones are edits of their image. */
export function suggestionHandlers(): Pick<Handlers, SuggestionCalls> {
  return {
    'suggestions.sources': async (_input, { project }) => ({ sources: project.store.suggestions.sources() }),
    'suggestions.clear': async ({ sourceId }, { project }) => {
      const cleared = project.store.suggestions.clear(sourceId);
      project.changed('images');
      return cleared;
    },
  };
}
