/** What an export's job says of its proof. */
export interface Certificate {
  readonly largestDifference: number | null;
  readonly tolerance: number | null;
  readonly files: readonly string[];
}

/** Reads the kind-specific JSON of an export's result; what it doesn't say is null. */
export function readCertificate(result: unknown): Certificate {
  const fields = new Map<string, unknown>();
  function collect(node: unknown): void {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (!fields.has(name)) fields.set(name, value);
      collect(value);
    }
  }
  collect(result);
  const numberOf = (...names: string[]): number | null => {
    for (const name of names) {
      const value = fields.get(name);
      if (typeof value === 'number') return value;
    }
    return null;
  };
  const files = fields.get('files');
  const file = fields.get('file');
  return {
    largestDifference: numberOf('largestDifference', 'maxDifference'),
    tolerance: numberOf('tolerance'),
    files: Array.isArray(files)
      ? files.filter((name): name is string => typeof name === 'string')
      : typeof file === 'string'
        ? [file]
        : [],
  };
}
