import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();
let image: number;
let cell: number;
let sick: number;

beforeEach(() => {
  [image] = project.addImages(1) as [number];
  cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
  sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
});

/** All that a person sees of the image but its place in the journal. */
function content({ image: summary, boxes, suggestions, note }: ImageAnnotations) {
  const { state, verified, imageClassIds, flagged, suggestionCount, boxCount } = summary;
  return { state, verified, imageClassIds, flagged, suggestionCount, boxCount, boxes, suggestions, note };
}

const now = () => content(project.store.annotations.get(image));
const newest = (): number => project.store.journal.list(image)[0]?.id ?? 0;

function edit(...operations: AnnotationOperation[]): void {
  project.store.annotations.edit(image, project.store.images.get(image).revision, operations);
}

function restore(entryId: number) {
  return project.store.annotations.restore(image, project.store.images.get(image).revision, entryId);
}

async function suggest(x: number): Promise<void> {
  await project.store.importAnnotations({
    title: 'Suggestions',
    suggestedBy: { kind: 'model', name: 'run-1' },
    images: [
      {
        imageId: image,
        boxes: [{ ...box(0, x), className: 'cell', score: 0.5, extra: null }],
        imageClassNames: null,
        split: null,
        verifiedEmpty: false,
      },
    ],
  });
}

describe('an image put back to an earlier state', () => {
  it('is what it was after any entry, whatever came since, and undo brings the present back', async () => {
    const step = fc.record({
      kind: fc.nat(9),
      pick: fc.nat(1000),
      x: fc.double({ min: 0, max: 49, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
        const states = [{ entry: newest(), content: now() }];
        for (const { kind, pick, x } of steps) {
          const {
            boxes,
            suggestions,
            canUndo,
            canRedo,
            image: summary,
          } = project.store.annotations.get(image);
          const some = boxes[pick % Math.max(1, boxes.length)];
          const suggestion = suggestions[pick % Math.max(1, suggestions.length)];
          if (kind === 0) edit({ type: 'add-box', box: box(cell, x) });
          if (kind === 1 && some)
            edit({ type: 'update-box', boxId: some.id, changes: { geometry: box(cell, x) } });
          if (kind === 2 && some) edit({ type: 'delete-box', boxId: some.id });
          if (kind === 3) edit({ type: 'set-image-classes', classIds: pick % 2 === 0 ? [sick] : [] });
          if (kind === 4)
            edit({ type: 'set-note', note: `note ${pick}` }, { type: 'set-flag', flagged: pick % 2 === 0 });
          if (kind === 5 && summary.state !== 'labelled') edit({ type: 'set-state', state: 'empty' });
          if (kind === 6 && canUndo) project.store.annotations.undo(image);
          if (kind === 7 && canRedo) project.store.annotations.redo(image);
          if (kind === 8) await suggest(x);
          if (kind === 9 && suggestion)
            edit({
              type: pick % 2 === 0 ? 'accept-suggestion' : 'reject-suggestion',
              suggestionId: suggestion.id,
            });
          states.push({ entry: newest(), content: now() });
        }
        for (const { entry, content: wanted } of states) {
          const before = now();
          const revision = project.store.images.get(image).revision;
          const restored = restore(entry);
          expect(content(restored)).toEqual(wanted);
          // Putting back what is there already is no edit.
          if (restored.image.revision === revision) continue;
          expect(content(project.store.annotations.undo(image))).toEqual(before);
          project.store.annotations.redo(image);
        }
        expect(project.store.fullCheck().problems).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('is told in the history, and can be put back to the beginning', () => {
    edit({ type: 'set-note', note: 'first' });
    const entry = newest();
    draw(project.store, image, box(cell));
    expect(restore(entry)).toMatchObject({ boxes: [], note: 'first', canUndo: true });
    expect(project.store.journal.list(image)[0]).toMatchObject({
      kind: 'restore',
      summary: saying(/^Restored to its state after: changed the note$/),
      actor: 'person',
    });
    expect(restore(0)).toMatchObject({ boxes: [], note: '', image: { state: 'unseen' } });
  });

  it('goes back across changes of the whole project, and leaves the split alone', () => {
    draw(project.store, image, box(cell, 1));
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    const entry = newest();
    draw(project.store, image, box(other, 2));
    const before = now();
    project.store.splits.set([image], 'val');
    edit({ type: 'set-verified', verified: true });
    expect(content(restore(entry)).boxes).toHaveLength(1);
    expect(project.store.images.get(image).split).toBe('val');
    project.store.annotations.undo(image);
    project.store.annotations.undo(image);
    expect(now()).toEqual(before);
  });

  it('on a stale revision, to an entry of another image, or with a class that is gone is refused', () => {
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    draw(project.store, image, box(other));
    const entry = newest();
    expect(() => project.store.annotations.restore(image, 0, entry)).toThrow(
      expect.objectContaining({ code: 'stale-revision' }),
    );
    expect(() => restore(9999)).toThrow(expect.objectContaining({ code: 'not-found' }));
    const { boxes } = project.store.annotations.get(image);
    edit({ type: 'delete-box', boxId: boxes[0]!.id });
    project.store.classes.delete(other, { reassignTo: null });
    expect(() => restore(entry)).toThrow(expect.objectContaining({ code: 'not-allowed' }));
    expect(now().boxes).toEqual([]);
  });
});
