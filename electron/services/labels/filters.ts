import type { Handlers } from '../scope/handlers.ts';

type FilterCalls = 'filters.list' | 'filters.save' | 'filters.delete';

/** Filters that a project's people come back to. */
export function filterHandlers(): Pick<Handlers, FilterCalls> {
  return {
    'filters.list': async (_input, { project }) => ({ filters: project.store.settings.savedFilters() }),
    'filters.save': async (filter, { project }) => ({ filters: project.store.settings.saveFilter(filter) }),
    'filters.delete': async ({ name }, { project }) => ({
      filters: project.store.settings.deleteFilter(name),
    }),
  };
}
