import { number } from '../i18n/index.svelte.ts';
import type { MessageKey } from '../i18n/types.ts';

const NAMES: Readonly<Record<string, MessageKey>> = {
  format: 'report.format',
  images: 'report.images',
  imagesAdded: 'report.imagesAdded',
  imagesMissing: 'report.imagesMissing',
  added: 'report.added',
  unchanged: 'report.unchanged',
  changed: 'report.changed',
  boxes: 'report.boxes',
  suggestions: 'report.suggestions',
  classesCreated: 'report.classesCreated',
};
/** Told only where there are any: a nought here is not worth a word. */
const SELDOM = new Set(['suggestions', 'imagesAdded', 'imagesMissing', 'unchanged', 'changed']);

/** The counts in a job's result that have a name here, as pairs of that name and the figure. */
export function reportFigures(result: unknown): [name: MessageKey, value: string][] {
  if (typeof result !== 'object' || result === null) return [];
  return Object.entries(result).flatMap(([key, value]): [MessageKey, string][] => {
    const name = NAMES[key];
    if (name === undefined || (value === 0 && SELDOM.has(key))) return [];
    if (typeof value === 'number') return [[name, number(value)]];
    return typeof value === 'string' ? [[name, value]] : [];
  });
}
