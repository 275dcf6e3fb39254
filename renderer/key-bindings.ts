/**
 * How keys are written: presses apart by a blank, modifiers first, `$mod` for Ctrl or ⌘: `$mod+Shift+z`, `ArrowLeft`, `?`,
 * `t h`. A key is the character it types; Shift is not written for others than letters, as keyboards differ.
 */
export interface KeyPress {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

/** The part of a keyboard event that matters, so that tests need no browser. */
export interface PressedKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const MODIFIER = /^(\$mod|Alt|Shift)\+(?=.)/;
const MODIFIER_KEYS = new Set(['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'CapsLock', 'Fn', 'NumLock']);

export function parseKeys(keys: string): KeyPress[] {
  return keys.split(' ').map((text) => {
    const held = new Set<string>();
    let rest = text;
    for (let found = MODIFIER.exec(rest); found; found = MODIFIER.exec(rest)) {
      held.add(found[1] ?? '');
      rest = rest.slice(found[0].length);
    }
    const key = rest.length === 1 ? rest.toLowerCase() : rest;
    return { mod: held.has('$mod'), alt: held.has('Alt'), shift: held.has('Shift'), key };
  });
}

function writePress({ mod, alt, shift, key }: KeyPress): string {
  return [...(mod ? ['$mod'] : []), ...(alt ? ['Alt'] : []), ...(shift ? ['Shift'] : []), key].join('+');
}

/** A character that Shift may have made: its Shift is part of the character. */
function isSymbol(key: string): boolean {
  return /^[^\p{L}\d]$/u.test(key);
}

/**
 * The key's name. A letter of another script (Cyrillic, Greek, Hebrew …), a dead key or one that an input method holds
 * counts as the Latin letter at the same position; with Alt, which on a Mac types other characters, so does every key.
 */
function keyName({ key, code, altKey }: PressedKey): string {
  const physical = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code);
  const atPosition = (physical?.[1] ?? physical?.[2])?.toLowerCase();
  if (key === ' ' || code === 'Space') return 'Space';
  if (atPosition !== undefined && (altKey || physical?.[2] !== undefined)) {
    // A digit's key with Shift types a symbol on one keyboard and the digit on another: the position decides.
    return atPosition;
  }
  if (/^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  if (atPosition !== undefined) return atPosition;
  return key;
}

/** What was pressed, written as a binding; null while only modifiers are down. */
export function pressOf(event: PressedKey, mac: boolean): KeyPress | null {
  if (MODIFIER_KEYS.has(event.key)) return null;
  // The other of Ctrl and ⌘ belongs to the system.
  if (mac ? event.ctrlKey : event.metaKey) return null;
  const key = keyName(event);
  const shift = event.shiftKey && !isSymbol(key);
  return { mod: mac ? event.metaKey : event.ctrlKey, alt: event.altKey, shift, key };
}

export function samePress(a: KeyPress, b: KeyPress): boolean {
  return a.mod === b.mod && a.alt === b.alt && a.shift === b.shift && a.key === b.key;
}

/** Whether the press of the first binding's keys would run or begin the second. */
export function keysCollide(first: string, second: string): boolean {
  const [a, b] = [parseKeys(first), parseKeys(second)];
  return a.slice(0, b.length).every((press, index) => {
    const other = b[index];
    return other !== undefined && samePress(press, other);
  });
}

/** A digit alone, or with Shift, chooses a class: commands can't have it. */
export function isClassKey({ mod, alt, key }: KeyPress): boolean {
  return !mod && !alt && /^\d$/.test(key);
}

export function writeKeys(presses: readonly KeyPress[]): string {
  return presses.map(writePress).join(' ');
}
