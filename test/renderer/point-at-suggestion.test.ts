import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../../electron/common/geometry.ts';
import { TestEditor } from './test-editor.ts';

const large = { x: 100, y: 100, width: 300, height: 300 };
const small = { x: 150, y: 150, width: 100, height: 100 };

/** An image with these boxes (ids from 1) and suggestions (ids from 11), the last of which is of the whole image. */
function suggested(suggestions: readonly Rectangle[], boxes: readonly Rectangle[] = []): TestEditor {
  const hand = new TestEditor(boxes);
  hand.suggestions = [...suggestions, null].map((box, index) => ({ id: 11 + index, box }));
  return hand;
}

describe('a click on a suggestion', () => {
  it('makes it the one that the next key decides on, and clears the selection', () => {
    const hand = suggested([large, small], [{ x: 600, y: 600, width: 50, height: 50 }]);
    hand.click(620, 620).click(300, 300);
    expect(hand.currentSuggestion).toBe(11);
    expect(hand.selected).toEqual([]);
    expect(hand.applied).toEqual([]);
  });

  it('takes the smallest there first and goes to the next below with every further click', () => {
    const hand = suggested([large, small]);
    const clicked = [1, 2, 3].map(() => hand.click(200, 200).currentSuggestion);
    expect(clicked).toEqual([12, 11, 12]);
  });

  it('leaves the view where it is, and the chosen one alone where there is none', () => {
    const hand = suggested([{ x: 900, y: 0, width: 100, height: 800 }]);
    hand.editor.view.show({ scale: 2, x: -900, y: 0 });
    const before = hand.editor.view.viewport;
    hand.click(950, 100);
    expect(hand.currentSuggestion).toBe(11);
    expect(hand.editor.view.viewport).toEqual(before);
    hand.click(500, 100);
    expect(hand.currentSuggestion).toBe(11);
  });

  it('reaches beyond its edge as far for a finger as it does for boxes', () => {
    expect(suggested([small]).click(145, 200).currentSuggestion).toBeNull();
    expect(suggested([small]).click(145, 200, { kind: 'touch' }).currentSuggestion).toBe(11);
  });

  it('is one for the box that lies there before it is one for the suggestion', () => {
    const hand = suggested([small], [large]);
    hand.click(200, 200);
    expect([hand.selected, hand.currentSuggestion]).toEqual([[1], null]);
    hand.click(200, 200);
    expect([hand.selected, hand.currentSuggestion]).toEqual([[], 11]);
    hand.click(200, 200);
    expect(hand.selected).toEqual([1]);
  });

  it('goes through all boxes there first, then to one suggestion more in every round', () => {
    const hand = suggested([large, small], [large, small]);
    const seen = Array.from({ length: 6 }, () => {
      hand.click(200, 200);
      return hand.selected[0] ?? hand.currentSuggestion;
    });
    expect(seen).toEqual([2, 1, 12, 2, 1, 11]);
  });

  it('finds it behind a box that is locked, and nothing while all boxes are hidden', () => {
    const hand = suggested([small], [large]);
    hand.editor.sight.toggleLocked([1]);
    hand.editor.sight.toggleAll();
    expect(hand.click(200, 200).currentSuggestion).toBeNull();
    hand.editor.sight.toggleAll();
    expect(hand.click(200, 200).currentSuggestion).toBe(11);
  });

  it.each([{ shift: true }, { control: true }, { button: 'middle' as const }])(
    'chooses nothing when made with %o',
    (held) => {
      expect(suggested([small]).click(200, 200, held).currentSuggestion).toBeNull();
    },
  );
});

describe('a press on a suggestion that is no click', () => {
  it('draws a box when dragged, and when the drawing tool is chosen', () => {
    const hand = suggested([large]);
    hand.drag([120, 120], [220, 260]);
    expect(hand.rectangle(-1)).toEqual([120, 120, 100, 140]);
    hand.editor.setTool('draw');
    hand.click(300, 300);
    expect(hand.currentSuggestion).toBeNull();
  });

  it('moves the box above it when dragged', () => {
    const hand = suggested([small], [small]);
    hand.click(200, 200).drag([200, 200], [230, 200]);
    expect(hand.rectangle(1)).toEqual([180, 150, 100, 100]);
    expect(hand.currentSuggestion).toBeNull();
  });

  it('opens the menu for it when a finger rests, which keeps the one that is chosen already', () => {
    const hand = suggested([large, small], [{ x: 600, y: 600, width: 50, height: 50 }]);
    hand.click(620, 620);
    const hold = (): number | null => {
      hand.down(200, 200, { kind: 'touch' });
      hand.editor.pointerHeld();
      hand.up(200, 200, { kind: 'touch' });
      return hand.currentSuggestion;
    };
    expect(hold()).toBe(12);
    expect(hand.selected).toEqual([]);
    expect(hold()).toBe(12);
    expect(hand.menus).toHaveLength(2);
  });
});
