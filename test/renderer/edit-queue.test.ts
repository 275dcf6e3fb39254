import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';
import { EditQueue } from '../../renderer/editor/edit-queue.ts';
import { newBox } from '../../renderer/editor/kernels/copies.ts';
import type { EditPort } from '../../renderer/editor/edit-queue.ts';
import { applyOperations, sameLabels } from '../../renderer/editor/optimistic.ts';
import { annotationsOf, testBox } from './test-editor.ts';

type Dropped = Parameters<ConstructorParameters<typeof EditQueue>[1]['dropped']>[0];

/** A store of one image in memory, with revisions and a journal, that can lose its connection before or after a call. */
class Store implements EditPort {
  stored: ImageAnnotations;
  fault: 'none' | 'before' | 'after' | 'disk-full' = 'none';
  calls = 0;
  #nextId = 100;
  #past: Box[][] = [];
  #future: Box[][] = [];

  constructor(boxes: readonly Box[] = []) {
    this.stored = annotationsOf(boxes);
  }

  async get(): Promise<ImageAnnotations> {
    await this.#reach();
    return structuredClone(this.stored);
  }

  async edit(_imageId: number, expectedRevision: number, operations: AnnotationOperation[]) {
    await this.#reach();
    if (this.fault === 'disk-full') throw failure('disk-full');
    if (expectedRevision !== this.stored.image.revision) throw failure('stale-revision');
    const createdBoxIds = operations.filter((o) => o.type === 'add-box').map(() => this.#nextId++);
    for (const operation of operations) {
      if (operation.type === 'add-box' || !('boxId' in operation)) continue;
      if (!this.stored.boxes.some((b) => b.id === operation.boxId)) throw failure('not-found');
    }
    this.#past.push(this.stored.boxes);
    this.#future = [];
    this.#take(applyOperations(this.stored, operations, createdBoxIds).boxes);
    this.#loseAnswer();
    return { annotations: structuredClone(this.stored), createdBoxIds };
  }

  async undo(_imageId: number, expectedRevision: number): Promise<ImageAnnotations> {
    await this.#reach();
    if (expectedRevision !== this.stored.image.revision) throw failure('stale-revision');
    const before = this.#past.pop();
    if (!before) throw failure('not-allowed');
    this.#future.push(this.stored.boxes);
    this.#take(before);
    this.#loseAnswer();
    return structuredClone(this.stored);
  }

  async redo(_imageId: number, expectedRevision: number): Promise<ImageAnnotations> {
    await this.#reach();
    if (expectedRevision !== this.stored.image.revision) throw failure('stale-revision');
    const after = this.#future.pop();
    if (!after) throw failure('not-allowed');
    this.#past.push(this.stored.boxes);
    this.#take(after);
    this.#loseAnswer();
    return structuredClone(this.stored);
  }

  /** Another window edits. */
  editElsewhere(boxes: Box[]): void {
    this.#take(boxes);
  }

  #take(boxes: Box[]): void {
    this.stored = annotationsOf(boxes, this.stored.image.revision + 1);
    this.stored.canUndo = this.#past.length > 0;
    this.stored.canRedo = this.#future.length > 0;
  }

  async #reach(): Promise<void> {
    this.calls += 1;
    await Promise.resolve();
    if (this.fault === 'before') throw failure('disconnected');
  }

  #loseAnswer(): void {
    if (this.fault !== 'after') return;
    this.fault = 'before';
    throw failure('disconnected');
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function open(store: Store) {
  const dropped: Dropped[] = [];
  const queue = new EditQueue(
    store,
    { changed: () => undefined, dropped: (reason) => dropped.push(reason) },
    structuredClone(store.stored),
  );
  return { queue, dropped };
}

const rectangle = { x: 10.125, y: 20.0625, width: 30.1, height: 40.7 };
const addBox = (r = rectangle): AnnotationOperation => {
  return { type: 'add-box', box: newBox(r, 1) };
};
const moveBox = (boxId: number, x: number): AnnotationOperation => ({
  type: 'update-box',
  boxId,
  changes: { geometry: { ...rectangle, x } },
});

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5000, interval: 5 });
}

