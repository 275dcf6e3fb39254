import type { DatasetImage } from '../../common/dataset.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';

/** Fields that are offered: more nobody reads through. */
const MOST_FIELDS = 50;

/** What can name a group; null where the field is not there, empty, or no single value. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Fields of the source's images that could name groups: some images share a value, and not all have the same. */
export function groupFields(images: readonly DatasetImage[]): string[] {
  const seen = new Map<string, { readonly values: Set<string>; images: number }>();
  for (const { unknown } of images)
    for (const [field, value] of Object.entries(unknown)) {
      const text = textOf(value);
      if (text === null) continue;
      const known = seen.get(field);
      if (known === undefined) seen.set(field, { values: new Set([text]), images: 1 });
      else {
        known.values.add(text);
        known.images += 1;
      }
    }
  return [...seen]
    .filter(([, { values, images: count }]) => values.size > 1 && values.size < count)
    .map(([field]) => field)
    .slice(0, MOST_FIELDS);
}

/**
 * Images with the group that a field of theirs names, as "patient: 17"; those without one keep what the source said.
 * @throws TwinheadError `invalid-input` where no image has such a field
 */
export function grouped(images: readonly DatasetImage[], field: string | undefined): readonly DatasetImage[] {
  if (field === undefined) return images;
  const named = images.map((image) => {
    const value = Object.hasOwn(image.unknown, field) ? textOf(image.unknown[field]) : null;
    return value === null ? image : { ...image, group: `${field}: ${value}` };
  });
  if (named.some((image, at) => image !== images[at])) return named;
  const known = groupFields(images);
  throw new TwinheadError('invalid-input', say('services.import.noGroupField', { field }), {
    place: 'groupField',
    remedy:
      known.length === 0
        ? say('services.import.noGroupFields')
        : say('services.import.noGroupField.remedy', { fields: someNames(known) }),
  });
}

/** How many groups of several images there are. */
export function countGroups(images: readonly DatasetImage[]): number {
  const sizes = new Map<string, number>();
  for (const { group } of images)
    if (typeof group === 'string') sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1).length;
}
