import { z } from 'zod';

/** What a column of a table of boxes means; `width` and `height` are those of the box. */
export const ColumnRole = z.enum([
  ...(['image', 'class', 'xmin', 'ymin', 'xmax', 'ymax', 'x', 'y', 'width', 'height'] as const),
  ...(['imageWidth', 'imageHeight', 'split', 'group', 'score'] as const),
]);
export type ColumnRole = z.infer<typeof ColumnRole>;

/** Columns by what they mean: their names in the header, or their numbers from 1. */
export const ColumnMapping = z.partialRecord(ColumnRole, z.string().min(1).max(500));
export type ColumnMapping = z.infer<typeof ColumnMapping>;

/** What is missing for boxes to be read; none of them where the mapping is whole. */
export function missingRoles(mapping: ColumnMapping): ColumnRole[] {
  const has = (role: ColumnRole): boolean => mapping[role] !== undefined;
  const missing: ColumnRole[] = (['image', 'class'] as const).filter((role) => !has(role));
  if (!has('xmin') && !has('x')) missing.push('xmin');
  if (!has('ymin') && !has('y')) missing.push('ymin');
  if (!has('xmax') && !has('width')) missing.push('xmax');
  if (!has('ymax') && !has('height')) missing.push('ymax');
  // Corners and sizes do not mix.
  if (missing.length === 0 && has('xmax') !== has('ymax')) missing.push(has('xmax') ? 'ymax' : 'xmax');
  return missing;
}

/** A table as it is, with what its columns seem to mean. */
export const TableColumns = z.object({
  file: z.string(),
  /** Cells of the first line; numbers from 1 where it has no names. */
  names: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  columns: ColumnMapping,
  /** What the proposal rests on: names that tools write, the values, or an earlier import. */
  by: z.enum(['names', 'values', 'before', 'nothing']),
});
export type TableColumns = z.infer<typeof TableColumns>;

/** How a source counts coordinates: corners as edges from 0, as pixels from 1 (both inside), or as shares of the image. */
export const Convention = z.enum(['edges', 'pixels', 'shares']);
export type Convention = z.infer<typeof Convention>;
