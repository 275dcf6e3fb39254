import { plain } from './text.ts';

/** The counts of a job's report, whatever they are: `images 364, boxes 4888`. */
export function describeCounts(result: unknown): string[] {
  if (typeof result !== 'object' || result === null) return [];
  const counts = Object.entries(result).filter(([, value]) => typeof value === 'number');
  return counts.length === 0
    ? []
    : [counts.map(([name, value]) => `${plain(name)} ${String(value)}`).join(', ')];
}
