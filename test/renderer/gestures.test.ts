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

  it('begins inside a box that is not selected, and leaves that box where it is', () => {
    const test = new TestEditor([one]).drag([150, 150], [180, 190]);
    expect(test.rectangle(-1)).toEqual([150, 150, 30, 40]);
    expect(test.rectangle(1)).toEqual([100, 100, 200, 150]);
    expect(test.selected).toEqual([-1]);
  });

  it('stays with the tool until Escape where that is wanted', () => {
    const test = new TestEditor([one]);
    test.editor.keepsDrawing = true;
    test.editor.setTool('draw');
    test.drag([150, 150], [180, 190]).drag([160, 160], [190, 200]);
    expect(test.boxes).toHaveLength(3);
    test.editor.escape();
    expect(test.editor.tool).toBe('select');
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
    test.wheel(150, 150, { deltaY: -320 });
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
    test.editor.sight.toggleAll();
    expect(test.click(120, 120).selected).toEqual([]);
  });
});

describe('moving', () => {
  it('moves a selected box by the way of the pointer, in one edit', () => {
    const test = new TestEditor([one]).click(150, 200).drag([150, 200], [180.5, 190.25]);
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
  const touch = (id: number) => ({ id, kind: 'touch' as const });
  const gestures: [string, (test: TestEditor) => void, string][] = [
    ['pressed on the canvas', (t) => t.down(500, 500), 'pointing-canvas'],
    ['drawing', (t) => t.down(500, 500).move(600, 600), 'drawing'],
    ['pressed on a box', (t) => t.down(120, 120), 'pointing-box'],
    ['moving', (t) => t.click(120, 200).down(120, 200).move(300, 300), 'moving'],
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
    [
      'pinching',
      (t) => t.down(400, 400, touch(1)).down(500, 400, touch(2)).move(300, 420, touch(1)),
      'pinching',
    ],
    [
      'a finger is held',
      (t) => {
        t.down(500, 500, touch(1));
        t.editor.pointerHeld();
      },
      'holding',
    ],
  ];

  it.each(gestures)('while %s leaves labels and view as they were', (_name, begin, phase) => {
    const test = new TestEditor([one]);
    const { state } = test.editor.view;
    begin(test);
    expect(test.editor.phaseName).toBe(phase);
    const selectedBefore = phase.includes('handle') || ['resizing', 'moving'].includes(phase) ? [1] : [];
    expect(test.editor.escape()).toBe(true);
    test.move(700, 700).up(700, 700);
    expect(test.editor.phaseName).toBe('idle');
    expect(test.applied).toEqual([]);
    expect(test.editor.preview).toEqual({});
    expect(test.selected).toEqual(selectedBefore);
    expect(test.editor.view.state).toEqual(state);
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
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: 50, y: 30 });
    test.editor.holdPan(true);
    test.drag([100, 100], [90, 95]);
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: 40, y: 25 });
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
    test.editor.edits.nudge(-10, 1);
    expect(test.rectangle(1)).toEqual([0, 11, 20, 20]);
  });

  it('changes the class of what is selected and of what is drawn next', () => {
    const test = new TestEditor([one, inside]);
    test.editor.select([1]);
    test.editor.edits.setClass(5);
    expect(test.box(1).classId).toBe(5);
    expect(test.box(2).classId).toBe(1);
    expect(test.drag([600, 600], [650, 650]).box(-1).classId).toBe(5);
  });

  it('deletes in one step and forgets the selection', () => {
    const test = new TestEditor([one, inside]);
    test.editor.selectAll();
    test.editor.edits.deleteSelected();
    expect(test.boxes).toEqual([]);
    expect(test.applied).toHaveLength(1);
    expect(test.selected).toEqual([]);
  });

  it('duplicates beside, inside the image, and selects the copy', () => {
    const test = new TestEditor([{ x: 795, y: 645, width: 200, height: 150 }]);
    test.editor.select([1]);
    test.editor.edits.duplicateSelected();
    expect(test.rectangle(-1)).toEqual([800, 650, 200, 150]);
    expect(test.selected).toEqual([-1]);
  });

  it('pastes at the same place on another image, clipped to it', () => {
    const test = new TestEditor([one]);
    test.editor.selectAll();
    test.editor.edits.copySelected();
    const other = new TestEditor([], { width: 250, height: 800 });
    test.editor.open(other.editor.document);
    test.editor.edits.paste();
    expect(other.rectangle(-1)).toEqual([100, 100, 150, 150]);
  });
});

