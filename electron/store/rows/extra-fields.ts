import type { Unknown } from '../../common/dataset.ts';
import { objectIn } from './damaged.ts';

/** As `extra` columns hold the fields that one format brought. */
export function byFormat(format: string, fields: Unknown): Record<string, Unknown> {
  return Object.keys(fields).length === 0 ? {} : { [format]: fields };
}

/** An `extra` column that has no fields, as patches carry it: null would be lost where they are joined as JSON. */
export const NO_FIELDS = '{}';

/** As it is stored. */
export function extraColumn(extra: string): string | null {
  return extra === NO_FIELDS ? null : extra;
}

/** An `extra` column with what a format has brought since; fields of the same name give way. */
export function withFields(extra: string | null, brought: Readonly<Record<string, Unknown>>): string {
  if (Object.keys(brought).length === 0) return extra ?? NO_FIELDS;
  const all = objectIn(extra ?? NO_FIELDS, 'extra') as Record<string, Unknown>;
  const changed = Object.entries(brought).map(([format, fields]) => [format, { ...all[format], ...fields }]);
  return JSON.stringify({ ...all, ...Object.fromEntries(changed) });
}

/** The fields that a format brought, out of an `extra` column. */
export function fieldsOf(extra: string | null, format: string): Unknown {
  if (extra === null) return {};
  const all = objectIn(extra, 'extra');
  const own = Object.hasOwn(all, format) ? all[format] : undefined;
  if (typeof own === 'object' && own !== null && !Array.isArray(own)) return own as Unknown;
  // Before schema 7 boxes had the fields without their format's name; only COCO's are known by themselves.
  return format === 'coco' && ('segmentation' in all || 'area' in all) ? all : {};
}
