import { chooseCommand, keysOf } from './keymap.ts';
import { COMMAND_IDS, COMMANDS } from './commands.ts';
import type { CommandId } from './commands.ts';
import type { CommandRegistry } from './command-registry.ts';
import type { Keymap } from './keymap.ts';
import { parseKeys, pressOf, samePress } from './key-bindings.ts';
import type { KeyPress } from './key-bindings.ts';

export const isMac = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.platform);

interface Binding {
  readonly id: CommandId;
  readonly presses: readonly KeyPress[];
}

/** How long the second press of a sequence such as “t h” is waited for, milliseconds. */
const SEQUENCE_TIME = 1200;

function bindingsOf(keymap: Keymap): Binding[] {
  return COMMAND_IDS.flatMap((id) =>
    keysOf(id, keymap).map((keys): Binding => ({ id, presses: parseKeys(keys) })),
  );
}

/** Fields keep their own keys: typing must never edit labels. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    !(target instanceof HTMLSelectElement && target !== document.activeElement) &&
    target.closest(
      'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [contenteditable]',
    ) !== null
  );
}

/** Fields of text, as against what is chosen or ticked. */
export function isWrittenIn(target: EventTarget | null): boolean {
  return !(target instanceof HTMLSelectElement) && isTyping(target);
}

/** A control that has the focus keeps the keys that operate it. */
function isOperating(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  const control = event.target.closest(
    'button, a[href], summary, input, [role="option"], [role="tab"], [role="slider"], [role="separator"], [role="radio"]',
  );
  if (!control || event.ctrlKey || event.metaKey || event.altKey) return false;
  const operates = ['Enter', ' '].includes(event.key) || event.key.startsWith('Arrow');
  // The canvas view owns Tab; everywhere else Tab goes to the next control, as people expect.
  return operates || event.key === 'Tab';
}

/** Whether the entries of a list are shown; where the browser can't say, they may be. */
function isOpen(list: HTMLSelectElement | null): boolean {
  return list !== null && (!CSS.supports('selector(:open)') || list.matches(':open'));
}

/** Turns key presses into commands. Returns the function that stops it. */
export function listenForKeys(target: Window, registry: CommandRegistry, keymap: () => Keymap): () => void {
  let bindings: Binding[] = [];
  let bound: Keymap | null = null;
  let held: { id: CommandId; code: string } | null = null;
  /** The bindings whose first press has been made. */
  let begun: { bindings: readonly Binding[]; at: number } | null = null;

  /** The list that the pointer has opened: once a choice is made, keys go to the canvas again. */
  let opened: HTMLSelectElement | null = null;

  function onPointerDown({ target: pressed }: PointerEvent): void {
    const list = pressed instanceof Element ? pressed.closest('select') : null;
    opened = list?.closest('[role="dialog"]') === null ? list : null;
  }

  function onChange({ target: changed }: Event): void {
    if (opened !== null && changed === opened) leaveList();
  }

  function leaveList(): void {
    opened?.blur();
    opened = null;
  }

  function allowed(id: CommandId, event: KeyboardEvent, inDialog: boolean): boolean {
    if (!COMMANDS[id].everywhere && (inDialog || isTyping(event.target) || isOperating(event))) return false;
    if (id !== 'box.cycle' && id !== 'box.cycleBack') return true;
    return event.target instanceof HTMLElement && event.target.closest('[data-canvas]') !== null;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    // Closed without a choice it still has the focus, and would look for an entry that begins with the letter.
    if (event.target === opened && /^\S$/u.test(event.key) && !isOpen(opened)) leaveList();
    const press = pressOf(event, isMac);
    if (!press) return;
    const now = keymap();
    if (bound !== now) bindings = bindingsOf((bound = now));
    const inDialog = document.querySelector('[role="dialog"], [role="menu"]') !== null;
    const usable = bindings.filter(({ id }) => allowed(id, event, inDialog));

    const waiting = begun && event.timeStamp - begun.at < SEQUENCE_TIME ? begun.bindings : [];
    begun = null;
    const second = waiting.filter(({ presses }) => presses[1] && samePress(presses[1], press));
    const first = usable.filter(({ presses }) => presses[0] && samePress(presses[0], press));
    const matching = second.length > 0 ? second : first.filter(({ presses }) => presses.length === 1);
    const id = chooseCommand(
      matching.map((binding) => binding.id),
      (candidate) => COMMANDS[candidate].onRelease === true || registry.answers(candidate),
    );
    if (id !== null) {
      event.preventDefault();
      if (event.repeat && !COMMANDS[id].repeats) return;
      if (COMMANDS[id].onRelease) held = { id, code: event.code };
      else registry.run(id);
      return;
    }
    const sequences = first.filter(({ presses }) => presses.length > 1);
    if (sequences.length === 0) return;
    begun = { bindings: sequences, at: event.timeStamp };
    event.preventDefault();
  }

  function onKeyUp(event: KeyboardEvent): void {
    if (held?.code !== event.code) return;
    const { id } = held;
    held = null;
    registry.run(id);
  }

  function onBlur(): void {
    held = null;
    begun = null;
  }

  target.addEventListener('pointerdown', onPointerDown, true);
  target.addEventListener('change', onChange);
  target.addEventListener('keydown', onKeyDown);
  target.addEventListener('keyup', onKeyUp);
  target.addEventListener('blur', onBlur);
  return () => {
    target.removeEventListener('pointerdown', onPointerDown, true);
    target.removeEventListener('change', onChange);
    target.removeEventListener('keydown', onKeyDown);
    target.removeEventListener('keyup', onKeyUp);
    target.removeEventListener('blur', onBlur);
  };
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  '-': '−',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Escape: 'Esc',
  Delete: 'Del',
};

/** A binding as keyboards are labelled: `Ctrl + Shift + Z`, on a Mac `⌘⇧Z`. One entry a key cap. */
export function keyCaps(binding: string, mac: boolean): string[] {
  return parseKeys(binding).flatMap(({ mod, alt, shift, key }) => [
    ...(mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(shift ? [mac ? '⇧' : 'Shift'] : []),
    NAMES[key] ?? (/^.$/u.test(key) ? key.toUpperCase() : key),
  ]);
}

/** Key caps of the first binding of a command; none where it has no keys. */
export const commandCaps = (id: CommandId, keymap: Keymap): string[] =>
  keysOf(id, keymap)
    .slice(0, 1)
    .flatMap((keys) => keyCaps(keys, isMac));
