import type { SavedFilter } from '../common/contract.ts';
import { findSavedFilter } from '../common/saved-filters.ts';
import type { CommandSession } from './session.ts';

/** The filter that the project keeps under a name. @throws TwinheadError `invalid-input` where there is none */
export async function savedFilter(session: CommandSession, name: string): Promise<SavedFilter> {
  const { filters } = await session.call('filters.list', {});
  return findSavedFilter(filters, name, '--filter');
}