describe('the image’s edge', () => {
  it('draws a side onto it that is let go close to it, exactly', () => {
    const test = new TestEditor().drag([3, 4], [997.5, 500]);
    expect(test.rectangle(-1)).toEqual([0, 0, 1000, 500]);
  });

  it('takes a moved or resized box onto it', () => {
    const test = new TestEditor([one]).click(200, 200).drag([200, 200], [104, 200]);
    expect(test.rectangle(1)).toEqual([0, 100, 200, 150]);
    test.editor.select([1]);
    test.drag([200, 175], [997, 175]);
    expect(test.rectangle(1)).toEqual([0, 100, 1000, 150]);
  });

  it('is close by the screen, not by the image’s pixels', () => {
    const test = new TestEditor();
    test.editor.view.show({ scale: 10, x: 0, y: 0 });
    test.drag([20, 20], [300, 300]);
    expect(test.rectangle(-1)).toEqual([2, 2, 28, 28]);
  });

  it('lets go while Ctrl is held, and where snapping is off', () => {
    const test = new TestEditor([one]).click(200, 200).down(200, 200).move(104, 200, { control: true });
    test.up(104, 200, { control: true });
    expect(test.rectangle(1)).toEqual([4, 100, 200, 150]);
    test.editor.snaps = false;
    expect(test.drag([503, 403], [996, 796]).rectangle(-1)).toEqual([503, 403, 493, 393]);
  });
});

describe('keys that resize', () => {
  it('move the right and the lower side', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.editor.edits.growSelected(1, 0);
    test.editor.edits.growSelected(0, -10);
    expect(test.rectangle(1)).toEqual([100, 100, 201, 140]);
    expect(test.applied).toHaveLength(2);
  });

  it('stop at the image’s edge and at two pixels, each box for itself', () => {
    const test = new TestEditor([{ x: 990, y: 10, width: 8, height: 5 }, one]);
    test.editor.selectAll();
    test.editor.edits.growSelected(10, -10);
    expect(test.rectangle(1)).toEqual([990, 10, 10, 2]);
    expect(test.rectangle(2)).toEqual([100, 100, 210, 140]);
  });
});

describe('a place in figures', () => {
  it('is taken as it is written, and held inside the image', () => {
    const test = new TestEditor([one]);
    test.editor.edits.setField(1, 'x', 12.3);
    test.editor.edits.setField(1, 'width', 33.3);
    expect(test.rectangle(1)).toEqual([12.3, 100, 33.3, 150]);
    test.editor.edits.setField(1, 'y', -5);
    test.editor.edits.setField(1, 'height', 1e9);
    expect(test.rectangle(1)).toEqual([12.3, 0, 33.3, 800]);
    test.editor.edits.setField(1, 'width', -4);
    expect(test.rectangle(1)).toEqual([12.3, 0, 2, 800]);
  });
});

describe('a box made by key', () => {
  it('lies in the middle of what is seen', () => {
    const test = new TestEditor();
    test.editor.placeBox();
    expect(test.rectangle(-1)).toEqual([375, 300, 250, 200]);
    test.editor.view.show({ scale: 10, x: -9000, y: -7000 });
    test.editor.placeBox();
    const [x, y, width, height] = test.rectangle(-2);
    expect([x! >= 900, y! >= 700, x! + width! <= 1000, y! + height! <= 800]).toEqual(Array(4).fill(true));
  });
});

