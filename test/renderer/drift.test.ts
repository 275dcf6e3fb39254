import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../electron/common/entities.ts';
import { kit } from '../../electron/common/labels/kits.ts';
import { rectangleToScreen } from '../../renderer/editor/kernels/viewport.ts';
import { TestEditor } from './test-editor.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const place = fc.tuple(share, share);

/** One thing that hands do. Places are shares of the view or of the image, so that any of them makes sense. */
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('draw' as const), from: place, to: place }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), at: fc.nat(9), to: place }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('resize' as const),
      at: fc.nat(9),
      handle: fc.constantFrom(...kit.handles),
      to: place,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('nudge' as const), at: fc.nat(9), by: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('grow' as const), at: fc.nat(9), by: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('duplicate' as const), at: fc.nat(9) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('zoom' as const), at: place, by: share }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pan' as const), from: place, to: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('window' as const), size: place }) },
  { weight: 2, arbitrary: fc.constant({ do: 'load' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give up' as const), at: fc.nat(9), to: place }) },
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

const sizes = fc.record({
  width: fc.integer({ min: 3, max: 20_000 }),
  height: fc.integer({ min: 3, max: 20_000 }),
});

function inView([x, y]: readonly [number, number]): [number, number] {
  return [x * 1000, y * 800];
}

function perform(test: TestEditor, step: Action): void {
  const { editor } = test;
  const box =
    'at' in step && typeof step.at === 'number' ? test.boxes[step.at % test.boxes.length] : undefined;
  if (box) editor.select([box.id]);
  switch (step.do) {
    case 'draw':
      editor.select([]);
      editor.setTool('draw');
      test.drag(inView(step.from), inView(step.to));
      editor.setTool('select');
      break;
    case 'move':
    case 'give up':
    case 'resize': {
      if (!box) break;
      const shown = rectangleToScreen(box, editor.view.viewport);
      const handle = step.do === 'resize' ? step.handle : { horizontal: null, vertical: null };
      const { x, y } = kit.handlePoint(shown, handle);
      test
        .move(x, y)
        .down(x, y)
        .move(...inView(step.to));
      if (step.do === 'give up') editor.escape();
      test.up(...inView(step.to));
      break;
    }
    case 'nudge':
      editor.edits.nudge(Math.round(step.by[0] * 40 - 20), Math.round(step.by[1] * 40 - 20));
      break;
    case 'grow':
      editor.edits.growSelected(Math.round(step.by[0] * 40 - 20), Math.round(step.by[1] * 40 - 20));
      break;
    case 'duplicate':
      editor.edits.duplicateSelected();
      break;
    case 'zoom':
      test.wheel(...inView(step.at), { deltaY: (step.by - 0.5) * 2000 });
      break;
    case 'pan':
      test.drag(inView(step.from), inView(step.to), { button: 'middle' });
      break;
    case 'window':
      editor.view.resize({ width: 200 + step.size[0] * 2000, height: 200 + step.size[1] * 1200 });
      break;
    case 'load':
      test.change(JSON.parse(JSON.stringify(test.boxes)) as Box[]);
      break;
    case 'undo':
      test.undo();
  }
}

/** What is stored, without the noughts' sign, which JSON doesn't keep and nobody sees. */
const geometry = (boxes: readonly Box[]): number[][] =>
  boxes.map(({ x, y, width, height }) => [x, y, width, height].map((value) => value + 0));

describe('coordinates', () => {
  it('never leave the image, turn inside out or vanish, whatever is done', () => {
    fc.assert(
      fc.property(sizes, fc.array(action, { maxLength: 60 }), (image, steps) => {
        const test = new TestEditor([], image);
        test.editor.view.fit();
        for (const step of steps) {
          perform(test, step);
          for (const { x, y, width, height } of test.boxes) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(y).toBeGreaterThanOrEqual(0);
            // Exactly, as floating point adds: a store or a trainer that checks must not find a hair too much.
            expect(x + width).toBeLessThanOrEqual(image.width);
            expect(y + height).toBeLessThanOrEqual(image.height);
            expect(width).toBeGreaterThanOrEqual(2);
            expect(height).toBeGreaterThanOrEqual(2);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are changed by nothing but edits: no zoom, pan, window, load or given-up gesture moves a box by a bit', () => {
    fc.assert(
      fc.property(sizes, fc.array(action, { maxLength: 60 }), (image, steps) => {
        const test = new TestEditor([], image);
        test.editor.view.fit();
        for (const step of steps) {
          const before = geometry(test.boxes);
          const edits = test.applied.length;
          perform(test, step);
          if (test.applied.length === edits && step.do !== 'undo')
            expect(geometry(test.boxes)).toEqual(before);
          if (['zoom', 'pan', 'window', 'load', 'give up'].includes(step.do))
            expect(test.applied).toHaveLength(edits);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are the very same after any number of edits and as many undos', () => {
    fc.assert(
      fc.property(sizes, fc.array(action, { maxLength: 60 }), (image, steps) => {
        const test = new TestEditor([], image);
        test.editor.view.fit();
        const states: number[][][] = [];
        for (const step of steps) {
          const before = geometry(test.boxes);
          const depth = test.past.length;
          perform(test, step);
          if (test.past.length > depth) states.push(before);
          else if (test.past.length < depth) states.pop();
        }
        while (test.past.length > 0) {
          test.undo();
          expect(geometry(test.boxes)).toEqual(states.pop());
        }
      }),
      { numRuns: 150 },
    );
  });

  it('come back exactly when a box is taken there and back ten thousand times', () => {
    const test = new TestEditor([], { width: 20_000, height: 20_000 });
    // Around a power of two floating point changes its step: where sums lose what differences don't bring back.
    test.editor.view.show({ scale: 3.7, x: -4000 * 3.7, y: -2000 * 3.7 });
    test.drag([330.1, 160.7], [611.9, 540.3]);
    const drawn = geometry(test.boxes);
    const size = drawn[0]!.slice(2);
    const middle = (): [number, number] => {
      const { x, y } = kit.handlePoint(rectangleToScreen(test.boxes[0]!, test.editor.view.viewport), {
        horizontal: null,
        vertical: null,
      });
      return [x, y];
    };
    for (let i = 0; i < 5000; i += 1) {
      const [x, y] = middle();
      test.drag([x, y], [x + 37.3, y - 11.9]);
      expect(geometry(test.boxes)[0]!.slice(2)).toEqual(size);
      test.drag([x + 37.3, y - 11.9], [x, y]);
      test.editor.edits.nudge(10, -1);
      test.editor.edits.nudge(-10, 1);
    }
    expect(geometry(test.boxes)).toEqual(drawn);
  });

  it('are right at the far corner of an image of 20,000 pixels, at the largest zoom', () => {
    const test = new TestEditor([], { width: 20_000, height: 20_000 });
    test.editor.view.show({ scale: 64, x: -20_000 * 64 + 900, y: -20_000 * 64 + 700 });
    test.drag([100, 60], [420.5, 380.25]);
    expect(test.rectangle(-1)).toEqual([19_987.5, 19_990, 5.0078125, 5.00390625]);
    test.drag([300, 100], [2000, 2000]);
    const [x, y, width, height] = test.rectangle(-1);
    expect([x! + width!, y! + height!]).toEqual([20_000, 20_000]);
    expect([width, height]).toEqual([5.0078125, 5.00390625]);
  });
});
