import type { PlaceNames, Translation } from '../../electron/common/sentences/types.ts';
import type { en } from './en.ts';

export type MessageKey = keyof typeof en;

/** Every language says every key: a missing one is a type error. */
export type Messages = Translation<typeof en>;

/** What the message's `{places}` need: none, or exactly these. */
export type Places<Key extends MessageKey> = [PlaceNames<(typeof en)[Key]>] extends [never]
  ? []
  : [places: Record<PlaceNames<(typeof en)[Key]>, string | number>];
