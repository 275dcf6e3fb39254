import type { SentenceKey } from '../../electron/common/sentences/sentence.ts';
import { textOf } from '../i18n/index.svelte.ts';

/** What a setting or a group of settings is called in the person's language; its path where this version has none such. */
export function settingName(path: string): string {
  const key = `settings.${path}.name`;
  const name = textOf({ key: key as SentenceKey });
  return name === key ? path : name;
}
