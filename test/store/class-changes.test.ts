import { rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
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

/** By attributes, images are found whose boxes have them: also where boxes of a deleted class had them before. */
function expectFound(): void {
  const { store } = project;
  const said = store.images.ids().map((id) => ({ id, boxes: store.annotations.get(id).boxes }));
  const having = (test: (attributes: NewBox['attributes']) => boolean): number[] =>
    said.filter(({ boxes }) => boxes.some(({ attributes }) => test(attributes))).map(({ id }) => id);
  const found = (name: string, value?: boolean): number[] =>
    store.images.ids({ filter: { attribute: { name, value } } });
  expect(found('occluded', true)).toEqual(having(({ occluded }) => occluded === true));
  expect(found('occluded', false)).toEqual(having(({ occluded }) => occluded === false));
  expect(found('occluded')).toEqual(having(({ occluded }) => occluded === true));
  expect(found('quality')).toEqual(having(({ quality }) => quality !== undefined));
  expect(store.images.list({ filter: { attribute: { name: 'quality' } } }).total).toBe(
    found('quality').length,
  );
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
        for (const action of list) {
          attempt(action, ids, classes);
          expectFound();
        }
        expect(project.store.fullCheck().problems).toEqual([]);
        const known = project.store.classes.list().filter(({ id }) => classes.includes(id));
        for (const { id } of known) {
          const other = known.find((one) => one.id !== id);
          for (const reassignTo of [null, ...(other ? [other.id] : [])]) {
            const before = state();
            project.store.classes.delete(id, { reassignTo });
            const after = state();
            expectFound();
            project.store.journal.undoProject();
            expect(state()).toEqual(before);
            expectFound();
            project.store.journal.redoProject();
            expect(state()).toEqual(after);
            expectFound();
            expect(project.store.fullCheck().problems).toEqual([]);
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

  it('leaves it to later to ask which attributes are left, also where the project is closed before', async () => {
    const connection = new Database(path.join(project.folder, 'project.db'), { readonly: true });
    const named = (): unknown[] =>
      connection.prepare('SELECT box_attributes FROM images ORDER BY id').pluck(true).all();
    const ids = project.addImages(300);
    const [cell, other] = [object('cell'), object('other')];
    for (const id of ids) {
      draw(project.store, id, { ...box(cell), attributes: { occluded: true } });
      draw(project.store, id, { ...box(other), attributes: { quality: 1 } });
    }
    const before = named();
    project.store.classes.delete(cell, { reassignTo: null });
    expectFound();
    await vi.waitFor(() => expect(named()).toEqual(ids.map(() => ',"quality":1,')), 10_000);
    project.store.journal.undoProject();
    expectFound();
    project.reopen();
    expectFound();
    const { revision } = project.store;
    await vi.waitFor(() => expect(named()).toEqual(before), 10_000);
    expect(project.store.revision).toBe(revision);
    connection.close();
  });

  it('an image is put back among undone and redone deletions and merges to what it was after each', () => {
    const [a] = project.addImages(1) as [number];
    const [cell, other] = [object('cell'), object('other')];
    draw(project.store, a, { ...box(cell, 1 / 3), attributes: { occluded: true } });
    draw(project.store, a, box(other, 2));
    const { classes, journal, annotations, images } = project.store;
    const steps = [
      () => classes.delete(cell, { reassignTo: null }),
      () => journal.undoProject(),
      () => journal.redoProject(),
      () => journal.undoProject(),
      () => classes.delete(cell, { reassignTo: other }),
      () => journal.undoProject(),
      () => journal.redoProject(),
      () => journal.undoProject(),
    ];
    const after = steps.map((step) => {
      step();
      return { entry: journal.list(a)[0]!.id, boxes: annotations.get(a).boxes };
    });
    for (const { entry, boxes } of after) {
      annotations.restore(a, images.get(a).revision, entry);
      expect(annotations.get(a).boxes).toEqual(boxes);
    }
    expect(project.store.fullCheck().problems).toEqual([]);
  });
});