describe('the edit queue', () => {
  it('shows an edit at once and stores exactly what was drawn', async () => {
    const store = new Store();
    const { queue } = open(store);
    const [id] = queue.apply([addBox()]);
    expect(queue.annotations.boxes).toMatchObject([{ id, ...rectangle }]);
    expect(queue.annotations.image.state).toBe('labelled');
    expect(queue.saveState).toBe('saving');
    await queue.settled();
    expect(queue.saveState).toBe('saved');
    expect(store.stored.boxes).toMatchObject([rectangle]);
  });

  it('keeps a new box’s local id for as long as the image is open, and sends its stored one', async () => {
    const store = new Store();
    const { queue } = open(store);
    const [id] = queue.apply([addBox()]);
    queue.apply([moveBox(id!, 50)]);
    await queue.settled();
    queue.apply([moveBox(id!, 60)]);
    await queue.settled();
    expect(store.stored.boxes).toMatchObject([{ id: 100, x: 60 }]);
    expect(queue.annotations.boxes.map((b) => b.id)).toEqual([id]);
  });

  it('sends edits in their order, one at a time, undo among them', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue } = open(store);
    queue.apply([moveBox(1, 50)]);
    queue.apply([moveBox(1, 60)]);
    queue.undo();
    await queue.settled();
    expect(store.stored.boxes).toMatchObject([{ x: 50 }]);
    expect(queue.canRedo).toBe(true);
    queue.redo();
    await queue.settled();
    expect(queue.annotations.boxes).toMatchObject([{ x: 60 }]);
  });

  it('keeps an edit that cannot be sent, says so, and sends it again', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue, dropped } = open(store);
    store.fault = 'before';
    queue.apply([moveBox(1, 50)]);
    await queue.settled();
    expect(queue.saveState).toBe('failed');
    expect(queue.annotations.boxes).toMatchObject([{ x: 50 }]);
    queue.apply([moveBox(1, 70)]);
    expect(queue.unsavedEdits).toBe(2);
    store.fault = 'none';
    queue.retryNow();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toMatchObject([{ x: 70 }]);
    expect(dropped).toEqual([]);
  });

  it('does not store an edit twice when only its answer was lost', async () => {
    const store = new Store();
    const { queue, dropped } = open(store);
    store.fault = 'after';
    const [id] = queue.apply([addBox()]);
    queue.apply([moveBox(id!, 70)]);
    await queue.settled();
    expect(queue.saveState).toBe('failed');
    store.fault = 'none';
    queue.retryNow();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toMatchObject([{ id: 100, x: 70 }]);
    expect(queue.annotations.boxes).toMatchObject([{ id, x: 70 }]);
    expect(dropped).toEqual([]);
  });

  it('does not undo twice when only the answer was lost', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue } = open(store);
    queue.apply([moveBox(1, 50)]);
    queue.apply([moveBox(1, 60)]);
    await queue.settled();
    store.fault = 'after';
    queue.undo();
    await queue.settled();
    store.fault = 'none';
    queue.retryNow();
    await until(() => queue.saveState === 'saved');
    expect(queue.annotations.boxes).toMatchObject([{ x: 50 }]);
  });

  it('waits for room on a full disk', async () => {
    const store = new Store();
    const { queue, dropped } = open(store);
    store.fault = 'disk-full';
    queue.apply([addBox()]);
    await queue.settled();
    expect(queue.saveState).toBe('failed');
    store.fault = 'none';
    queue.retryNow();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toHaveLength(1);
    expect(dropped).toEqual([]);
  });

  it('never overwrites what another window has done to the same box: shows it and says how many edits were given up', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue, dropped } = open(store);
    store.editElsewhere([testBox(9, { ...rectangle, x: 500 })]);
    queue.apply([moveBox(1, 50)]);
    queue.apply([moveBox(1, 60)]);
    await queue.settled();
    expect(store.stored.boxes).toMatchObject([{ id: 9, x: 500 }]);
    expect(queue.annotations.boxes).toMatchObject([{ id: 9, x: 500 }]);
    expect(dropped).toMatchObject([{ kind: 'stale', edits: 2 }]);
    expect(queue.saveState).toBe('saved');
  });

  it('makes edits of other things again on top of another window’s, and gives up only what the other changed', async () => {
    const store = new Store([testBox(1, rectangle), testBox(2, { ...rectangle, x: 100 })]);
    const { queue, dropped } = open(store);
    store.editElsewhere([
      testBox(1, { ...rectangle, x: 500 }),
      testBox(2, { ...rectangle, x: 100 }),
      testBox(9, { ...rectangle, x: 300 }),
    ]);
    const [drawn] = queue.apply([addBox({ ...rectangle, x: 700 })]);
    queue.apply([moveBox(1, 50)]);
    queue.apply([moveBox(2, 120)]);
    queue.apply([moveBox(drawn!, 720)]);
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes.map(({ x }) => x)).toEqual([500, 120, 300, 720]);
    expect(queue.annotations.boxes.map(({ x }) => x)).toEqual([500, 120, 300, 720]);
    expect(queue.annotations.boxes.at(-1)?.id).toBe(drawn);
    expect(dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
  });

  it('gives up with an edit what was built on it, and an undo that would take back the other’s', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue, dropped } = open(store);
    store.editElsewhere([testBox(1, { ...rectangle, x: 500 })]);
    const [drawn] = queue.apply([addBox(), moveBox(1, 50)]);
    queue.apply([moveBox(drawn!, 60)]);
    queue.undo();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toMatchObject([{ id: 1, x: 500 }]);
    expect(store.stored.boxes).toHaveLength(1);
    expect(dropped).toMatchObject([{ kind: 'stale', edits: 3 }]);
  });

  it('never takes back what another window has just done', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue, dropped } = open(store);
    queue.apply([moveBox(1, 50)]);
    await queue.settled();
    const theirs = { ...testBox(1, { ...rectangle, x: 500 }) };
    await store.edit(1, store.stored.image.revision, [moveBox(1, 500)]);
    queue.undo();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toEqual([theirs]);
    expect(queue.annotations.boxes).toEqual([theirs]);
    expect(dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
    queue.undo();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes).toMatchObject([{ x: 50 }]);
  });

  it('does not verify an image that someone else has changed unseen', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue, dropped } = open(store);
    store.editElsewhere([]);
    queue.apply([{ type: 'set-verified', verified: true }]);
    await until(() => queue.saveState === 'saved');
    expect(dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
    expect(queue.annotations.image.verified).toBe(false);
  });

  it('does not draw a box a second time whose answer was lost, where someone else has edited since', async () => {
    const store = new Store();
    const { queue } = open(store);
    store.fault = 'after';
    queue.apply([addBox()]);
    await until(() => queue.saveState === 'failed');
    store.editElsewhere([...store.stored.boxes, testBox(9, { ...rectangle, x: 500 })]);
    store.fault = 'none';
    queue.retryNow();
    await until(() => queue.saveState === 'saved');
    expect(store.stored.boxes.map(({ x }) => x)).toEqual([rectangle.x, 500]);
  });

  it('takes over another window’s edit when asked to look', async () => {
    const store = new Store([testBox(1, rectangle)]);
    const { queue } = open(store);
    store.editElsewhere([]);
    await queue.refresh();
    expect(queue.annotations.boxes).toEqual([]);
  });

  it('ends at what was shown, whatever is edited and however often the connection breaks', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), x: fc.double({ min: 0, max: 900, noNaN: true }) }),
      fc.record({
        do: fc.constant('move' as const),
        at: fc.nat(20),
        x: fc.double({ min: 0, max: 900, noNaN: true }),
      }),
      fc.record({ do: fc.constant('delete' as const), at: fc.nat(20) }),
      fc.record({
        do: fc.constant('fault' as const),
        fault: fc.constantFrom('before' as const, 'after' as const),
      }),
      fc.record({ do: fc.constant('heal' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const store = new Store();
        const { queue, dropped } = open(store);
        for (const action of steps) {
          const boxes = queue.annotations.boxes;
          const box = 'at' in action ? boxes[action.at % Math.max(1, boxes.length)] : undefined;
          if (action.do === 'add') queue.apply([addBox({ ...rectangle, x: action.x })]);
          else if (action.do === 'move' && box) queue.apply([moveBox(box.id, action.x)]);
          else if (action.do === 'delete' && box) queue.apply([{ type: 'delete-box', boxId: box.id }]);
          else if (action.do === 'fault') store.fault = action.fault;
          else if (action.do === 'heal') {
            store.fault = 'none';
            queue.retryNow();
          }
          if (action.do !== 'add') await queue.settled();
        }
        const shown = queue.annotations;
        store.fault = 'none';
        queue.retryNow();
        await until(() => queue.saveState === 'saved');
        expect(sameLabels(store.stored, shown)).toBe(true);
        expect(sameLabels(store.stored, queue.annotations)).toBe(true);
        expect(dropped).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
