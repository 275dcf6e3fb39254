import type { GroupProgress } from '../../electron/common/entities.ts';
import { t } from '../i18n/index.svelte.ts';

/** Which images belong together, in words. */
export function groupWords({ kind, name }: Pick<GroupProgress, 'kind' | 'name'>): string {
  return t(`group.${kind}`, { name });
}
