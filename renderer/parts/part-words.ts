import type { LabelClass } from '../../electron/common/entities.ts';
import { isolate } from '../../electron/common/sentences/isolate.ts';
import { CALIBRATION_BINS } from '../../electron/common/score-parts.ts';
import type { EvaluationPart } from '../../electron/common/score-parts.ts';
import { HEAD_LOOKS } from '../train/head-looks.ts';
import { attributeTitle, attributeValueText } from './attribute-words.ts';
import { percent, t } from '../i18n/index.svelte.ts';

/** A score in thousandths; whole percents as such. */
const scoreWords = (thousandths: number): string =>
  percent(thousandths / 1000, thousandths % 10 === 0 ? 0 : 1);

/** What a number of an evaluation counts, as the heading of its list. */
export function partWords(part: EvaluationPart, classes: readonly LabelClass[]): string {
  const named = (id: number): string => isolate(classes.find((one) => one.id === id)?.name ?? String(id));
  switch (part.of) {
    case 'error':
      return t(`errors.${part.error}`);
    case 'suspect':
      return t(`suspects.${part.suspect}`);
    case 'size':
      return t('items.size', { size: t(`sizes.${part.size}`) });
    case 'boxClass':
    case 'imageClass':
      return t('items.class', { name: named(part.classId) });
    case 'falseAlarms':
      return t('items.falseAlarms');
    case 'confidence':
      return t('items.confidence', {
        from: percent(part.bin / CALIBRATION_BINS, 0),
        to: percent((part.bin + 1) / CALIBRATION_BINS, 0),
      });
    case 'scores':
      return t('items.scores', {
        name: named(part.classId),
        from: scoreWords(part.from),
        to: scoreWords(part.to),
      });
    case 'attribute':
      return t('items.attribute', { name: attributeTitle(part.name), value: attributeValueText(part.value) });
    case 'changed':
      return t('items.changed', {
        head: t(HEAD_LOOKS[part.task].label),
        change: t(`compared.${part.change}`),
      });
    case 'cutoff':
      return t('items.cutoff', { name: named(part.classId), score: percent(part.from / 1000) });
    case 'boxes': {
      const { truth, found } = part;
      if (truth === null) return t('items.nothing', { found: found === null ? '' : named(found) });
      if (found === null) return t('items.notFound', { truth: named(truth) });
      return truth === found
        ? t('items.right', { truth: named(truth) })
        : t('items.taken', { truth: named(truth), found: named(found) });
    }
    case 'imageClasses':
      return part.truth === part.found
        ? t('items.right', { truth: named(part.truth) })
        : t('items.taken', { truth: named(part.truth), found: named(part.found) });
  }
}
