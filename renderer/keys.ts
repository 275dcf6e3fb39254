import { matchKeybindingPress, parseKeybinding } from 'tinykeys';
import type { KeybindingPress } from 'tinykeys';
import { COMMAND_IDS, COMMANDS, keysOf } from './commands.ts';
import type { CommandId, CommandRegistry, KeyPreset } from './commands.ts';

interface Binding {
  readonly id: CommandId;
  readonly press: KeybindingPress;
}

function bindingsOf(preset: KeyPreset): Binding[] {
  return COMMAND_IDS.flatMap((id) =>
    keysOf(id, preset).flatMap((keys) => {
      const press = parseKeybinding(keys)[0];
      return press ? [{ id, press }] : [];
    }),
  );
}

/** Fields keep their own keys: typing must never edit labels. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

/** A control that has the focus keeps the keys that operate it. */
export function isOperating(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  const control = event.target.closest(
    'button, a[href], summary, [role="option"], [role="tab"], [role="slider"], [role="separator"], [role="radio"]',
  );
  if (!control) return false;
  const operates = ['Enter', ' '].includes(event.key) || event.key.startsWith('Arrow');
  // The canvas view owns Tab; everywhere else Tab goes to the next control, as people expect.
  return operates || event.key === 'Tab';
}

/** Turns key presses into commands. Returns the function that stops it. */
export function listenForKeys(
  target: Window,
  registry: CommandRegistry,
  preset: () => KeyPreset,
): () => void {
  let bindings: Binding[] = [];
  let bound: KeyPreset | null = null;
  let held: { id: CommandId; code: string } | null = null;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    if (bound !== preset()) bindings = bindingsOf((bound = preset()));
    const inDialog = document.querySelector('[role="dialog"]') !== null;
    for (const { id, press } of bindings) {
      if (!matchKeybindingPress(event, press)) continue;
      const command = COMMANDS[id];
      if (!command.everywhere && (inDialog || isTyping(event.target) || isOperating(event))) continue;
      if (id === 'box.cycle' || id === 'box.cycleBack') {
        if (!(event.target instanceof HTMLElement) || !event.target.closest('[data-canvas]')) continue;
      }
      if (event.repeat && !command.repeats) {
        event.preventDefault();
        return;
      }
      if (command.onRelease) {
        event.preventDefault();
        held = { id, code: event.code };
        return;
      }
      if (registry.run(id)) {
        event.preventDefault();
        return;
      }
    }
  }

  function onKeyUp(event: KeyboardEvent): void {
    if (held?.code !== event.code) return;
    const { id } = held;
    held = null;
    registry.run(id);
  }

  target.addEventListener('keydown', onKeyDown);
  target.addEventListener('keyup', onKeyUp);
  return () => {
    target.removeEventListener('keydown', onKeyDown);
    target.removeEventListener('keyup', onKeyUp);
  };
}

const NAMES: Readonly<Record<string, string>> = {
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  equal: '+',
  minus: '−',
  bracketleft: '[',
  bracketright: ']',
  comma: ',',
  numpadadd: 'Num +',
  numpadsubtract: 'Num −',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  escape: 'Esc',
  delete: 'Del',
};

/** A binding as keyboards are labelled: `Ctrl + Shift + Z`, on a Mac `⌘⇧Z`. One entry a key cap. */
export function keyCaps(binding: string, mac: boolean): string[] {
  return binding
    .replace(/\[\w+\]\+/g, '')
    .split('+')
    .map((part) => {
      if (part === '$mod') return mac ? '⌘' : 'Ctrl';
      if (part === 'Shift' && mac) return '⇧';
      if (part === 'Alt' && mac) return '⌥';
      const name = NAMES[part.toLowerCase()];
      return name ?? (part.length === 1 ? part.toUpperCase() : part);
    });
}

export const isMac = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.platform);
