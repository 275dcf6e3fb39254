import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseCommand,
  clashesOf,
  conflictsOf,
  keysOf,
  readOwnKeys,
  withOwnKey,
} from '../../renderer/keymap.ts';
import { commandAliases, commandTitle } from '../../renderer/command-titles.ts';
import { COMMAND_IDS } from '../../renderer/commands.ts';
import { KEY_PRESETS } from '../../renderer/key-presets.ts';
import { TOOLS } from '../../renderer/editor/tools/index.ts';
import { setLanguage } from '../../renderer/i18n/index.svelte.ts';
import { CommandRegistry } from '../../renderer/command-registry.ts';
import type { CommandId } from '../../renderer/commands.ts';
import type { KeyPreset } from '../../renderer/key-presets.ts';
import type { Keymap, OwnKeys } from '../../renderer/keymap.ts';
import { isClassKey, parseKeys, pressOf, samePress, writeKeys } from '../../renderer/key-bindings.ts';
import type { PressedKey } from '../../renderer/key-bindings.ts';
import { keyCaps } from '../../renderer/keys.ts';
import {
  classForKey,
  classWithKeys,
  commandsAtKey,
  silencedClasses,
} from '../../renderer/label/classes/hotkeys.ts';
import { rank } from '../../renderer/shell/palette-search.ts';

const keymap = (preset: KeyPreset, own: OwnKeys = {}): Keymap => ({ preset, own });

/** A press on a keyboard with US layout, unless `key` says what another layout types there. */
function press(code: string, held: Partial<PressedKey> = {}): PressedKey {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const typed = letter ? (held.shiftKey ? letter : letter.toLowerCase()) : code;
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key: typed, code, ...none, ...held };
}

/** The commands that a press runs, whatever is available. */
function commandsFor(event: PressedKey, map: Keymap): CommandId[] {
  const pressed = pressOf(event, false);
  return COMMAND_IDS.filter((id) =>
    keysOf(id, map).some((keys) => pressed !== null && samePress(parseKeys(keys)[0]!, pressed)),
  );
}

