import type { EvaluationItem, LabelClass } from '../../electron/common/entities.ts';
import { isolate } from '../../electron/common/sentences/isolate.ts';
import { t, textOfNames } from '../i18n/index.svelte.ts';

/** What is labelled and what was predicted, of a thing that an evaluation counts. */
export function itemWords(
  { found, truth, imageClasses }: Pick<EvaluationItem, 'found' | 'truth' | 'imageClasses'>,
  classes: readonly LabelClass[],
): string {
  const named = (ids: readonly number[]): string =>
    ids.length === 0
      ? t('confusion.none')
      : textOfNames(ids.map((id) => isolate(classes.find((one) => one.id === id)?.name ?? '')));
  if (imageClasses !== null) {
    const [labelled, predicted] = [named(imageClasses.labelled), named(imageClasses.predicted)];
    return labelled === predicted ? labelled : t('items.taken', { truth: labelled, found: predicted });
  }
  if (found === null) return truth === null ? '' : t('items.notFound', { truth: named([truth.classId]) });
  if (truth === null) return t('items.nothing', { found: named([found.classId]) });
  return truth.classId === found.classId
    ? named([found.classId])
    : t('items.taken', { truth: named([truth.classId]), found: named([found.classId]) });
}
