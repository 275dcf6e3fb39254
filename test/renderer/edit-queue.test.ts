import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import type { EditQueue } from '../../renderer/editor/edit-queue.ts';
import { asEnglish } from '../support/in-english.ts';
import { Page, StoredImage } from './stored-image.ts';

let image: StoredImage;

beforeEach(() => {
  image = new StoredImage();
});
afterEach(() => image.close());

const rectangle = { x: 10.125, y: 20.0625, width: 30.1, height: 40.7 };
const at = (x: number) => ({ ...rectangle, x });
const moveBox = (boxId: number, x: number): AnnotationOperation => ({
  type: 'update-box',
  boxId,
  changes: { geometry: at(x) },
});
const setAttributes = (boxId: number, attributes: Record<string, boolean>): AnnotationOperation => ({
  type: 'update-box',
  boxId,
  changes: { attributes },
});
const VERIFY: AnnotationOperation = { type: 'set-verified', verified: true };

async function saved(queue: EditQueue): Promise<void> {
  await vi.waitFor(() => expect(queue.saveState).toBe('saved'), { timeout: 5000, interval: 5 });
}

const places = (): number[] => image.stored.boxes.map(({ x }) => x);

describe('the edit queue', () => {
  it('shows an edit at once and stores exactly what was drawn', async () => {
    const { queue } = new Page(image);
    const [id] = queue.apply([image.add(rectangle)]);
    expect(queue.annotations.boxes).toMatchObject([{ id, ...rectangle }]);
    expect(queue.annotations.image.state).toBe('labelled');
    expect(queue.saveState).toBe('saving');
    await queue.settled();
    expect(queue.saveState).toBe('saved');
    expect(image.stored.boxes).toMatchObject([rectangle]);
  });

  it('keeps a new box’s local id for as long as the image is open, and sends its stored one', async () => {
    const { queue } = new Page(image);
    const [id] = queue.apply([image.add(rectangle)]);
    queue.apply([moveBox(id!, 50)]);
    await queue.settled();
    queue.apply([moveBox(id!, 60)]);
    await queue.settled();
    expect(places()).toEqual([60]);
    expect(queue.annotations.boxes.map((b) => b.id)).toEqual([id]);
  });

  it('sends edits in their order, one at a time, undo among them', async () => {
    const [id] = image.draw(rectangle);
    const { queue } = new Page(image);
    queue.apply([moveBox(id!, 50)]);
    queue.apply([moveBox(id!, 60)]);
    queue.undo();
    await queue.settled();
    expect(places()).toEqual([50]);
    expect(queue.canRedo).toBe(true);
    queue.redo();
    await queue.settled();
    expect(queue.annotations.boxes).toMatchObject([{ x: 60 }]);
  });

  it('keeps an edit that cannot be sent, says so, and sends it again', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    page.connection.fault = 'lost';
    page.queue.apply([moveBox(id!, 50)]);
    await page.queue.settled();
    expect(page.queue.saveState).toBe('failed');
    expect(page.boxes).toMatchObject([{ x: 50 }]);
    page.queue.apply([moveBox(id!, 70)]);
    expect(page.queue.unsavedEdits).toBe(2);
    await page.heal();
    expect(page.queue.saveState).toBe('saved');
    expect(places()).toEqual([70]);
    expect(page.dropped).toEqual([]);
  });

  it('waits for room on a full disk', async () => {
    const page = new Page(image);
    page.connection.fault = 'disk-full';
    page.queue.apply([image.add(rectangle)]);
    await page.queue.settled();
    expect(page.queue.saveState).toBe('failed');
    await page.heal();
    expect(page.queue.saveState).toBe('saved');
    expect(image.stored.boxes).toHaveLength(1);
    expect(page.dropped).toEqual([]);
  });
});

describe('an edit whose answer was lost', () => {
  it('is not stored twice, and its box is known by its local id', async () => {
    const page = new Page(image);
    page.connection.fault = 'answer-lost';
    const [id] = page.queue.apply([image.add(rectangle)]);
    page.queue.apply([moveBox(id!, 70)]);
    await page.queue.settled();
    expect(page.queue.saveState).toBe('failed');
    await page.heal();
    expect(places()).toEqual([70]);
    expect(page.boxes).toMatchObject([{ id, x: 70 }]);
    expect(page.dropped).toEqual([]);
  });

  it('is not undone twice', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    page.queue.apply([moveBox(id!, 50)]);
    page.queue.apply([moveBox(id!, 60)]);
    await page.queue.settled();
    page.connection.fault = 'answer-lost';
    page.queue.undo();
    await page.queue.settled();
    await page.heal();
    expect(page.boxes).toMatchObject([{ x: 50 }]);
    expect(places()).toEqual([50]);
  });

  it('is stored once where someone else has edited since, and both are shown', async () => {
    const page = new Page(image);
    page.connection.fault = 'answer-lost';
    const [id] = page.queue.apply([image.add(rectangle)]);
    await page.queue.settled();
    image.draw(at(500));
    await page.heal();
    expect(places()).toEqual([rectangle.x, 500]);
    expect(page.boxes).toMatchObject([{ id, x: rectangle.x }, { x: 500 }]);
    expect(page.dropped).toEqual([]);
  });

  it('does not make what was done after it overwrite what someone else has done since', async () => {
    const [a, b] = image.draw(rectangle, at(100));
    const page = new Page(image);
    page.connection.fault = 'answer-lost';
    page.queue.apply([moveBox(a!, 50)]);
    page.queue.apply([moveBox(b!, 120)]);
    await page.queue.settled();
    image.editElsewhere(moveBox(b!, 500));
    await page.heal();
    expect(places()).toEqual([50, 500]);
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
  });

  it('was an undo that someone else has undone since: it is answered and not made again', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    page.queue.apply([moveBox(id!, 50)]);
    await page.queue.settled();
    page.connection.fault = 'answer-lost';
    page.queue.undo();
    await page.queue.settled();
    image.store.annotations.redo(image.imageId);
    await page.heal();
    expect(places()).toEqual([50]);
    expect(page.boxes).toMatchObject([{ x: 50 }]);
    expect(page.dropped).toEqual([]);
  });
});

