import type { ServiceContext } from './context.ts';
import type { Handlers } from './handlers.ts';

type FilterCalls = 'filters.list' | 'filters.save' | 'filters.delete';

/** Filters that a project's people come back to. */
export function filterHandlers({ session }: ServiceContext): Pick<Handlers, FilterCalls> {
  return {
    'filters.list': async () => ({ filters: session.require().store.settings.savedFilters() }),
    'filters.save': async (filter) => ({ filters: session.require().store.settings.saveFilter(filter) }),
    'filters.delete': async ({ name }) => ({
      filters: session.require().store.settings.deleteFilter(name),
    }),
  };
}