describe('commands', () => {
  it.each(KEY_PRESETS)('have no key twice in the preset %s, but where one yields to the other', (preset) => {
    for (const id of COMMAND_IDS)
      for (const keys of keysOf(id, keymap(preset)))
        expect(conflictsOf(id, keys, keymap(preset)), `${keys} of ${id}`).toEqual([]);
  });

  it.each(TOOLS)('choose the tool $id of the canvas by its own keys', ({ command, keys }) => {
    for (const preset of KEY_PRESETS)
      expect(keysOf(command, keymap(preset))).toEqual('labelImg' in keys ? keys[preset] : keys);
    expect(COMMAND_IDS).toContain(command);
  });

  it.each(KEY_PRESETS)('leave the digits to the classes in the preset %s', (preset) => {
    const all = COMMAND_IDS.flatMap((id) => keysOf(id, keymap(preset)));
    expect(all.filter((keys) => parseKeys(keys).some(isClassKey))).toEqual([]);
  });

  it.each(KEY_PRESETS)('write their keys as they are read in the preset %s', (preset) => {
    for (const id of COMMAND_IDS)
      for (const keys of keysOf(id, keymap(preset))) expect(writeKeys(parseKeys(keys))).toBe(keys);
  });

  // From labelImg's labelImg.py, where it defines its actions.
  it.each([
    ['d', 'image.next'],
    ['a', 'image.previous'],
    ['Space', 'image.verifyNext'],
    ['w', 'box.draw'],
    ['$mod+j', 'box.select'],
    ['$mod+e', 'class.choose'],
    ['$mod+d', 'box.duplicate'],
    ['$mod+v', 'box.copyPrevious'],
    ['Delete', 'box.delete'],
    ['$mod+h', 'box.hide'],
    ['$mod+a', 'box.showAll'],
    ['ArrowLeft', 'box.left'],
    ['$mod++', 'view.zoomIn'],
    ['$mod+-', 'view.zoomOut'],
    ['$mod+=', 'view.actualSize'],
    ['$mod+f', 'view.fit'],
    ['$mod+Shift+f', 'view.fitWidth'],
    ['$mod+Shift+p', 'view.tags'],
    ['$mod+u', 'project.addFolder'],
    ['$mod+s', 'app.save'],
  ] as const)('have labelImg’s %s for %s', (keys, id) => {
    expect(keysOf(id, keymap('labelImg'))).toContain(keys);
  });

  // From the shortcuts that CVAT's interface registers.
  it.each([
    ['f', 'image.next'],
    ['d', 'image.previous'],
    ['v', 'image.forward'],
    ['c', 'image.back'],
    ['ArrowRight', 'image.next'],
    ['ArrowLeft', 'image.previous'],
    ['`', 'image.jump'],
    ['n', 'box.draw'],
    ['Shift+n', 'box.redraw'],
    ['Tab', 'box.cycle'],
    ['Shift+Tab', 'box.cycleBack'],
    ['Delete', 'box.delete'],
    ['Shift+Delete', 'box.deleteLocked'],
    ['$mod+c', 'box.copy'],
    ['$mod+v', 'box.paste'],
    ['$mod+b', 'box.propagate'],
    ['h', 'box.hideSelected'],
    ['t h', 'box.hide'],
    ['l', 'box.lock'],
    ['t l', 'box.lockAll'],
    ['$mod+z', 'edit.undo'],
    ['$mod+Shift+z', 'edit.redo'],
    ['$mod+y', 'edit.redo'],
    ['$mod+s', 'app.save'],
    ['Escape', 'app.cancel'],
    ['F2', 'app.settings'],
  ] as const)('have CVAT’s %s for %s', (keys, id) => {
    expect(keysOf(id, keymap('cvat'))).toContain(keys);
  });

  it.each(['labelImg', 'cvat'] as const)('have F1 for help and ? for all keys (%s)', (preset) => {
    expect(keysOf('app.help', keymap(preset))).toContain('F1');
    expect(keysOf('app.keys', keymap(preset))).toContain('?');
  });

  it('have K for the class of what is selected, else for a new class', () => {
    const ids: CommandId[] = ['class.create', 'class.choose'];
    expect(chooseCommand(ids, () => true)).toBe('class.choose');
    expect(chooseCommand(ids, (id) => id === 'class.create')).toBe('class.create');
  });

  it('share a key by yielding: what is selected is moved, else the next image comes', () => {
    const ids: CommandId[] = ['image.next', 'box.right'];
    expect(chooseCommand(ids, () => true)).toBe('box.right');
    expect(chooseCommand(ids, (id) => id === 'image.next')).toBe('image.next');
    expect(chooseCommand(ids, () => false)).toBeNull();
    expect(chooseCommand(['box.copyPrevious', 'box.paste'], () => true)).toBe('box.paste');
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
    expect(keyCaps('$mod++', false)).toEqual(['Ctrl', '+']);
    expect(keyCaps('t h', false)).toEqual(['T', 'H']);
  });
});

