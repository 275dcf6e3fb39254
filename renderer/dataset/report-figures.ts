import type { ImportReport } from '../../electron/common/jobs.ts';
import { number } from '../i18n/index.svelte.ts';
import type { MessageKey } from '../i18n/types.ts';

type Figure = Exclude<keyof ImportReport, 'choices'>;

const NAMES = [
  ['images', 'report.images'],
  ['imagesAdded', 'report.imagesAdded'],
  ['imagesMoved', 'report.imagesMoved'],
  ['imagesMissing', 'report.imagesMissing'],
  ['boxes', 'report.boxes'],
  ['boxesAdded', 'report.boxesAdded'],
  ['boxesChanged', 'report.boxesChanged'],
  ['boxesRemoved', 'report.boxesRemoved'],
  ['suggestions', 'report.suggestions'],
  ['classesCreated', 'report.classesCreated'],
] as const satisfies [Figure, MessageKey][];
/** Told only where there are any: a nought here is not worth a word. */
const SELDOM: ReadonlySet<Figure> = new Set([
  'suggestions',
  'imagesAdded',
  'imagesMoved',
  'imagesMissing',
  'boxesAdded',
  'boxesChanged',
  'boxesRemoved',
]);

/** The counts of an import, as pairs of a name and the figure. */
export function reportFigures(report: ImportReport): [name: MessageKey, value: string][] {
  return NAMES.flatMap(([key, name]): [MessageKey, string][] =>
    report[key] === 0 && SELDOM.has(key) ? [] : [[name, number(report[key])]],
  );
}
