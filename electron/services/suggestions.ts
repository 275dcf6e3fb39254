import type { ServiceContext } from './context.ts';
import type { Handlers } from './handlers.ts';

type SuggestionCalls = 'suggestions.sources' | 'suggestions.clear';

/** What models and imports have proposed. Accepting and rejecting single ones are edits of their image. */
export function suggestionHandlers({ session }: ServiceContext): Pick<Handlers, SuggestionCalls> {
  return {
    'suggestions.sources': async () => ({ sources: session.require().store.suggestions.sources() }),
    'suggestions.clear': async ({ sourceId }) => {
      const cleared = session.require().store.suggestions.clear(sourceId);
      session.changed('images');
      return cleared;
    },
  };
}
