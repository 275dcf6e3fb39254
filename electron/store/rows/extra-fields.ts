import type { Unknown } from '../../common/dataset.ts';

/** As `extra` columns hold the fields that one format brought. */
export function byFormat(format: string, fields: Unknown): Record<string, Unknown> {
  return Object.keys(fields).length === 0 ? {} : { [format]: fields };
}

/** The fields that a format brought, out of an `extra` column. */
export function fieldsOf(extra: string | null, format: string): Unknown {
  if (extra === null) return {};
  const all = JSON.parse(extra) as Record<string, unknown>;
  const own = Object.hasOwn(all, format) ? all[format] : undefined;
  if (typeof own === 'object' && own !== null && !Array.isArray(own)) return own as Unknown;
  // Before schema 7 boxes had the fields without their format's name; only COCO's are known by themselves.
  return format === 'coco' && ('segmentation' in all || 'area' in all) ? all : {};
}
