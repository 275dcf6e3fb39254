import type { ParameterNames, Translation } from '../../electron/common/sentences/types.ts';
import type { en } from './en.ts';

export type MessageKey = keyof typeof en;

/** Every language says every key: a missing one is a type error. */
export type Messages = Translation<typeof en>;

/** What the message's `{parameters}` need: none, or exactly these. */
export type Parameters<Key extends MessageKey> = [ParameterNames<(typeof en)[Key]>] extends [never]
  ? []
  : [parameters: Record<ParameterNames<(typeof en)[Key]>, string | number>];
