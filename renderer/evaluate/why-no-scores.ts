import type { ClassKind } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import type { MessageKey } from '../i18n/types.ts';
import { readAt } from '../train/config-schema.ts';
import { HEAD_LOOKS } from '../train/head-looks.ts';

/**
 * Why an evaluation has no scores of a task.
 * @param config of the run
 * @param kinds of classes that its network tells apart; undefined: not known
 */
export function whyNoScores(
  task: TaskName,
  config: unknown,
  kinds: readonly ClassKind[] | undefined,
): MessageKey {
  if (readAt(config, `weights.${task}`) === 0) return `evaluate.noScores.${task}.off`;
  if (kinds === undefined) return 'evaluate.noScores';
  return kinds.includes(HEAD_LOOKS[task].classes)
    ? `evaluate.noScores.${task}.labels`
    : `evaluate.noScores.${task}.untrained`;
}
