import { describe, expect, it } from 'vitest';
import { TestEditor } from './test-editor.ts';

const one = { x: 100, y: 100, width: 200, height: 150 };
const inside = { x: 150, y: 130, width: 50, height: 40 };

describe('drawing', () => {
  it('makes a box between press and release, selects it, and goes back to selecting', () => {
    const test = new TestEditor();
    test.editor.setTool('draw');
    test.drag([40.5, 50.25], [140.75, 90.5]);
    expect(test.boxes).toHaveLength(1);
    expect(test.rectangle(-1)).toEqual([40.5, 50.25, 100.25, 40.25]);
    expect(test.selected).toEqual([-1]);
    expect(test.editor.tool).toBe('select');
  });

  it('works upwards and to the left', () => {
    const test = new TestEditor().drag([300, 400], [100, 350]);
    expect(test.rectangle(-1)).toEqual([100, 350, 200, 50]);
  });

  it('stops at the edge of the image, exactly', () => {
    const test = new TestEditor().drag([900, 700], [2000, 2000]);
    expect(test.rectangle(-1)).toEqual([900, 700, 100, 100]);
  });

  it('makes nothing of a click or of a box under two pixels', () => {
    const test = new TestEditor();
    test.click(50, 50).drag([50, 50], [90, 51]);
    expect(test.applied).toEqual([]);
  });

  it('draws inside another box with the drawing tool, and over a selected one', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.editor.setTool('draw');
    test.drag([150, 150], [180, 190]);
    expect(test.rectangle(-1)).toEqual([150, 150, 30, 40]);
    expect(test.rectangle(1)).toEqual([100, 100, 200, 150]);
  });

  it('asks for a class where none is chosen, and adds nothing until then', () => {
    const test = new TestEditor();
    test.editor.activeClassId = null;
    test.drag([10, 10], [60, 60]);
    expect(test.applied).toEqual([]);
    expect(test.asked).toEqual([{ x: 10, y: 10, width: 50, height: 50 }]);
  });

  it('keeps image coordinates under zoom in the middle of the gesture', () => {
    const test = new TestEditor().down(100, 100).move(150, 150);
    test.editor.wheel({ x: 150, y: 150, deltaX: 0, deltaY: -320, shift: false });
    test.move(250, 250).up(250, 250);
    // At scale 2 around (150, 150), the screen point (250, 250) is the image point (200, 200).
    expect(test.rectangle(-1)).toEqual([100, 100, 100, 100]);
  });
});

describe('selecting', () => {
  it('selects by a click and clears by a click beside', () => {
    const test = new TestEditor([one]).click(120, 120);
    expect(test.selected).toEqual([1]);
    expect(test.click(600, 600).selected).toEqual([]);
  });

  it('takes the smallest box first and goes down at each repeated click', () => {
    const test = new TestEditor([one, inside]).click(160, 140);
    expect(test.selected).toEqual([2]);
    expect(test.click(175, 150).selected).toEqual([1]);
    expect(test.click(175, 150).selected).toEqual([2]);
  });

  it('adds and takes away with Shift', () => {
    const test = new TestEditor([one, { x: 500, y: 500, width: 80, height: 80 }]).click(120, 120);
    expect(test.click(540, 540, { shift: true }).selected).toEqual([1, 2]);
    expect(test.click(120, 120, { shift: true }).selected).toEqual([2]);
  });

  it('takes what a marquee touches, added to the selection', () => {
    const test = new TestEditor([one, { x: 500, y: 500, width: 80, height: 80 }]);
    test.editor.select([2]);
    test.drag([50, 50], [110, 110], { shift: true });
    expect(test.selected).toEqual([1, 2]);
    expect(test.applied).toEqual([]);
  });

  it('cycles through all boxes both ways', () => {
    const test = new TestEditor([one, inside]);
    test.editor.cycle(1);
    test.editor.cycle(1);
    expect(test.selected).toEqual([2]);
    test.editor.cycle(1);
    expect(test.selected).toEqual([1]);
    test.editor.cycle(-1);
    expect(test.selected).toEqual([2]);
  });

  it('hits nothing while boxes are hidden', () => {
    const test = new TestEditor([one]);
    test.editor.toggleHidden();
    expect(test.click(120, 120).selected).toEqual([]);
  });
});

describe('moving', () => {
  it('moves a box by the way of the pointer, in one edit', () => {
    const test = new TestEditor([one]).drag([150, 200], [180.5, 190.25]);
    expect(test.rectangle(1)).toEqual([130.5, 90.25, 200, 150]);
    expect(test.applied).toHaveLength(1);
  });

  it('moves the whole selection and holds it inside the image together', () => {
    const test = new TestEditor([one, { x: 700, y: 100, width: 200, height: 100 }]);
    test.editor.selectAll();
    test.drag([150, 200], [900, 200]);
    expect(test.rectangle(1)).toEqual([200, 100, 200, 150]);
    expect(test.rectangle(2)).toEqual([800, 100, 200, 100]);
  });

  it('writes nothing where the box ends where it began', () => {
    const test = new TestEditor([one]);
    test.move(150, 200).down(150, 200).move(190, 200).move(150, 200).up(150, 200);
    expect(test.applied).toEqual([]);
  });
});

