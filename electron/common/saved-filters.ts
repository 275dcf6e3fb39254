import { classNameKey } from './class-names.ts';
import type { SavedFilter } from './contract.ts';
import type { ImageFilter } from './entities.ts';
import { TwinheadError } from './errors.ts';
import { say } from './sentences/sentence.ts';

/** Whether two filters ask for the same, in whatever order their conditions were chosen. */
export function isSameFilter(one: ImageFilter, other: ImageFilter): boolean {
  const text = (filter: ImageFilter): string =>
    JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}

/**
 * The saved filter of a name.
 * @param place of the name, for the error
 * @throws TwinheadError `invalid-input` where there is none, with the names that there are
 */
export function findSavedFilter(
  filters: readonly SavedFilter[],
  name: string,
  place: string = 'filter',
): SavedFilter {
  const found = filters.find((one) => classNameKey(one.name) === classNameKey(name));
  if (found !== undefined) return found;
  throw new TwinheadError('invalid-input', say('store.filter.none', { name }), {
    place,
    remedy:
      filters.length === 0
        ? say('store.filter.none.remedy')
        : say('store.filter.none.names', { names: filters.map((one) => one.name).join(', ') }),
  });
}
