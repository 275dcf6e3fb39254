import { describe, expect, it } from 'vitest';
import type { AnnotationOperation, ImageAnnotations, Suggestion } from '../../electron/common/entities.ts';
import { applyOperations } from '../../renderer/editor/optimistic.ts';
import { SuggestionState } from '../../renderer/label/state/suggestion-state.svelte.ts';
import { Page, StoredImage } from './stored-image.ts';
import { annotationsOf, TEST_RULES, testBox } from './test-editor.ts';

const place = { x: 1, y: 2, width: 30, height: 40 };

function suggestion(id: number, score: number | null, box: Suggestion['box'] = place): Suggestion {
  return { id, classId: 3, box, source: 'model', sourceName: 'run-1', score, attributes: {} };
}

function image(...suggestions: Suggestion[]): ImageAnnotations {
  return { ...annotationsOf([testBox(1, place)]), suggestions };
}

/** Suggestions as the label view has them, with every decision applied at once. */
function opened(start: ImageAnnotations) {
  let newId = -1;
  const view = { annotations: start, applied: [] as AnnotationOperation[][], revealed: [] as unknown[] };
  const state = new SuggestionState({
    suggestions: () => view.annotations.suggestions,
    apply: (operations) => {
      view.applied.push([...operations]);
      view.annotations = applyOperations(view.annotations, operations, TEST_RULES, () => newId--);
    },
    reveal: (rectangle) => view.revealed.push(rectangle),
  });
  return { state, view };
}

describe('deciding on suggestions', () => {
  it('begins with the surest and goes on to the one after it', () => {
    const { state, view } = opened(image(suggestion(5, 0.9), suggestion(6, 0.8), suggestion(7, 0.3)));
    expect(state.current?.id).toBe(5);
    state.accept();
    expect(state.current?.id).toBe(6);
    state.reject();
    expect(state.current?.id).toBe(7);
    state.reject();
    expect(state.current).toBeNull();
    state.accept();
    expect(view.applied).toEqual([
      [{ type: 'accept-suggestion', suggestionId: 5 }],
      [{ type: 'reject-suggestion', suggestionId: 6 }],
      [{ type: 'reject-suggestion', suggestionId: 7 }],
    ]);
  });

  it('steps round in both directions and brings the box into view', () => {
    const { state, view } = opened(image(suggestion(5, 0.9), suggestion(6, 0.8, null), suggestion(7, 0.3)));
    state.step(-1);
    expect(state.current?.id).toBe(7);
    state.step(1);
    state.step(1);
    expect(state.current?.id).toBe(6);
    expect(view.revealed).toEqual([place, place]);
  });

  it('decides on the one that was pointed at, and leaves the view under the pointer', () => {
    const { state, view } = opened(image(suggestion(5, 0.9), suggestion(6, 0.8), suggestion(7, 0.3)));
    state.point(6);
    expect(state.current?.id).toBe(6);
    expect(view.revealed).toEqual([]);
    state.accept();
    expect(view.applied).toEqual([[{ type: 'accept-suggestion', suggestionId: 6 }]]);
    expect(state.current?.id).toBe(7);
  });

  it('accepts all from a threshold on in one step, those without a score only from 0', () => {
    const all = [suggestion(5, 0.9), suggestion(6, 0.5), suggestion(7, 0.49), suggestion(8, null)];
    const { state, view } = opened(image(...all));
    state.acceptFrom(0.5);
    expect(view.applied).toHaveLength(1);
    expect(view.annotations.suggestions.map(({ id }) => id)).toEqual([7, 8]);
    expect(view.annotations.boxes).toHaveLength(3);
    state.acceptFrom(0.6);
    expect(view.applied).toHaveLength(1);
    state.acceptFrom(0);
    expect(view.annotations.suggestions).toEqual([]);
  });

  it('rejects all in one step', () => {
    const { state, view } = opened(image(suggestion(5, 0.9), suggestion(6, null, null)));
    state.rejectAll();
    expect(view.applied).toHaveLength(1);
    expect(view.annotations).toMatchObject({ suggestions: [], image: { suggestionCount: 0 } });
    state.rejectAll();
    expect(view.applied).toHaveLength(1);
  });
});

describe('an accepted suggestion as it is shown before it is stored', () => {
  it('is a box that keeps source and score', () => {
    const before = image(suggestion(5, 0.9));
    const after = applyOperations(
      before,
      [{ type: 'accept-suggestion', suggestionId: 5 }],
      TEST_RULES,
      () => -1,
    );
    expect(after.boxes[1]).toEqual({
      id: -1,
      ...place,
      classId: 3,
      source: 'model',
      score: 0.9,
      attributes: {},
    });
    expect(after.image).toMatchObject({ boxCount: 2, suggestionCount: 0 });
  });

  it.each([
    [false, [12]],
    [true, [12, 19]],
  ])('replaces the image class, or joins it where the project allows several: %s', (several, classIds) => {
    const before = image({ ...suggestion(5, 0.9, null), classId: 12 });
    before.image.imageClassIds = [19];
    const rules = { ...TEST_RULES, severalImageClasses: several };
    const newId = () => expect.unreachable('no box is made');
    const after = applyOperations(before, [{ type: 'accept-suggestion', suggestionId: 5 }], rules, newId);
    expect(after.image.imageClassIds).toEqual(classIds);
  });

  it('keeps its local id once the store has named its box', async () => {
    const stored = new StoredImage();
    try {
      await stored.suggest([{ ...place, className: 'cell', score: 0.9 }]);
      const { queue } = new Page(stored);
      const [{ id }] = queue.annotations.suggestions as [Suggestion];
      const [local] = queue.apply([{ type: 'accept-suggestion', suggestionId: id }]);
      expect(local).toBeLessThan(0);
      const shown = queue.annotations.boxes;
      await queue.settled();
      expect(queue.annotations.boxes).toEqual(shown);
      expect(queue.annotations.boxes).toMatchObject([{ id: local, source: 'model', score: 0.9 }]);
      expect(queue.saveState).toBe('saved');
    } finally {
      stored.close();
    }
  });
});