describe('resizing', () => {
  it.each([
    ['top left', [100, 100], [80, 90], [80, 90, 220, 160]],
    ['right', [300, 175], [340, 500], [100, 100, 240, 150]],
    ['bottom', [200, 250], [0, 300], [100, 100, 200, 200]],
    ['an edge away from its handle', [300, 120], [320, 120], [100, 100, 220, 150]],
  ] as const)('drags the %s', (_name, from, to, expected) => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.drag(from, to);
    expect(test.rectangle(1)).toEqual(expected);
  });

  it('flips a box that is dragged across its other side', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.drag([300, 250], [60, 40]);
    expect(test.rectangle(1)).toEqual([60, 40, 40, 60]);
  });

  it('does not jump by the distance between press and corner', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.drag([304, 253], [314, 263]);
    expect(test.rectangle(1)).toEqual([100, 100, 210, 160]);
  });

  it('never makes a side shorter than two pixels', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.drag([300, 250], [100.5, 100.5]);
    expect(test.rectangle(1)).toEqual([100, 100, 2, 2]);
  });
});

describe('Escape', () => {
  const gestures: [string, (test: TestEditor) => void, string][] = [
    ['pressed on the canvas', (t) => t.down(500, 500), 'pointing-canvas'],
    ['drawing', (t) => t.down(500, 500).move(600, 600), 'drawing'],
    ['pressed on a box', (t) => t.down(120, 120), 'pointing-box'],
    ['moving', (t) => t.down(120, 200).move(300, 300), 'moving'],
    ['a marquee', (t) => t.down(50, 50, { shift: true }).move(400, 400, { shift: true }), 'marquee'],
    [
      'pressed on a handle',
      (t) => {
        t.editor.select([1]);
        t.down(300, 250);
      },
      'pointing-handle',
    ],
    [
      'resizing',
      (t) => {
        t.editor.select([1]);
        t.down(300, 250).move(400, 400);
      },
      'resizing',
    ],
    ['panning', (t) => t.down(10, 10, { button: 'middle' }).move(90, 90), 'panning'],
  ];

  it.each(gestures)('while %s leaves labels and view as they were', (_name, begin, phase) => {
    const test = new TestEditor([one]);
    const { viewport } = test.editor;
    begin(test);
    expect(test.editor.phaseName).toBe(phase);
    const selectedBefore = phase.includes('handle') || phase === 'resizing' ? [1] : [];
    expect(test.editor.escape()).toBe(true);
    test.move(700, 700).up(700, 700);
    expect(test.editor.phaseName).toBe('idle');
    expect(test.applied).toEqual([]);
    expect(test.editor.preview).toEqual({});
    expect(test.selected).toEqual(selectedBefore);
    expect(test.editor.viewport).toEqual(viewport);
  });

  it('first leaves the drawing tool, then the selection, then has nothing to do', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.editor.setTool('draw');
    expect(test.editor.escape()).toBe(true);
    expect(test.editor.tool).toBe('select');
    expect(test.editor.escape()).toBe(true);
    expect(test.selected).toEqual([]);
    expect(test.editor.escape()).toBe(false);
  });

  it('is what a lost pointer amounts to', () => {
    const test = new TestEditor([one]).down(120, 200).move(300, 300);
    test.editor.pointerCancel();
    expect(test.applied).toEqual([]);
    expect(test.editor.phaseName).toBe('idle');
  });
});

describe('panning', () => {
  it('follows the middle button, or Space held with the left one', () => {
    const test = new TestEditor().drag([100, 100], [150, 130], { button: 'middle' });
    expect(test.editor.viewport).toEqual({ scale: 1, x: 50, y: 30 });
    test.editor.holdPan(true);
    test.drag([100, 100], [90, 95]);
    expect(test.editor.viewport).toEqual({ scale: 1, x: 40, y: 25 });
    expect(test.editor.panUsed).toBe(true);
    expect(test.boxes).toEqual([]);
  });

  it('tells a mere press of the key from one that has moved the image', () => {
    const test = new TestEditor();
    test.editor.holdPan(true);
    test.editor.holdPan(false);
    expect(test.editor.panUsed).toBe(false);
  });
});

describe('commands on the selection', () => {
  it('nudges as far as the image goes', () => {
    const test = new TestEditor([{ x: 4, y: 10, width: 20, height: 20 }]);
    test.editor.select([1]);
    test.editor.nudge(-10, 1);
    expect(test.rectangle(1)).toEqual([0, 11, 20, 20]);
  });

  it('changes the class of what is selected and of what is drawn next', () => {
    const test = new TestEditor([one, inside]);
    test.editor.select([1]);
    test.editor.setClass(5);
    expect(test.box(1).classId).toBe(5);
    expect(test.box(2).classId).toBe(1);
    expect(test.drag([600, 600], [650, 650]).box(-1).classId).toBe(5);
  });

  it('deletes in one step and forgets the selection', () => {
    const test = new TestEditor([one, inside]);
    test.editor.selectAll();
    test.editor.deleteSelected();
    expect(test.boxes).toEqual([]);
    expect(test.applied).toHaveLength(1);
    expect(test.selected).toEqual([]);
  });

  it('duplicates beside, inside the image, and selects the copy', () => {
    const test = new TestEditor([{ x: 795, y: 645, width: 200, height: 150 }]);
    test.editor.select([1]);
    test.editor.duplicateSelected();
    expect(test.rectangle(-1)).toEqual([800, 650, 200, 150]);
    expect(test.selected).toEqual([-1]);
  });

  it('pastes at the same place on another image, clipped to it', () => {
    const test = new TestEditor([one]);
    test.editor.selectAll();
    test.editor.copySelected();
    const other = new TestEditor([], { width: 250, height: 800 });
    test.editor.open(other.editor.document);
    test.editor.paste();
    expect(other.rectangle(-1)).toEqual([100, 100, 150, 150]);
  });
});
