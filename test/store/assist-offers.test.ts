import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { allLabels, box, draw, useProject } from './support.ts';

const project = useProject();
const SOURCE = 'Live assistant';

const cell = (): number =>
  project.store.classes.list().find(({ name }) => name === 'cell')?.id ??
  project.store.classes.create({ kind: 'object', name: 'cell' }).id;

/** As the assistant does: of the image as it is now. */
function offer(imageId: number, xs: readonly number[], held: readonly number[] = []): number[] {
  const { revision } = project.store.images.get(imageId);
  const classId = cell();
  const suggestions = xs.map((x) => ({ classId, box: { x, y: 1, width: 4, height: 4 }, score: 0.5 }));
  return project.store.suggestions.offer(SOURCE, [{ imageId, revision, suggestions }], new Set(held));
}

const now = (imageId: number): ImageAnnotations => project.store.annotations.get(imageId);
const offeredAt = (imageId: number): number[] => now(imageId).suggestions.map(({ box: at }) => at!.x);
function edit(imageId: number, ...operations: AnnotationOperation[]): ImageAnnotations {
  const { revision } = project.store.images.get(imageId);
  return project.store.annotations.edit(imageId, revision, operations).annotations;
}
const decide = (imageId: number, type: 'accept-suggestion' | 'reject-suggestion'): ImageAnnotations =>
  edit(imageId, { type, suggestionId: now(imageId).suggestions[0]!.id });
const health = (): unknown => project.store.fullCheck().problems;