describe('hidden boxes', () => {
  it('are out of the pointer’s way, and not edited unseen', () => {
    const test = new TestEditor([one, inside]);
    test.editor.sight.toggleHidden([2]);
    expect(test.click(160, 140).selected).toEqual([1]);
    test.editor.select([2]);
    test.editor.edits.nudge(1, 0);
    test.editor.edits.deleteSelected();
    expect(test.applied).toEqual([]);
    expect(test.refused).toEqual([1, 1]);
  });

  it('come back one by one and all together', () => {
    const test = new TestEditor([one, inside]);
    test.editor.sight.toggleHidden([1, 2]);
    test.editor.sight.toggleHidden([1]);
    expect(test.editor.sight.visible.map((b) => b.id)).toEqual([1]);
    test.editor.sight.toggleAll();
    expect(test.editor.sight.hidesAny).toBe(true);
    test.editor.sight.showAll();
    expect(test.editor.sight.visible.map((b) => b.id)).toEqual([1, 2]);
  });

  it('do not hide what is drawn next', () => {
    const test = new TestEditor([one]);
    test.editor.sight.toggleAll();
    test.drag([500, 500], [600, 600]);
    expect(test.editor.sight.visible.map((b) => b.id)).toEqual([1, -1]);
  });
});

describe('locked boxes', () => {
  it('let the pointer through to what lies below, or to drawing', () => {
    const test = new TestEditor([one, inside]);
    test.editor.sight.toggleLocked([2]);
    expect(test.click(160, 140).selected).toEqual([1]);
    test.editor.sight.toggleLocked([1]);
    test.drag([160, 140], [260, 240]);
    expect(test.boxes.map((b) => b.id)).toEqual([1, 2, -1]);
  });

  it('are left alone by keys, and by a drag of the whole selection, which says so', () => {
    const test = new TestEditor([one, { x: 500, y: 500, width: 80, height: 80 }]);
    test.editor.sight.toggleLocked([2]);
    test.editor.select([1, 2]);
    test.editor.edits.nudge(5, 0);
    test.drag([120, 200], [130, 200]);
    test.editor.edits.setClass(7);
    test.editor.edits.deleteSelected();
    expect(test.boxes.map((b) => b.id)).toEqual([2]);
    expect(test.rectangle(2)).toEqual([500, 500, 80, 80]);
    expect(test.box(2).classId).toBe(1);
    expect(test.refused).toEqual([1, 1, 1]);
  });

  it('are reached by Tab, show no handles, and go when deleted on purpose', () => {
    const test = new TestEditor([one]);
    test.editor.sight.toggleLocked([1]);
    test.editor.cycle(1);
    expect(test.selected).toEqual([1]);
    expect(test.editor.onlySelected).toBeNull();
    test.editor.edits.deleteSelected({ lockedToo: true });
    expect(test.boxes).toEqual([]);
  });
});

describe('drawing a box anew', () => {
  it('keeps the box, its class and its place in the list', () => {
    const test = new TestEditor([one, inside]);
    test.editor.activeClassId = 9;
    test.editor.select([1]);
    test.editor.redrawSelected();
    test.drag([400, 400], [450, 470]);
    expect(test.rectangle(1)).toEqual([400, 400, 50, 70]);
    expect(test.boxes.map((b) => [b.id, b.classId])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(test.drag([600, 600], [650, 650]).box(-1).classId).toBe(9);
  });

  it('is given up by Escape', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.editor.redrawSelected();
    test.editor.escape();
    test.drag([400, 400], [450, 470]);
    expect(test.rectangle(1)).toEqual([100, 100, 200, 150]);
  });
});

