interface Sortable<Row> {
  readonly id: string;
  readonly sortBy?: (row: Row) => string | number | null;
}

/** Rows by a column, stable; what has no value comes last in either direction. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  order: { readonly column: string; readonly descending: boolean } | null,
): readonly Row[] {
  const value = columns.find((column) => column.id === order?.column)?.sortBy;
  if (!order || !value) return rows;
  const direction = order.descending ? -1 : 1;
  return [...rows].sort((first, second) => {
    const [a, b] = [value(first), value(second)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
    return direction * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
}
