import type { LabelClass } from '../../../electron/common/entities.ts';
import { COMMAND_IDS } from '../../commands.ts';
import { keysOf } from '../../keymap.ts';
import type { CommandId } from '../../commands.ts';
import type { Keymap } from '../../keymap.ts';
import { keysCollide, pressOf } from '../../key-bindings.ts';
import type { PressedKey } from '../../key-bindings.ts';
import { isMac } from '../../keys.ts';

/** Digits in the order of the keyboard's row. */
export const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

/**
 * The class that a key chooses: an object class by its hotkey; with Shift and a digit an image class, by its hotkey
 * or, where it has none, by its index in the list.
 */
export function classForKey(event: PressedKey, classes: readonly LabelClass[]): LabelClass | undefined {
  const press = pressOf(event, isMac);
  if (!press || press.mod || press.alt) return undefined;
  if (press.shift)
    return classes
      .filter((c) => c.kind === 'image')
      .find((c, index) => imageClassDigit(c, index) === press.key && /^\d$/.test(press.key));
  return classes.find((c) => c.kind === 'object' && c.hotkey === press.key);
}

/** The digit that, with Shift, sets an image class; null past the tenth. */
export function imageClassDigit(labelClass: LabelClass, index: number): string | null {
  return labelClass.hotkey ?? DIGITS[index] ?? null;
}

/** The commands that a class's key runs, or that begin with it: with any the key doesn't choose the class. */
export function commandsAtKey(hotkey: string, keymap: Keymap): CommandId[] {
  return COMMAND_IDS.filter((id) => keysOf(id, keymap).some((keys) => keysCollide(hotkey, keys)));
}

/** The object class that would no longer be chosen by its key if a command had these keys. */
export function classWithKeys(keys: string, classes: readonly LabelClass[]): LabelClass | undefined {
  return classes.find((c) => c.kind === 'object' && c.hotkey !== null && keysCollide(c.hotkey, keys));
}

export interface SilencedClass {
  readonly labelClass: LabelClass;
  readonly hotkey: string;
  readonly commands: readonly CommandId[];
}

/** Object classes whose key doesn't choose them, since it is a command's. */
export function silencedClasses(classes: readonly LabelClass[], keymap: Keymap): SilencedClass[] {
  return classes.flatMap((labelClass) => {
    const { kind, hotkey } = labelClass;
    if (kind !== 'object' || hotkey === null) return [];
    const commands = commandsAtKey(hotkey, keymap);
    return commands.length === 0 ? [] : [{ labelClass, hotkey, commands }];
  });
}
