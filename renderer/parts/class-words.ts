import { classNameKey } from '../../electron/common/class-names.ts';
import type { LabelClass } from '../../electron/common/entities.ts';
import { t } from '../i18n/index.svelte.ts';

/** A class's name among classes of both kinds: with its kind where another kind has a class of that name. */
export function classWords({ name, kind }: LabelClass, classes: readonly LabelClass[]): string {
  const key = classNameKey(name);
  const shared = classes.some((other) => other.kind !== kind && classNameKey(other.name) === key);
  return shared ? t(`class.ofKind.${kind}`, { name }) : name;
}