describe('what the live assistant offers', () => {
  it('takes the place of what it offered before, and windows see it', () => {
    const [a] = project.addImages(1) as [number];
    expect(offer(a, [1, 2])).toEqual([a]);
    const { revision } = project.store.images.get(a);
    expect(offer(a, [30])).toEqual([a]);
    expect(offeredAt(a)).toEqual([30]);
    expect(project.store.images.get(a)).toMatchObject({ suggestionCount: 1, revision: revision + 1 });
    expect(now(a).suggestions[0]).toMatchObject({ source: 'model', sourceName: SOURCE, score: 0.5 });
    expect(health()).toEqual([]);
  });

  it('is no step of undo, and no label', () => {
    const [a] = project.addImages(1) as [number];
    cell();
    const before = { labels: allLabels(project.store), undo: project.store.info().undo };
    offer(a, [1]);
    expect({ labels: allLabels(project.store), undo: project.store.info().undo }).toEqual(before);
    expect(project.store.journal.list(a, 10)).toEqual([]);
  });

  it('leaves an image alone where a person has accepted, rejected, drawn or verified', () => {
    const images = project.addImages(4) as [number, number, number, number];
    for (const image of images) offer(image, [1, 2]);
    const [accepted, rejected, drawn, empty] = images;
    decide(accepted, 'accept-suggestion');
    decide(rejected, 'reject-suggestion');
    draw(project.store, drawn, box(cell(), 20));
    edit(empty, { type: 'set-state', state: 'empty' });
    const before = images.map(now);
    for (const image of images) expect(offer(image, [50])).toEqual([]);
    expect(images.map(now)).toEqual(before);
    expect(project.store.suggestions.withdraw(SOURCE)).toEqual([]);
    expect(images.map(now)).toEqual(before);
  });

  it('comes again once a person has taken the decision back', () => {
    const [a] = project.addImages(1) as [number];
    offer(a, [1, 2]);
    const { image } = decide(a, 'reject-suggestion');
    project.store.annotations.undo(a, { expectedRevision: image.revision });
    expect(offer(a, [50])).toEqual([a]);
    expect(offeredAt(a)).toEqual([50]);
  });

  it('does not come again where all of a source were rejected at once', () => {
    const [a] = project.addImages(1) as [number];
    offer(a, [1]);
    const [source] = project.store.suggestions.sources();
    project.store.suggestions.clear(source!.id);
    expect(offer(a, [50])).toEqual([]);
    expect(offeredAt(a)).toEqual([]);
  });

  it('was made of the image as it was: another edit since makes it void', () => {
    const [a] = project.addImages(1) as [number];
    const { revision } = project.store.images.get(a);
    edit(a, { type: 'set-flag', flagged: true });
    const suggestions = [{ classId: cell(), box: { x: 1, y: 1, width: 2, height: 2 }, score: 0.9 }];
    expect(
      project.store.suggestions.offer(SOURCE, [{ imageId: a, revision, suggestions }], new Set()),
    ).toEqual([]);
    expect(offeredAt(a)).toEqual([]);
  });

  it('stays as it is on an image that is open, and comes where there was nothing', () => {
    const [a, b] = project.addImages(2) as [number, number];
    offer(a, [1]);
    expect(offer(a, [9], [a])).toEqual([]);
    expect(offer(b, [9], [b])).toEqual([b]);
    expect([offeredAt(a), offeredAt(b)]).toEqual([[1], [9]]);
  });

  it('keeps what runs and imports suggest', async () => {
    const [a] = project.addImages(1) as [number];
    cell();
    await project.store.importAnnotations({
      title: 'run-1',
      suggestedBy: { kind: 'model', name: 'run-1' },
      images: [
        {
          imageId: a,
          boxes: [{ ...box(0, 40), className: 'cell', score: 0.9, extra: null }],
          imageClassNames: null,
          split: null,
          verifiedEmpty: false,
        },
      ],
    });
    offer(a, [1]);
    offer(a, [2]);
    expect(offeredAt(a)).toEqual([40, 2]);
    expect(project.store.suggestions.withdraw(SOURCE)).toEqual([a]);
    expect(offeredAt(a)).toEqual([40]);
    expect(health()).toEqual([]);
  });

  it('passes over classes that are gone', () => {
    const [a] = project.addImages(1) as [number];
    const { revision } = project.store.images.get(a);
    const suggestions = [{ classId: 999, box: null, score: 0.9 }];
    expect(
      project.store.suggestions.offer(SOURCE, [{ imageId: a, revision, suggestions }], new Set()),
    ).toEqual([]);
  });

  it('never changes what a person has decided, whatever comes in whichever order', () => {
    const image = fc.integer({ min: 0, max: 2 });
    const step = fc.oneof(
      fc.record({ what: fc.constant('offer' as const), image, x: fc.integer({ min: 1, max: 50 }) }),
      fc.record({
        what: fc.constantFrom('accept', 'reject', 'draw', 'undo', 'redo', 'withdraw', 'clear'),
        image,
        x: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const images = project.addImages(3);
        const classId = cell();
        const decided = (id: number) => {
          const { image: summary, boxes } = now(id);
          return { state: summary.state, verified: summary.verified, boxes };
        };
        /** Images with an edit that stands, and what waited there when it was made. */
        const waiting = new Map<number, number[]>();
        for (const { what, image: index, x } of steps) {
          const id = images[index]!;
          if (what === 'offer' || what === 'withdraw') {
            const before = images.map(decided);
            if (what === 'offer') offer(id, [x, x + 1]);
            else project.store.suggestions.withdraw(SOURCE);
            expect(images.map(decided)).toEqual(before);
            for (const [touched, ids] of waiting)
              expect(now(touched).suggestions.map((one) => one.id)).toEqual(ids);
            continue;
          }
          const { image: summary, suggestions, canUndo, canRedo } = now(id);
          const expectedRevision = summary.revision;
          if (what === 'clear') project.store.suggestions.clear(null);
          else if (what === 'draw') draw(project.store, id, box(classId, 20));
          else if (what === 'undo' && canUndo) project.store.annotations.undo(id, { expectedRevision });
          else if (what === 'redo' && canRedo) project.store.annotations.redo(id, { expectedRevision });
          else if ((what === 'accept' || what === 'reject') && suggestions.length > 0)
            decide(id, `${what}-suggestion`);
          waiting.clear();
          for (const one of images) {
            if (now(one).canUndo)
              waiting.set(
                one,
                now(one).suggestions.map((suggestion) => suggestion.id),
              );
          }
        }
        expect(health()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
