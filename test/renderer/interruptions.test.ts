import { describe, expect, it } from 'vitest';
import { TestEditor } from './test-editor.ts';

const one = { x: 100, y: 100, width: 200, height: 150 };
const far = { x: 600, y: 500, width: 80, height: 80 };
const finger = (id: number) => ({ id, kind: 'touch' as const });
const pen = { id: 9, kind: 'pen' as const };

function open(): TestEditor {
  const test = new TestEditor([one, far]);
  test.editor.select([2]);
  return test;
}

function withHandles(): TestEditor {
  const test = open();
  test.editor.select([1]);
  return test;
}

function withBoth(): TestEditor {
  const test = open();
  test.editor.select([1, 2]);
  return test;
}

function withDrawTool(): TestEditor {
  const test = open();
  test.editor.setTool('draw');
  return test;
}

/** Every phase that a gesture can be in, with each kind of pointer that gets there its own way. */
const PHASES: readonly (readonly [what: string, phase: string, begin: () => TestEditor])[] = [
  ['pressed on the ground', 'pointing-canvas', () => open().down(450, 450)],
  ['pressed with the drawing tool', 'pointing-canvas', () => withDrawTool().down(150, 150)],
  ['drawing', 'drawing', () => open().down(450, 450).move(500, 500)],
  ['drawing with the tool', 'drawing', () => withDrawTool().down(150, 150).move(190, 190)],
  ['drawing with a pen', 'drawing', () => open().down(450, 450, pen).move(500, 500, pen)],
  ['drawing with a finger', 'drawing', () => open().down(450, 450, finger(1)).move(500, 500, finger(1))],
  ['pressed on a box', 'pointing-box', () => open().down(150, 150)],
  ['pressed on a box with Shift', 'pointing-box', () => open().down(150, 150, { shift: true })],
  ['drawing inside a box', 'drawing', () => open().down(150, 150).move(190, 200)],
  [
    'selecting an area from inside a box',
    'marquee',
    () => open().down(150, 150, { shift: true }).move(190, 200, { shift: true }),
  ],
  ['moving', 'moving', () => open().down(640, 540).move(620, 530)],
  ['moving several', 'moving', () => withBoth().down(150, 150).move(190, 200)],
  ['pressed on a corner', 'pointing-handle', () => withHandles().down(300, 250)],
  ['resizing by a corner', 'resizing', () => withHandles().down(300, 250).move(350, 300)],
  ['resizing by an edge', 'resizing', () => withHandles().down(300, 130).move(350, 130)],
  [
    'selecting an area',
    'marquee',
    () => open().down(50, 50, { shift: true }).move(400, 400, { shift: true }),
  ],
  ['panning', 'panning', () => open().down(450, 450, { button: 'middle' }).move(300, 400)],
  [
    'panning with Space',
    'panning',
    () => {
      const test = open();
      test.editor.holdPan(true);
      return test.down(150, 150).move(200, 200);
    },
  ],
  [
    'pinching',
    'pinching',
    () => open().down(400, 400, finger(1)).down(500, 400, finger(2)).move(300, 420, finger(1)),
  ],
  [
    'holding a finger still',
    'holding',
    () => {
      const test = open().down(450, 450, finger(1));
      test.editor.pointerHeld();
      return test;
    },
  ],
  [
    'selecting an area with a held finger',
    'marquee',
    () => {
      const test = open().down(50, 50, finger(1));
      test.editor.pointerHeld();
      return test.move(400, 400, finger(1));
    },
  ],
];

/** What may come between press and release. After each the gesture must never have been. */
const INTERRUPTIONS: readonly (readonly [string, (test: TestEditor) => void])[] = [
  ['Escape', (t) => t.editor.escape()],
  ['a lost pointer', (t) => t.editor.pointerCancel()],
  ['another tool', (t) => t.editor.setTool(t.editor.tool)],
  ['undo', (t) => t.editor.interrupt()],
];

const CASES = PHASES.flatMap(([what, phase, begin]) =>
  INTERRUPTIONS.map(([name, interrupt]) => [name, what, phase, begin, interrupt] as const),
);

describe('a gesture that is broken off', () => {
  it.each(CASES)('by %s while %s has never been', (name, what, phase, begin, interrupt) => {
    const test = begin();
    const fresh =
      what === 'moving several' ? [1, 2] : phase.includes('handle') || phase === 'resizing' ? [1] : [2];
    expect(test.editor.phaseName).toBe(phase);
    interrupt(test);
    expect(test.editor.phaseName).toBe('idle');
    expect(test.editor.preview).toEqual({});
    // The hand is still on the mouse, the fingers on the screen: they let go later, somewhere else.
    for (const held of [{}, finger(1), finger(2), pen]) test.move(700, 300, held).up(700, 300, held);
    expect(test.applied).toEqual([]);
    expect(test.asked).toEqual([]);
    expect(test.menus).toEqual([]);
    expect(test.editor.view.state).toEqual(open().editor.view.state);
    expect(test.rectangle(1)).toEqual([100, 100, 200, 150]);
    expect(test.rectangle(2)).toEqual([600, 500, 80, 80]);
    // A command that breaks in works on what the person has just selected; Escape takes that back too.
    if (['Escape', 'a lost pointer'].includes(name) || !/press|mov|area/.test(what))
      expect(test.selected).toEqual(fresh);
  });

  it.each(PHASES)('by another image: %s (%s)', (_what, phase, begin) => {
    const test = begin();
    expect(test.editor.phaseName).toBe(phase);
    const other = open();
    test.editor.open(other.editor.document);
    for (const held of [{}, finger(1), finger(2), pen]) test.move(700, 300, held).up(700, 300, held);
    expect([...test.applied, ...other.applied]).toEqual([]);
    expect(test.selected).toEqual([]);
    expect(test.editor.preview).toEqual({});
  });

  it.each(PHASES)('and leaves the next gesture all its strength: %s (%s)', (_what, _phase, begin) => {
    const test = begin();
    test.editor.escape();
    for (const held of [{}, finger(1), finger(2), pen]) test.up(700, 300, held);
    test.editor.holdPan(false);
    test.editor.setTool('select');
    test.drag([400, 300], [500, 400]);
    expect(test.rectangle(-1)).toEqual([400, 300, 100, 100]);
  });
});
