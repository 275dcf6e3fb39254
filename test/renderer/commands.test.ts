import { describe, expect, it } from 'vitest';
import { COMMAND_IDS, CommandRegistry, KEY_PRESETS, keysOf } from '../../renderer/commands.ts';
import { keyCaps } from '../../renderer/keys.ts';
import { classForKey, DIGITS } from '../../renderer/label/hotkeys.ts';
import { rank } from '../../renderer/shell/palette-search.ts';

describe('commands', () => {
  it.each(KEY_PRESETS)('have no key twice in the preset %s', (preset) => {
    const taken = new Map<string, string>();
    for (const id of COMMAND_IDS)
      for (const keys of keysOf(id, preset)) {
        expect(taken.get(keys), `${keys} of ${id}`).toBeUndefined();
        taken.set(keys, id);
      }
  });

  it.each(KEY_PRESETS)('leave the digits to the classes in the preset %s', (preset) => {
    const digits = new Set<string>(DIGITS);
    expect(COMMAND_IDS.flatMap((id) => keysOf(id, preset)).filter((keys) => digits.has(keys))).toEqual([]);
  });

  it('have the keys that fingers know', () => {
    expect(keysOf('box.draw', 'labelImg')).toEqual(['w']);
    expect(keysOf('image.next', 'labelImg')).toEqual(['d']);
    expect(keysOf('image.previous', 'labelImg')).toEqual(['a']);
    expect(keysOf('box.draw', 'cvat')).toEqual(['n']);
    expect(keysOf('image.next', 'cvat')).toEqual(['f']);
    expect(keysOf('image.previous', 'cvat')).toEqual(['d']);
  });

  it('are run by the newest provider that is there, and only when available', () => {
    const registry = new CommandRegistry();
    const ran: string[] = [];
    registry.provide({ 'image.next': () => ran.push('old') });
    const takeAway = registry.provide({
      'image.next': { run: () => ran.push('new'), when: () => ran.length < 1 },
    });
    expect(registry.run('image.next')).toBe(true);
    expect(registry.run('image.next')).toBe(false);
    takeAway();
    expect(registry.run('image.next')).toBe(true);
    expect(registry.run('box.draw')).toBe(false);
    expect(ran).toEqual(['new', 'old']);
  });

  it('show keys as keyboards are labelled', () => {
    expect(keyCaps('$mod+Shift+z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(keyCaps('$mod+Shift+z', true)).toEqual(['⌘', '⇧', 'Z']);
    expect(keyCaps('Shift+ArrowLeft', false)).toEqual(['Shift', '←']);
    expect(keyCaps('[Shift]+Equal', false)).toEqual(['+']);
  });
});

describe('class keys', () => {
  const base = { color: '#000000', uses: 0, position: 0 };
  const classes = [
    { ...base, id: 1, kind: 'object' as const, name: 'cell', hotkey: '1' },
    { ...base, id: 2, kind: 'object' as const, name: 'blob', hotkey: null },
    { ...base, id: 3, kind: 'image' as const, name: 'sick', hotkey: null },
    { ...base, id: 4, kind: 'image' as const, name: 'well', hotkey: '7' },
  ];
  const press = (code: string, key: string, held: object = {}) => ({
    key,
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  });

  it('choose an object class plainly and an image class with Shift', () => {
    expect(classForKey(press('Digit1', '1'), classes)?.id).toBe(1);
    expect(classForKey(press('Numpad1', '1'), classes)?.id).toBe(1);
    expect(classForKey(press('Digit1', '!', { shiftKey: true }), classes)?.id).toBe(3);
    expect(classForKey(press('Digit7', '&', { shiftKey: true }), classes)?.id).toBe(4);
    expect(classForKey(press('Digit2', '2'), classes)).toBeUndefined();
    expect(classForKey(press('Digit1', '1', { ctrlKey: true }), classes)).toBeUndefined();
  });
});

describe('the palette', () => {
  const entries = ['Next image', 'Next unseen image', 'Undo', 'Zoom in'].map((title) => ({ title }));
  const found = (words: string): string[] => rank(words, entries).map(({ title }) => title);

  it('shows everything before anything is written', () => expect(found('')).toHaveLength(4));
  it('finds by the letters of a word', () => expect(found('undo')[0]).toBe('Undo'));
  it('finds by initials', () => expect(found('nui')[0]).toBe('Next unseen image'));
  it('says nothing where nothing matches', () => expect(found('qqq')).toEqual([]));
});
