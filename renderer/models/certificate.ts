/** How far one output of an exported model is from the trained one's, in the output's unit. */
export interface OutputDifference {
  readonly output: string;
  readonly unit: 'probability' | 'pixels';
  readonly largest: number;
  readonly tolerance: number;
}

/** What an export's job says of its proof. */
export interface Certificate {
  /** Held-out images that were compared. */
  readonly images: number;
  readonly runtime: string;
  readonly differences: readonly OutputDifference[];
  readonly files: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDifference(value: unknown): value is OutputDifference {
  return (
    isObject(value) &&
    typeof value['output'] === 'string' &&
    (value['unit'] === 'probability' || value['unit'] === 'pixels') &&
    typeof value['largest'] === 'number' &&
    typeof value['tolerance'] === 'number'
  );
}

/** Reads the kind-specific JSON of an export's result; null where it is no proof. */
export function readCertificate(result: unknown): Certificate | null {
  if (!isObject(result) || !isObject(result['certificate'])) return null;
  const { images, runtime, differences } = result['certificate'];
  if (typeof images !== 'number' || !Array.isArray(differences)) return null;
  const { files } = result;
  return {
    images,
    runtime: typeof runtime === 'string' ? runtime : '',
    differences: differences.filter(isDifference),
    files: Array.isArray(files) ? files.filter((name): name is string => typeof name === 'string') : [],
  };
}
