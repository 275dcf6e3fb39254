import type { words } from '../../electron/common/sentences/en/interface.ts';
import type { ParameterNames } from '../../electron/common/sentences/types.ts';

export type MessageKey = keyof typeof words;

/** What the message's `{parameters}` need: none, or exactly these. */
export type Parameters<Key extends MessageKey> = [ParameterNames<(typeof words)[Key]>] extends [never]
  ? []
  : [parameters: Record<ParameterNames<(typeof words)[Key]>, string | number>];
