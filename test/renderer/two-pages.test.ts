import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { Page, StoredImage } from './stored-image.ts';
import type { Fault } from './stored-image.ts';

const place = fc.record({
  x: fc.double({ min: 0, max: 900, noNaN: true }),
  y: fc.double({ min: 0, max: 700, noNaN: true }),
  width: fc.double({ min: 2, max: 100, noNaN: true }),
  height: fc.double({ min: 2, max: 100, noNaN: true }),
});
const at = fc.nat(5);
const said = fc.boolean();
const who = fc.constantFrom(0 as const, 1 as const);

const edit = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), at, place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('attribute' as const), at, said }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('class' as const), said }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('verify' as const), said }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('note' as const), text: fc.string({ maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('accept' as const, 'reject' as const), at }) },
);
/** How the connection is from then on, where it is whole now. */
const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'lost', 'answer-lost', 'answer-lost');
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('edit' as const), who, edit, fault }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const), who, fault }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('heal' as const, 'look' as const), who }) },
  /** Whether what is under way is waited for before the next step. */
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), who }) },
);
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const FIRST = { x: 10, y: 20, width: 30, height: 40 };

/** What a person on the page would ask for, by what the page shows. */
function operationOf(image: StoredImage, shown: ImageAnnotations, wanted: Edit): AnnotationOperation | null {
  const box = 'at' in wanted ? shown.boxes[wanted.at % Math.max(1, shown.boxes.length)] : undefined;
  const waiting =
    'at' in wanted ? shown.suggestions[wanted.at % Math.max(1, shown.suggestions.length)] : undefined;
  switch (wanted.do) {
    case 'add':
      return image.add(wanted.place);
    case 'move':
      return box ? { type: 'update-box', boxId: box.id, changes: { geometry: wanted.place } } : null;
    case 'attribute':
      return box
        ? {
            type: 'update-box',
            boxId: box.id,
            changes: { attributes: { ...box.attributes, occluded: wanted.said } },
          }
        : null;
    case 'delete':
      return box ? { type: 'delete-box', boxId: box.id } : null;
    case 'class':
      return { type: 'set-image-classes', classIds: wanted.said ? [image.sick] : [] };
    case 'verify':
      return { type: 'set-verified', verified: wanted.said };
    case 'note':
      return { type: 'set-note', note: wanted.text };
    case 'accept':
    case 'reject':
      return waiting ? { type: `${wanted.do}-suggestion`, suggestionId: waiting.id } : null;
  }
}

/** How many edits, undos and redos a person has asked for on the page. */
async function perform(
  image: StoredImage,
  pages: readonly Page[],
  { who: page, ...action }: Step,
): Promise<number> {
  const { queue, connection } = pages[page]!;
  if ('fault' in action && connection.fault === 'none') connection.fault = action.fault;
  switch (action.do) {
    case 'edit': {
      const operation = operationOf(image, queue.annotations, action.edit);
      if (operation !== null) queue.apply([operation]);
      return operation === null ? 0 : 1;
    }
    case 'undo':
    case 'redo': {
      const possible = action.do === 'undo' ? queue.canUndo : queue.canRedo;
      queue[action.do]();
      return possible ? 1 : 0;
    }
    case 'heal':
      await pages[page]!.heal();
      return 0;
    case 'look':
      await queue.refresh().catch(() => undefined);
      return 0;
    case 'wait':
      await queue.settled();
      return 0;
  }
}

/** What a page shows, with the ids that the store knows. */
function shownOn({ queue }: Page): ImageAnnotations {
  const { annotations } = queue;
  return { ...annotations, boxes: annotations.boxes.map((box) => ({ ...box, id: queue.storedId(box.id) })) };
}

describe('two pages that edit one image over connections that break', () => {
  it('lose nothing: what was asked for is stored once, or was said to be given up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const image = new StoredImage();
        try {
          await image.suggest(
            [FIRST, { ...FIRST, x: 300 }].map((box) => ({ ...box, className: 'cell', score: 0.5 })),
            ['sick'],
          );
          const pages = [new Page(image), new Page(image)];
          let asked = 0;
          for (const one of steps) asked += await perform(image, pages, one);
          for (const page of [...pages, ...pages]) await page.heal();
          const acknowledged = pages.flatMap(({ connection }) => [...connection.acknowledged]);
          const dropped = pages.flatMap((page) => page.dropped).reduce((sum, { edits }) => sum + edits, 0);
          expect(acknowledged.length + dropped).toBe(asked);
          const changed = acknowledged.filter(([, changes]) => changes).map(([editId]) => editId);
          expect(image.journaledIds().toSorted()).toEqual(changed.toSorted());
          for (const page of pages) {
            expect(page.queue.saveState).toBe('saved');
            await page.queue.refresh();
            expect(shownOn(page)).toEqual(image.stored);
          }
          expect(image.store.fullCheck().problems).toEqual([]);
          while (image.stored.canUndo) image.store.annotations.undo(image.imageId);
          expect(image.stored).toMatchObject({
            boxes: [],
            note: '',
            image: { state: 'unseen', verified: false },
          });
          expect(image.stored.suggestions).toHaveLength(3);
        } finally {
          image.close();
        }
      }),
      { numRuns: 30 },
    );
  });
});
