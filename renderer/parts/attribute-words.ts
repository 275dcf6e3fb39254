import { COMMON_ATTRIBUTES } from '../../electron/common/entities.ts';
import { isolate } from '../../electron/common/sentences/isolate.ts';
import { t } from '../i18n/index.svelte.ts';

/** What an attribute of boxes is called. */
export function attributeTitle(name: string): string {
  const common = COMMON_ATTRIBUTES.find((one) => one === name);
  return common === undefined ? isolate(name) : t(`attribute.${common}`);
}

/** What is said of a value of an attribute; null: boxes that haven't got it. */
export function attributeValueText(value: string | number | boolean | null): string {
  if (value === null) return t('breakdown.without');
  return value === true ? t('breakdown.yes') : isolate(String(value));
}
