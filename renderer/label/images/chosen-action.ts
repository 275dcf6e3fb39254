import type { KeyPress } from '../../key-bindings.ts';

/** What a key does to the images that are chosen in the list; null: nothing of its own. */
export function chosenAction(press: KeyPress | null): 'all' | 'remove' | 'clear' | null {
  if (press === null || press.alt) return null;
  if (press.mod) return press.key === 'a' && !press.shift ? 'all' : null;
  // Backspace and Shift+Delete take boxes away, too.
  if (press.key === 'Delete' || press.key === 'Backspace') return 'remove';
  return press.key === 'Escape' ? 'clear' : null;
}
