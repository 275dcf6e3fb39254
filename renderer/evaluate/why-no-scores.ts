import type { ClassKind } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import { t } from '../i18n/index.svelte.ts';
import { readAt } from '../train/config-schema.ts';
import { HEAD_LOOKS } from '../train/head-looks.ts';
import { settingName } from '../train/setting-name.ts';

/**
 * Why an evaluation has no scores of a task.
 * @param config of the run
 * @param kinds of classes that its network tells apart; undefined: not known
 */
export function whyNoScores(
  task: TaskName,
  config: unknown,
  kinds: readonly ClassKind[] | undefined,
): string {
  const weight = `weights.${task}`;
  if (readAt(config, weight) === 0)
    return t(`evaluate.noScores.${task}.off`, { setting: settingName(weight) });
  if (kinds === undefined) return t('evaluate.noScores');
  return t(
    kinds.includes(HEAD_LOOKS[task].classes)
      ? `evaluate.noScores.${task}.labels`
      : `evaluate.noScores.${task}.untrained`,
  );
}
