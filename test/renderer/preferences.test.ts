import { describe, expect, it } from 'vitest';
import { ViewMemory } from '../../renderer/label/state/view-memory.ts';
import { DEFAULT_PREFERENCES, readPreferences } from '../../renderer/state/stored-preferences.ts';

describe('stored preferences', () => {
  it('are read as they were written', () => {
    const chosen = {
      ...DEFAULT_PREFERENCES,
      theme: 'dark',
      keyPreset: 'cvat',
      ownKeys: { 'box.draw': ['j'] },
    };
    expect(readPreferences(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
  });

  it.each([
    ['no object', 3],
    ['null', null],
    ['a name of another version', { toString: 'x', colour: 'red' }],
    ['another kind of value', { leftWidth: '300', crosshair: 1, ownKeys: null }],
    ['a choice that is none', { theme: 'pink', language: 'fr', keyPreset: 'vim', wheel: 'spin' }],
    ['a width that is no number', { leftWidth: NaN }],
  ])('that are %s count as not chosen', (_name, stored) => {
    expect(readPreferences(stored)).toEqual({});
  });
});

describe('remembered views', () => {
  it('are those of the images looked at last, and survive storage', () => {
    const memory = new ViewMemory();
    for (let id = 1; id <= 310; id += 1) memory.remember(id, { scale: 2, x: id, y: 0 });
    memory.remember(12, { scale: 3, x: 1, y: 1 });
    memory.remember(13, null);
    const read = new ViewMemory(JSON.parse(JSON.stringify(memory.entries)));
    expect(read.recall(12)).toEqual({ scale: 3, x: 1, y: 1 });
    expect(read.recall(13)).toBeNull();
    expect(read.recall(1)).toBeNull();
    expect(read.entries.length).toBeLessThanOrEqual(300);
  });

  it.each([
    [null],
    ['x'],
    [[3]],
    [[[1]]],
    [[[1, { scale: 0, x: 1, y: 1 }]]],
    [[[1, { scale: 1, x: 'a', y: 1 }]]],
  ])('leave out what is none: %j', (stored) => expect(new ViewMemory(stored).entries).toEqual([]));
});