describe('a person’s own keys', () => {
  it('go before the preset’s, in both presets, and an empty list is no key', () => {
    const own = { 'image.next': ['j'], 'box.draw': [] };
    for (const preset of KEY_PRESETS) {
      expect(keysOf('image.next', keymap(preset, own))).toEqual(['j']);
      expect(keysOf('box.draw', keymap(preset, own))).toEqual([]);
    }
  });

  it('are told whom they would take a key from', () => {
    expect(conflictsOf('box.draw', 'd', keymap('labelImg'))).toEqual(['image.next']);
    expect(conflictsOf('box.draw', 'j', keymap('labelImg'))).toEqual([]);
    expect(conflictsOf('image.next', 'd', keymap('labelImg'))).toEqual([]);
    // The first press of “t h” would never get to its second.
    expect(conflictsOf('box.draw', 't', keymap('cvat'))).toEqual(['box.hide', 'box.lockAll']);
  });

  it('take it, so that no key is ever given twice, whatever is changed in whatever order', () => {
    const step = fc.tuple(fc.constantFrom(...COMMAND_IDS), fc.constantFrom('d', 't', 'F8', '$mod+d', '?'));
    fc.assert(
      fc.property(fc.constantFrom(...KEY_PRESETS), fc.array(step, { maxLength: 12 }), (preset, steps) => {
        let map = keymap(preset);
        for (const [id, keys] of steps) {
          map = keymap(preset, withOwnKey(id, keys, map));
          expect(keysOf(id, map)).toEqual([keys]);
        }
        for (const id of COMMAND_IDS)
          for (const keys of keysOf(id, map)) expect(conflictsOf(id, keys, map)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('are named where a way back to the preset, or another preset, gives a key twice', () => {
    const taken = withOwnKey('box.draw', 'd', keymap('labelImg'));
    expect(clashesOf(keymap('labelImg', taken))).toEqual([]);
    const left: OwnKeys = { 'box.draw': taken['box.draw']! };
    expect(clashesOf(keymap('labelImg', left))).toEqual([
      { keys: 'd', commands: ['image.next', 'box.draw'] },
    ]);
    // In CVAT's preset D goes back.
    expect(clashesOf(keymap('cvat', taken))).toEqual([
      { keys: 'd', commands: ['image.previous', 'box.draw'] },
    ]);
  });

  it('are read from storage without what is no command or no key', () => {
    const stored = {
      'image.next': ['j'],
      'no.such': ['k'],
      'box.draw': 'w',
      'box.hide': [3],
      toString: ['x'],
    };
    expect(readOwnKeys(stored)).toEqual({ 'image.next': ['j'] });
    expect(readOwnKeys(null)).toEqual({});
    expect(readOwnKeys('x')).toEqual({});
  });
});

describe('keys on other keyboards', () => {
  const labelImg = keymap('labelImg');

  it('are where the letter is on a Latin keyboard', () => {
    // AZERTY types “a” where US has Q.
    expect(commandsFor(press('KeyQ', { key: 'a' }), labelImg)).toEqual(['image.previous']);
    expect(commandsFor(press('KeyZ', { key: 'w' }), labelImg)).toEqual(['box.draw']);
  });

  it.each([
    ['Russian', 'в'],
    ['Greek', 'δ'],
    ['Hebrew', 'ג'],
    ['an input method', 'Process'],
  ])('are at the Latin letter’s place on a keyboard of %s', (_name, key) => {
    expect(commandsFor(press('KeyD', { key }), labelImg)).toEqual(['image.next']);
    expect(commandsFor(press('KeyD', { key, ctrlKey: true }), labelImg)).toEqual(['box.duplicate']);
  });

  it('take characters as they are typed, with Shift or without', () => {
    expect(commandsFor(press('Slash', { key: '?', shiftKey: true }), labelImg)).toEqual(['app.keys']);
    expect(commandsFor(press('Minus', { key: '?', shiftKey: true }), labelImg)).toEqual(['app.keys']);
    expect(commandsFor(press('Equal', { key: '+', shiftKey: true }), labelImg)).toEqual(['view.zoomIn']);
    expect(commandsFor(press('BracketRight', { key: '+' }), labelImg)).toEqual(['view.zoomIn']);
    expect(commandsFor(press('NumpadAdd', { key: '+' }), labelImg)).toEqual(['view.zoomIn']);
  });

  it('leave the digits’ row to the classes: a German Shift+7 types “/”', () => {
    expect(commandsFor(press('Digit7', { key: '/', shiftKey: true }), labelImg)).toEqual([]);
    expect(commandsFor(press('Digit1', { key: '&', altKey: true }), labelImg)).toEqual(['app.label']);
  });

  it('mind Caps Lock only as letters, and the system’s key not at all', () => {
    expect(commandsFor(press('KeyD', { key: 'D' }), labelImg)).toEqual(['image.next']);
    expect(commandsFor(press('KeyD', { metaKey: true }), labelImg)).toEqual([]);
    expect(pressOf(press('ControlLeft', { key: 'Control', ctrlKey: true }), false)).toBeNull();
    expect(pressOf(press('KeyD', { metaKey: true }), true)).toMatchObject({ mod: true, key: 'd' });
  });
});

describe('class keys', () => {
  const base = { color: '#000000', uses: 0, position: 0, description: '', examples: [] };
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

  const lettered = [{ ...base, id: 5, kind: 'object' as const, name: 'dust', hotkey: 'n' }, ...classes];

  it('are at the Latin letter’s place where the keyboard types another script', () => {
    expect(classForKey(press('KeyN', 'т'), lettered)?.id).toBe(5);
    expect(classForKey(press('KeyN', 'N', { shiftKey: true }), lettered)).toBeUndefined();
  });

  it('are withheld for commands of the keys that are set, not of the other preset', () => {
    expect(commandsAtKey('n', keymap('labelImg'))).toEqual([]);
    expect(commandsAtKey('n', keymap('cvat'))).toEqual(['box.draw']);
    expect(commandsAtKey('w', keymap('labelImg', { 'box.draw': ['n'] }))).toEqual([]);
    expect(commandsAtKey('n', keymap('labelImg', { 'box.draw': ['n'] }))).toEqual(['box.draw']);
    // The first press of “t h”.
    expect(commandsAtKey('t', keymap('cvat'))).toEqual(['box.hide', 'box.lockAll']);
    expect(commandsAtKey('n', keymap('labelImg', { 'box.draw': ['$mod+n'] }))).toEqual([]);
  });

  it('are known to whoever gives keys to a command', () => {
    expect(classWithKeys('n', lettered)?.name).toBe('dust');
    expect(classWithKeys('n h', lettered)?.name).toBe('dust');
    expect(classWithKeys('Shift+n', lettered)).toBeUndefined();
    expect(classWithKeys('7', lettered)).toBeUndefined();
  });

  it('are told of where a command has them, whatever gave them to it', () => {
    expect(silencedClasses(lettered, keymap('labelImg'))).toEqual([]);
    expect(silencedClasses(lettered, keymap('cvat'))).toMatchObject([
      { labelClass: { name: 'dust' }, hotkey: 'n', commands: ['box.draw'] },
    ]);
  });

  it('choose their class exactly where they are not told of', () => {
    const letter = fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz'));
    fc.assert(
      fc.property(
        fc.constantFrom(...KEY_PRESETS),
        letter,
        fc.constantFrom(...COMMAND_IDS),
        letter,
        (preset, hotkey, id, key) => {
          const map = keymap(preset, withOwnKey(id, key, keymap(preset)));
          const event = press(`Key${hotkey.toUpperCase()}`, hotkey);
          const begins = COMMAND_IDS.some((one) =>
            keysOf(one, map).some((keys) => keys.split(' ')[0] === hotkey),
          );
          const silenced = silencedClasses([{ ...lettered[0]!, hotkey }], map).length > 0;
          expect(silenced).toBe(begins);
          if (!silenced) expect(commandsFor(event, map)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the palette', () => {
  const entries = ['Next image', 'Next unseen image', 'Undo', 'Zoom in'].map((title) => ({ title }));
  const found = (words: string): string[] => rank(words, entries).map(({ title }) => title);

  it('shows everything before anything is written', () => expect(found('')).toHaveLength(4));
  it('finds by the letters of a word', () => expect(found('undo')[0]).toBe('Undo'));
  it('finds by initials', () => expect(found('nui')[0]).toBe('Next unseen image'));
  it('says nothing where nothing matches', () => expect(found('qqq')).toEqual([]));
  it('looks at the beginnings of words, in any order', () =>
    expect(found('image un')).toEqual(['Next unseen image']));
  it('takes up to three letters as beginnings or initials only', () => {
    expect(found('oom')).toEqual([]);
    expect(found('ndo')).toEqual([]);
  });
  it('takes four letters that are scattered over a title, after everything else', () =>
    expect(rank('oomi', entries).map(({ title }) => title)).toEqual(['Zoom in']));
  it('finds Chinese words anywhere in a title', () =>
    expect(rank('图像', [{ title: '下一张图像' }])).toHaveLength(1));

  it('finds by what people also call it, as well as by the title', () => {
    const folder = { title: 'Add a folder', aliases: ['Add images'] };
    const named = [...entries, folder];
    expect(rank('add images', named)).toEqual([folder]);
    expect(rank('folder', named)).toEqual([folder]);
    expect(rank('image', named)[0]).not.toBe(folder);
  });

  it('finds by the English name in any language, for whom an input method is off', () => {
    setLanguage('zh-CN');
    const named = COMMAND_IDS.map((id) => ({ id, title: commandTitle(id), aliases: commandAliases(id) }));
    setLanguage('en');
    expect(named.find(({ id }) => id === 'image.next')?.title).toMatch(/^\p{Script=Han}/u);
    expect(rank('next image', named)[0]?.id).toBe('image.next');
  });

  it('never finds what takes work back by scattered letters, and puts it last', () => {
    const guarded = { title: 'Undo the last project change', guarded: true };
    const named = [guarded, { title: 'Open the project' }];
    expect(rank('open', named)).toEqual([{ title: 'Open the project' }]);
    expect(rank('open', [guarded])).toEqual([]);
    expect(rank('project', named).at(-1)).toBe(guarded);
    expect(rank('undo', named)).toEqual([guarded]);
  });

  it('finds what takes work back by its name before others by scattered letters', () => {
    const guarded = { title: 'Redo the last project change', guarded: true };
    const named = [{ title: 'Add frames of a video' }, guarded, { title: 'Undone and redone' }];
    expect(rank('redo', named).map(({ title }) => title)).toEqual([
      'Undone and redone',
      guarded.title,
      'Add frames of a video',
    ]);
  });
});
