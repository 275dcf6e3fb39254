import type { LabelClass } from '../../electron/common/entities.ts';
import type { PressedKey } from '../key-bindings.ts';

/** Digits in the order of the keyboard's row. */
export const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

/**
 * The class that a key chooses: an object class by its hotkey; with Shift and a digit an image class, by its hotkey
 * or, where it has none, by its place in the list.
 */
export function classForKey(event: PressedKey, classes: readonly LabelClass[]): LabelClass | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const key = digit ?? event.key.toLowerCase();
  if (event.shiftKey) {
    if (digit === undefined) return undefined;
    return classes.filter((c) => c.kind === 'image').find((c, index) => imageClassDigit(c, index) === digit);
  }
  return classes.find((c) => c.kind === 'object' && c.hotkey === key);
}

/** The digit that, with Shift, sets an image class; null past the tenth. */
export function imageClassDigit(labelClass: LabelClass, index: number): string | null {
  return labelClass.hotkey ?? DIGITS[index] ?? null;
}