describe('what another window has done', () => {
  it('to the same box is never overwritten: it is shown, with how many edits were given up', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    const [theirs] = image.editElsewhere({ type: 'delete-box', boxId: id! }, image.add(at(500)));
    page.queue.apply([moveBox(id!, 50)]);
    page.queue.apply([moveBox(id!, 60)]);
    await page.queue.settled();
    expect(image.stored.boxes).toMatchObject([{ id: theirs, x: 500 }]);
    expect(page.boxes).toMatchObject([{ id: theirs, x: 500 }]);
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 2 }]);
    expect(page.queue.saveState).toBe('saved');
  });

  it('is kept beside edits of other things, which are made on top of it', async () => {
    const [a, b] = image.draw(rectangle, at(100));
    const page = new Page(image);
    image.editElsewhere(moveBox(a!, 500), image.add(at(300)));
    const [drawn] = page.queue.apply([image.add(at(700))]);
    page.queue.apply([moveBox(a!, 50)]);
    page.queue.apply([moveBox(b!, 120)]);
    page.queue.apply([moveBox(drawn!, 720)]);
    await page.queue.settled();
    expect(places()).toEqual([500, 120, 300, 720]);
    expect(page.boxes.map(({ x }) => x)).toEqual([500, 120, 300, 720]);
    expect(page.boxes.at(-1)?.id).toBe(drawn);
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
  });

  it('gives up, with an edit, what was built on it, and an undo that would take back the other’s', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    image.editElsewhere(moveBox(id!, 500));
    const [drawn] = page.queue.apply([image.add(rectangle), moveBox(id!, 50)]);
    page.queue.apply([moveBox(drawn!, 60)]);
    page.queue.undo();
    await page.queue.settled();
    expect(places()).toEqual([500]);
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 3 }]);
  });

  it('is never taken back unseen', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    page.queue.apply([moveBox(id!, 50)]);
    await page.queue.settled();
    image.editElsewhere(moveBox(id!, 500));
    page.queue.undo();
    await page.queue.settled();
    expect(places()).toEqual([500]);
    expect(page.boxes).toMatchObject([{ x: 500 }]);
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
    page.queue.undo();
    await page.queue.settled();
    expect(places()).toEqual([50]);
  });

  it('is not taken for an own edit whose request was lost, however alike the boxes lie', async () => {
    const [a, b] = image.draw(rectangle, at(100));
    const page = new Page(image);
    page.connection.fault = 'lost';
    page.queue.apply([setAttributes(a!, { truncated: true })]);
    await page.queue.settled();
    image.editElsewhere(setAttributes(b!, { occluded: true }));
    await page.heal();
    expect(page.queue.saveState).toBe('saved');
    expect(page.dropped).toEqual([]);
    const both = [{ truncated: true }, { occluded: true }];
    expect(image.stored.boxes.map(({ attributes }) => attributes)).toEqual(both);
  });

  it('is not taken for an own undo whose request was lost', async () => {
    const [a, b] = image.draw(rectangle, at(100));
    const page = new Page(image);
    page.queue.apply([setAttributes(a!, { truncated: true })]);
    await page.queue.settled();
    page.connection.fault = 'lost';
    page.queue.undo();
    await page.queue.settled();
    image.editElsewhere(setAttributes(b!, { occluded: true }));
    await page.heal();
    expect(image.stored.boxes[0]!.attributes).toEqual({ truncated: true });
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
  });

  it.each([
    ['boxes', (id: number) => ({ type: 'delete-box', boxId: id }) as const],
    ['attributes', (id: number) => setAttributes(id, { occluded: true })],
    ['the score', (id: number) => ({ type: 'update-box', boxId: id, changes: { score: 0.5 } }) as const],
    [
      'who made a box',
      (id: number) => ({ type: 'update-box', boxId: id, changes: { source: 'model' } }) as const,
    ],
  ])('to %s unseen keeps the image from being verified', async (_, operation) => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    image.editElsewhere(operation(id!));
    page.queue.apply([VERIFY]);
    await page.queue.settled();
    expect(page.dropped).toMatchObject([{ kind: 'stale', edits: 1 }]);
    expect(page.queue.annotations.image.verified).toBe(false);
    expect(image.stored.image.verified).toBe(false);
  });

  it('keeps only what it concerns from being stored, and the person hears what no longer applies', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    page.connection.fault = 'lost';
    const sick = { type: 'set-image-classes' as const, classIds: [image.sick] };
    page.queue.apply([image.add(at(300))]);
    page.queue.apply([sick, { type: 'set-note', note: 'a' }]);
    page.queue.apply([moveBox(id!, 50)]);
    await page.queue.settled();
    image.store.classes.delete(image.sick, { reassignTo: null });
    await page.heal();
    await page.queue.settled();
    expect(page.queue.saveState).toBe('saved');
    expect(places()).toEqual([50, rectangle.x + 289.875]);
    expect(asEnglish(page.dropped)).toMatchObject([
      { kind: 'refused', edits: 1, what: 'Set the image class, changed the note' },
    ]);
    expect(page.failures).toEqual([]);
  });

  it('is not even sent where an undo before it has taken its box away', async () => {
    const page = new Page(image);
    const [id] = page.queue.apply([image.add(rectangle)]);
    await page.queue.settled();
    const sent = page.connection.edits;
    page.queue.undo();
    // What is shown is still the box: the undo is on its way.
    page.queue.apply([{ type: 'delete-box', boxId: id! }]);
    page.queue.apply([image.add(at(300))]);
    await page.queue.settled();
    expect(places()).toEqual([300]);
    expect(page.connection.edits).toBe(sent + 1);
    expect(asEnglish(page.dropped)).toMatchObject([{ kind: 'refused', edits: 1, what: 'Deleted a box' }]);
    expect(page.queue.saveState).toBe('saved');
  });

  it('is said with what was given up for it', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    image.editElsewhere(moveBox(id!, 500));
    page.queue.apply([moveBox(id!, 50)]);
    page.queue.apply([{ type: 'delete-box', boxId: id! }]);
    await page.queue.settled();
    expect(asEnglish(page.dropped)).toMatchObject([
      { kind: 'stale', edits: 2, what: 'Changed a box, deleted a box' },
    ]);
  });

  it('hides no defect: what breaks while waiting edits are shown again is told', async () => {
    const page = new Page(image);
    page.connection.fault = 'lost';
    for (const x of [50, 60]) page.queue.apply([image.add(at(x))]);
    await page.queue.settled();
    const defect = new TypeError('rules are broken');
    vi.spyOn(image, 'rules', 'get').mockImplementationOnce(() => {
      throw defect;
    });
    await page.heal();
    expect(page.failures).toEqual([defect]);
    expect(places()).toEqual([50, 60]);
  });

  it('is taken over when asked to look, also where an edit was just under way', async () => {
    const [id] = image.draw(rectangle);
    const page = new Page(image);
    image.editElsewhere({ type: 'delete-box', boxId: id! });
    await page.queue.refresh();
    expect(page.boxes).toEqual([]);
    page.queue.apply([image.add(at(50))]);
    await vi.waitFor(() => expect(image.stored.boxes).toHaveLength(1), { interval: 0 });
    image.draw(at(500));
    await page.queue.refresh();
    await saved(page.queue);
    await page.queue.settled();
    expect(page.boxes.map(({ x }) => x)).toEqual([50, 500]);
  });

  it('is left as it is, without a refusal, where the image was removed meanwhile', async () => {
    image.draw(rectangle);
    const page = new Page(image);
    image.store.images.remove([image.imageId]);
    await page.queue.refresh();
    expect(page.boxes).toHaveLength(1);
    expect(page.failures).toEqual([]);
  });
});

describe('whatever is edited and however often the connection breaks', () => {
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
      fault: fc.constantFrom('lost' as const, 'answer-lost' as const),
    }),
    fc.record({ do: fc.constant('heal' as const) }),
  );

  it('the queue of a single window ends at what was shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const page = new Page(image);
        const { queue } = page;
        for (const action of steps) {
          const box = 'at' in action ? page.boxes[action.at % Math.max(1, page.boxes.length)] : undefined;
          if (action.do === 'add') queue.apply([image.add(at(action.x))]);
          else if (action.do === 'move' && box) queue.apply([moveBox(box.id, action.x)]);
          else if (action.do === 'delete' && box) queue.apply([{ type: 'delete-box', boxId: box.id }]);
          else if (action.do === 'fault') page.connection.fault = action.fault;
          else if (action.do === 'heal') await page.heal();
          if (action.do !== 'add') await queue.settled();
        }
        const shown = queue.annotations;
        await page.heal();
        expect(queue.saveState).toBe('saved');
        expect(image.stored.boxes).toEqual(
          shown.boxes.map((box) => ({ ...box, id: queue.storedId(box.id) })),
        );
        expect(queue.annotations.boxes).toEqual(shown.boxes);
        expect(page.dropped).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