describe('fingers', () => {
  const finger = (id: number) => ({ id, kind: 'touch' as const });

  it('draw one at a time', () => {
    const test = new TestEditor().drag([100, 100], [200, 180], finger(1));
    expect(test.rectangle(-1)).toEqual([100, 100, 100, 80]);
  });

  it('zoom and pan by two: what is between them stays between them', () => {
    const test = new TestEditor([one]);
    test.down(400, 400, finger(1)).down(500, 400, finger(2));
    expect(test.editor.phaseName).toBe('pinching');
    test.move(350, 500, finger(1)).move(550, 500, finger(2));
    const { viewport } = test.editor.view;
    expect(viewport.scale).toBeCloseTo(2);
    expect(450 * viewport.scale + viewport.x).toBeCloseTo(450);
    expect(400 * viewport.scale + viewport.y).toBeCloseTo(500);
    test.up(350, 500, finger(1));
    test.move(560, 520, finger(2));
    expect(test.editor.view.viewport.x).toBeCloseTo(viewport.x + 10);
    test.up(560, 520, finger(2));
    expect(test.editor.phaseName).toBe('idle');
    expect(test.applied).toEqual([]);
    expect(test.drag([800, 700], [900, 780], finger(3)).boxes).toHaveLength(2);
  });

  it.each([
    ['drawing', 500, 600],
    ['moving', 130, 300],
  ])('that come to one that is %s end that without a trace', (phase, from, to) => {
    const test = new TestEditor([one]);
    if (phase === 'moving') test.editor.select([1]);
    const before = test.selected;
    test.down(from, from, finger(1)).move(to, to, finger(1));
    expect(test.editor.phaseName).toBe(phase);
    test.down(700, 700, finger(2)).up(to, to, finger(1)).up(700, 700, finger(2));
    expect(test.applied).toEqual([]);
    expect(test.editor.preview).toEqual({});
    expect(test.selected).toEqual(before);
  });

  it('held still and then dragged select an area; held and lifted they open the menu', () => {
    const test = new TestEditor([one, { x: 500, y: 500, width: 80, height: 80 }]);
    test.down(50, 50, finger(1));
    test.editor.pointerHeld();
    test.move(600, 600, finger(1)).up(600, 600, finger(1));
    expect(test.selected).toEqual([1, 2]);
    expect(test.applied).toEqual([]);
    test.editor.select([]);
    test.down(120, 120, finger(1));
    test.editor.pointerHeld();
    test.up(120, 120, finger(1));
    expect(test.selected).toEqual([1]);
    expect(test.menus).toEqual([{ x: 120, y: 120 }]);
  });

  it('take handles and boxes from further away than a mouse', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.drag([315, 265], [335, 285], finger(1));
    expect(test.rectangle(1)).toEqual([100, 100, 220, 170]);
  });

  it('do nothing beside a pen, whose palm they are', () => {
    const test = new TestEditor();
    test.down(900, 700, finger(1));
    test.down(100, 100, { id: 5, kind: 'pen' }).move(200, 200, { id: 5, kind: 'pen' });
    test.down(800, 600, finger(2)).move(10, 10, finger(2)).up(10, 10, finger(2));
    test.up(200, 200, { id: 5, kind: 'pen' });
    expect(test.rectangle(-1)).toEqual([100, 100, 100, 100]);
    expect(test.boxes).toHaveLength(1);
  });
});

describe('the wheel', () => {
  it('zooms at the pointer, within 2 % and 6,400 %', () => {
    const test = new TestEditor().wheel(400, 300, { deltaY: -320 });
    expect(test.editor.view.viewport).toEqual({ scale: 2, x: -400, y: -300 });
    for (let i = 0; i < 40; i += 1) test.wheel(400, 300, { deltaY: -320 });
    expect(test.editor.view.zoom).toBe(64);
    for (let i = 0; i < 80; i += 1) test.wheel(400, 300, { deltaY: 320 });
    expect(test.editor.view.zoom).toBe(0.02);
  });

  it('counts pixels of the screen: on one with two to each CSS pixel too', () => {
    const test = new TestEditor();
    test.editor.view.resize({ width: 1000, height: 800 }, 2);
    test.editor.view.actualSize();
    expect(test.editor.view.zoom).toBe(1);
    expect(test.editor.view.viewport.scale).toBe(0.5);
    for (let i = 0; i < 40; i += 1) test.wheel(400, 300, { deltaY: -320 });
    expect(test.editor.view.zoom).toBe(64);
  });

  it('pans by two fingers on a touchpad, and zooms by their pinch', () => {
    const test = new TestEditor();
    test.wheel(400, 300, { deltaX: 3, deltaY: 7.5 });
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: -3, y: -7.5 });
    test.wheel(400, 300, { deltaY: -80, control: true, time: 50_000 });
    test.wheel(400, 300, { deltaY: -4, control: true, time: 90_000 });
    expect(test.editor.view.viewport.scale).toBeGreaterThan(1);
  });

  it('keeps to what it began as while the fingers move on', () => {
    const test = new TestEditor();
    test.wheel(400, 300, { deltaY: 4, time: 100_000 });
    test.wheel(400, 300, { deltaY: 120, time: 100_016 });
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: 0, y: -124 });
  });

  it('does as the person has set it', () => {
    const test = new TestEditor();
    test.editor.view.wheelAction = 'pan';
    test.wheel(400, 300, { deltaY: 120 });
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: 0, y: -120 });
    test.editor.view.wheelAction = 'zoom';
    test.wheel(400, 300, { deltaX: 3, deltaY: 7.5 });
    expect(test.editor.view.viewport.scale).toBeLessThan(1);
  });

  it('pans sideways with Shift', () => {
    const test = new TestEditor().wheel(400, 300, { deltaY: 120, shift: true });
    expect(test.editor.view.viewport).toEqual({ scale: 1, x: -120, y: 0 });
  });
});

