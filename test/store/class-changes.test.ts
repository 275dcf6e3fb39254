import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewBox } from '../../electron/common/entities.ts';
import { openProject } from '../../electron/store/index.ts';
import { box, draw, labels, useProject } from './support.ts';

const project = useProject();

function object(name: string): number {
  return project.store.classes.create({ kind: 'object', name }).id;
}

function fresh(): void {
  project.store.close();
  rmSync(project.folder, { recursive: true });
  project.store = openProject(project.folder, { create: true });
}

/** Everything that a person sees, in no order of time. */
function state() {
  const { store } = project;
  return {
    classes: store.classes.list(),
    images: store.images.ids().map((id) => {
      const annotations = store.annotations.get(id);
      return { ...labels(annotations), suggestions: annotations.suggestions, note: annotations.note };
    }),
  };
}

const real = fc.double({ min: 0, max: 40, noNaN: true });
const anyBox = fc.record({
  x: real,
  y: real,
  width: fc.double({ min: 1e-3, max: 40, noNaN: true }),
  height: fc.double({ min: 1e-3, max: 40, noNaN: true }),
  source: fc.constantFrom('person', 'model', 'import'),
  score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  attributes: fc.oneof(
    fc.constant({}),
    fc.record({ occluded: fc.boolean() }),
    fc.record({ occluded: fc.constant(true), quality: fc.double({ min: -1, max: 1, noNaN: true }) }),
    fc.record({ 'a "quoted"\nname': fc.string({ unit: 'binary', maxLength: 8 }) }),
  ),
});

type Action = {
  readonly image: number;
  readonly class: number;
  readonly other: number;
  readonly box: NewBox;
} & {
  readonly kind:
    'draw' | 'erase' | 'remove' | 'merge' | 'undo' | 'redo' | 'undo image' | 'put back' | 'restart';
};
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(['draw', 'draw', 'draw', 'erase', 'remove', 'merge', 'undo', 'redo'] as const),
      ...(['undo image', 'put back', 'restart'] as const),
    ),
    image: fc.nat({ max: 3 }),
    class: fc.nat({ max: 2 }),
    other: fc.nat({ max: 2 }),
    box: anyBox.map((one) => ({ ...one, classId: 0 })),
  }),
  { maxLength: 25 },
);

function act(action: Action, ids: readonly number[], classes: readonly number[]): void {
  const { store } = project;
  const image = ids[action.image]!;
  const [chosen, other] = [classes[action.class]!, classes[action.other]!];
  const known = new Set(store.classes.list().map(({ id }) => id));
  const revision = (): number => store.images.get(image).revision;
  if (action.kind === 'draw' && known.has(chosen)) draw(store, image, { ...action.box, classId: chosen });
  if (action.kind === 'erase') {
    const [first] = store.annotations.get(image).boxes;
    if (first) store.annotations.edit(image, revision(), [{ type: 'delete-box', boxId: first.id }]);
  }
  if (action.kind === 'remove' && known.has(chosen)) store.classes.delete(chosen, { reassignTo: null });
  if (action.kind === 'merge' && known.has(chosen) && known.has(other) && chosen !== other)
    store.classes.delete(chosen, { reassignTo: other });
  if (action.kind === 'undo') store.journal.undoProject();
  if (action.kind === 'redo') store.journal.redoProject();
  if (action.kind === 'undo image' && store.annotations.get(image).canUndo) store.annotations.undo(image);
  if (action.kind === 'put back') {
    const entry = store.journal.list(image)[1];
    if (entry) store.annotations.restore(image, revision(), entry.id);
  }
  if (action.kind === 'restart') project.reopen();
}

/** What may be refused by a rule of undo, without anything having been changed. */
function attempt(action: Action, ids: readonly number[], classes: readonly number[]): void {
  const before = project.store.revision;
  try {
    act(action, ids, classes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-allowed' });
    expect(project.store.revision).toBe(before);
  }
}

describe('deleting and merging classes among edits of their images', () => {
  it('never breaks a count or a link, and undone and redone gives the very same', () => {
    fc.assert(
      fc.property(actions, (list) => {
        fresh();
        const ids = project.addImages(4);
        const classes = ['a', 'b', 'c'].map(object);
        for (const action of list) attempt(action, ids, classes);
        expect(project.store.fullCheck().problems).toEqual([]);
        const known = project.store.classes.list().filter(({ id }) => classes.includes(id));
        for (const { id } of known) {
          const other = known.find((one) => one.id !== id);
          for (const reassignTo of [null, ...(other ? [other.id] : [])]) {
            const before = state();
            project.store.classes.delete(id, { reassignTo });
            const after = state();
            project.store.journal.undoProject();
            expect(state()).toEqual(before);
            project.store.journal.redoProject();
            expect(state()).toEqual(after);
            project.store.journal.undoProject();
            expect(state()).toEqual(before);
          }
        }
        expect(project.store.fullCheck().problems).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('undone leaves alone what was drawn, moved or said to be empty since, and brings back the rest', () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    const cell = object('cell');
    const boxes = [a, b, c].map((id, n) => draw(project.store, id, box(cell, n / 3)));
    const other = object('other');
    project.store.classes.delete(cell, { reassignTo: null });
    const { revision } = project.store.images.get(b);
    project.store.annotations.edit(b, revision, [{ type: 'set-state', state: 'empty' }]);
    draw(project.store, c, box(other, 5));
    project.store.journal.undoProject();
    expect(project.store.annotations.get(a).boxes.map(({ id }) => id)).toEqual([boxes[0]]);
    expect(project.store.annotations.get(b).boxes.map(({ id }) => id)).toEqual([boxes[1]]);
    expect(project.store.annotations.get(c).boxes.map(({ id }) => id)).toContain(boxes[2]);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('an image can be put back to before the class was deleted once the class is there again', () => {
    const [a] = project.addImages(1) as [number];
    const cell = object('cell');
    const id = draw(project.store, a, box(cell, 1 / 3, 0.1 + 0.2));
    const drawn = project.store.annotations.get(a).boxes;
    const [entry] = project.store.journal.list(a);
    project.store.classes.delete(cell, { reassignTo: null });
    project.store.journal.undoProject();
    const { revision } = project.store.images.get(a);
    project.store.annotations.edit(a, revision, [{ type: 'delete-box', boxId: id }]);
    project.store.annotations.restore(a, revision + 1, entry!.id);
    expect(project.store.annotations.get(a).boxes).toEqual(drawn);
  });
});
