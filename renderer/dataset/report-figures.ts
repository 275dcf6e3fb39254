import { SPLITS } from '../../electron/common/entities.ts';
import type { ImportReport, JobResult } from '../../electron/common/jobs.ts';
import { number, t, textOfSentences } from '../i18n/index.svelte.ts';
import type { MessageKey } from '../i18n/types.ts';

type Figure = (typeof NAMES)[number][0];

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
  ['groups', 'report.groups'],
] as const satisfies [keyof ImportReport, MessageKey][];
/** Told only where there are any: a nought here is not worth a word. */
const SELDOM: ReadonlySet<Figure> = new Set([
  'suggestions',
  'imagesAdded',
  'imagesMoved',
  'imagesMissing',
  'boxesAdded',
  'boxesChanged',
  'boxesRemoved',
  'groups',
]);

/** The counts of an import, as pairs of a name and the figure. */
export function reportFigures(report: ImportReport): [name: MessageKey, value: string][] {
  const figures = NAMES.flatMap(([key, name]): [MessageKey, string][] =>
    !report[key] && SELDOM.has(key) ? [] : [[name, number(report[key] ?? 0)]],
  );
  const { splits } = report;
  if (splits === undefined) return figures;
  const shares = SPLITS.flatMap((one) =>
    splits[one] === 0 ? [] : [`${t(`split.${one}`)} ${number(splits[one])}`],
  );
  return [...figures, ['report.splits', shares.join(' · ')]];
}

/** What became of a folder's images: "Added 3 images. 12 were known already." */
export function folderSummary({ added, unchanged, moved, changed }: JobResult<'add-images'>): string {
  return textOfSentences([
    t('folder.added', { count: added }),
    ...(unchanged > 0 ? [t('folder.known', { count: unchanged })] : []),
    ...(moved > 0 ? [t('folder.moved', { count: moved })] : []),
    ...(changed > 0 ? [t('folder.changed', { count: changed })] : []),
  ]);
}