describe('the view', () => {
  it('fits anew when its size changes, until a person has zoomed; then the middle stays', () => {
    const test = new TestEditor();
    test.editor.view.fit();
    test.editor.view.resize({ width: 548, height: 800 });
    expect(test.editor.view.viewport.scale).toBe(0.5);
    test.editor.view.zoomIn();
    const { viewport } = test.editor.view;
    test.editor.view.resize({ width: 748, height: 800 });
    expect(test.editor.view.viewport).toEqual({ ...viewport, x: viewport.x + 100 });
  });

  it('comes back to a remembered position whatever its size has become', () => {
    const test = new TestEditor();
    test.editor.view.show({ scale: 4, x: -1000, y: -600 });
    const { position } = test.editor.view;
    test.editor.view.fit();
    expect(test.editor.view.position).toBeNull();
    test.editor.view.resize({ width: 600, height: 400 });
    test.editor.view.goTo(position);
    expect(test.editor.view.viewport).toEqual({ scale: 4, x: -1200, y: -800 });
  });
});

describe('an interruption', () => {
  const begun = (): TestEditor => {
    const test = new TestEditor([one, inside]);
    test.editor.select([1]);
    return test.down(120, 200).move(300, 300);
  };

  it('by a key that deletes leaves no move behind', () => {
    const test = begun();
    test.editor.edits.deleteSelected();
    test.move(400, 400).up(400, 400);
    expect(test.applied).toEqual([[{ type: 'delete-box', boxId: 1 }]]);
  });

  it('by a nudge or a duplicate starts from where the box is stored', () => {
    const test = begun();
    test.editor.edits.nudge(1, 0);
    test.up(400, 400);
    expect(test.rectangle(1)).toEqual([101, 100, 200, 150]);
    expect(test.applied).toHaveLength(1);
  });

  it('by an edit of the same box elsewhere overwrites nothing', () => {
    const test = begun();
    test.change([{ ...test.box(1), x: 7 }, test.box(2)]);
    expect(test.editor.phaseName).toBe('idle');
    test.move(400, 400).up(400, 400);
    expect(test.applied).toEqual([]);
    expect(test.rectangle(1)).toEqual([7, 100, 200, 150]);
  });

  it('by an edit of another box does not end it', () => {
    const test = begun();
    test.change([test.box(1)]);
    expect(test.editor.phaseName).toBe('moving');
    expect(test.up(300, 300).rectangle(1)).toEqual([280, 200, 200, 150]);
  });

  it('by a box that is gone elsewhere, while its handle is dragged', () => {
    const test = new TestEditor([one]);
    test.editor.select([1]);
    test.down(300, 250).move(400, 400);
    test.change([]);
    expect(test.editor.phaseName).toBe('idle');
    test.up(400, 400);
    expect(test.applied).toEqual([]);
    expect(test.selected).toEqual([]);
  });

  it('by another image ends the gesture', () => {
    const test = begun();
    const other = new TestEditor([one]);
    test.editor.open(other.editor.document);
    test.move(400, 400).up(400, 400);
    expect([test.applied, other.applied]).toEqual([[], []]);
  });

  it('by a second mouse is none', () => {
    const test = begun();
    test.down(700, 700, { id: 2 }).move(10, 10, { id: 2 }).up(10, 10, { id: 2 });
    expect(test.editor.phaseName).toBe('moving');
    expect(test.up(300, 300).rectangle(1)).toEqual([280, 200, 200, 150]);
  });
});
