import { number } from '../i18n/index.svelte.ts';

/**
 * The counts in a job's result, as pairs of name and figure. Results are kind-specific JSON; whatever counts they
 * hold at the top are shown under their own names, nothing else.
 */
export function reportFigures(result: unknown): [name: string, value: string][] {
  if (typeof result !== 'object' || result === null) return [];
  return Object.entries(result).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'number') return [[words(name), number(value)]];
    if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
      return [[words(name), value.join(', ')]];
    if (typeof value === 'string' && name === 'format') return [[words(name), value]];
    return [];
  });
}

function words(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
