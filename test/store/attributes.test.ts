import { beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDefinition, Box } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
let image: number;
let boxId: number;

beforeEach(() => {
  [image] = project.addImages(1) as [number];
  const cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
  boxId = draw(project.store, image, { ...box(cell), attributes: { grade: 'imported word' } });
});

const define = (...attributes: AttributeDefinition[]) => project.store.settings.update({ attributes });

function set(attributes: Box['attributes']) {
  const { revision } = project.store.images.get(image);
  return project.store.annotations.edit(image, revision, [
    { type: 'update-box', boxId, changes: { attributes } },
  ]).annotations.boxes[0]!.attributes;
}

describe('an attribute', () => {
  it.each([
    ['boolean', { name: 'rotten', type: 'boolean', choices: [] }, true, 'yes'],
    ['choice', { name: 'stage', type: 'choice', choices: ['early', 'late'] }, 'late', 'middle'],
    ['number', { name: 'weight', type: 'number', choices: [] }, -0.5, '3'],
    ['text', { name: 'remark', type: 'text', choices: [] }, '<b>שלום</b>', 7],
    ['common', { name: 'other', type: 'text', choices: [] }, true, 'yes'],
  ] as const)('of the kind %s takes what it is for and refuses the rest', (kind, definition, good, bad) => {
    define({ ...definition, choices: [...definition.choices] });
    const name = kind === 'common' ? 'truncated' : definition.name;
    expect(set({ [name]: good })).toEqual({ [name]: good });
    expect(() => set({ [name]: bad })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(name) as string }),
    );
    project.reopen();
    expect(project.store.annotations.undo(image).boxes[0]!.attributes).toEqual({ grade: 'imported word' });
  });

  it('that was there before the definition, of another kind, stays when others are set', () => {
    define({ name: 'grade', type: 'number', choices: [] });
    expect(set({ grade: 'imported word', occluded: true })).toEqual({
      grade: 'imported word',
      occluded: true,
    });
    expect(() => set({ grade: 'another word' })).toThrow(/is a number/);
    expect(set({ grade: 3 })).toEqual({ grade: 3 });
  });

  it('whose definition goes keeps its values', () => {
    define({ name: 'stage', type: 'choice', choices: ['early', 'late'] });
    set({ stage: 'late' });
    define();
    expect(project.store.annotations.get(image).boxes[0]!.attributes).toEqual({ stage: 'late' });
  });
});

describe('the definitions of a project', () => {
  it.each([
    ['without a name', [{ name: ' ', type: 'text', choices: [] }]],
    [
      'of one name',
      [
        { name: 'a', type: 'text', choices: [] },
        { name: 'A', type: 'number', choices: [] },
      ],
    ],
    ['of a common name', [{ name: 'Occluded', type: 'text', choices: [] }]],
    ['of a choice of nothing', [{ name: 'a', type: 'choice', choices: [] }]],
    ['of a choice twice', [{ name: 'a', type: 'choice', choices: ['x', ' x '] }]],
    ['of a long name', [{ name: 'n'.repeat(101), type: 'text', choices: [] }]],
  ] as [string, AttributeDefinition[]][])('are refused %s', (_, definitions) => {
    expect(() => define(...definitions)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    expect(project.store.info().attributes).toEqual([]);
  });

  it('of the name of a common one are said to exist already, not to be doubled', () => {
    const text = (name: string): AttributeDefinition => ({ name, type: 'text', choices: [] });
    expect(() => define(text('Truncated'))).toThrow('“Truncated” already exists.');
    expect(() => define(text('a'), text('A'))).toThrow('“A” appears twice.');
  });

  it('are told with the project, trimmed', () => {
    define({ name: ' stage ', type: 'choice', choices: ['early ', 'late'] });
    expect(project.store.info().attributes).toEqual([
      { name: 'stage', type: 'choice', choices: ['early', 'late'] },
    ]);
  });
});
