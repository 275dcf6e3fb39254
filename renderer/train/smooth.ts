/** Exponential moving average, started without bias (Kingma and Ba 2015, section 3); gaps stay gaps. */
export function smooth(values: readonly (number | null)[], decay: number): (number | null)[] {
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = decay * sum + (1 - decay) * value;
    weight = decay * weight + (1 - decay);
    return sum / weight;
  });
}

/** At most `limit` of many indices, evenly, the last always among them. */
export function thin<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  const every = Math.ceil(items.length / limit);
  return items.filter((_, index) => (items.length - 1 - index) % every === 0);
}
