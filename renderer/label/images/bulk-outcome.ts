import type { OutputOf } from '../../../electron/common/contract.ts';
import { t, textOf, textOfAll } from '../../i18n/index.svelte.ts';

type Outcome = OutputOf<'images.setSplit'> & Partial<OutputOf<'images.change'>>;

/** What a change of so many images has done, in the words of the history, and which it has not changed, and why. */
export function outcomeText(asked: number, { changed, summary, labelled = 0 }: Outcome): string {
  const already = asked - changed - labelled;
  const rest = textOfAll([
    ...(labelled > 0 ? [t('selection.labelled', { count: labelled })] : []),
    ...(already > 0 ? [t('selection.already', { count: already })] : []),
  ]);
  if (summary === null) return rest;
  const what = textOf(summary);
  return rest === '' ? what : t('selection.partly', { what, rest });
}
