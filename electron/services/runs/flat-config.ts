/** A configuration as values by path: { optimizer: { clipNorm: 10 } } → "optimizer.clipNorm" → 10. */
export function flatConfig(config: Readonly<Record<string, unknown>>, prefix = ''): Map<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    const path = `${prefix}${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, one] of flatConfig(value as Record<string, unknown>, `${path}.`))
        settings.set(inner, one);
    } else {
      settings.set(path, value);
    }
  }
  return settings;
}
