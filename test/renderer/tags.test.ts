import { describe, expect, it } from 'vitest';
import type { LabelClass } from '../../electron/common/entities.ts';
import { haloFor, inkOn, paintTag } from '../../renderer/editor/tags.ts';
import { testBox } from './test-editor.ts';

/** What is written on a canvas, where each character is six pixels wide, and whether it has an edge. */
function painted(
  name: string,
  score = '',
  keys = false,
  color = '#E69F00',
): { texts: string[]; edge: boolean } {
  const texts: string[] = [];
  let edge = false;
  const context = {
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillRect: () => undefined,
    fillText: (text: string) => texts.push(text),
    strokeRect: () => (edge = true),
  } as unknown as CanvasRenderingContext2D;
  const labelClass: LabelClass = {
    id: 1,
    kind: 'object',
    name,
    color,
    hotkey: '9',
    position: 0,
    uses: 0,
    description: '',
    examples: [],
  };
  const rectangle = { x: 10, y: 40, width: 30, height: 30 };
  const scene = { classes: new Map([[1, labelClass]]), locked: new Set<number>(), keys };
  paintTag(context, testBox(1, rectangle), rectangle, scene, score);
  return { texts, edge };
}

const written = (...given: Parameters<typeof painted>): string[] => painted(...given).texts;

describe('the tag of a box', () => {
  it('names its class and a suggestion’s score', () => {
    expect(written('cell')).toEqual(['cell']);
    expect(written('cell', '91 %')).toEqual(['cell 91 %']);
  });

  it('has the key of its class only where that is wanted: a key 9 before a class 8 reads as 98', () => {
    expect(written('8')).toEqual(['8']);
    expect(written('8', '', true)).toEqual(['9', '8']);
  });

  it('sets a name from right to left apart, so that the score stays behind it', () => {
    expect(written('תא', '91 %')).toEqual(['\u2068תא\u2069 91 %']);
  });

  it('has an edge where its ground is dark, so that it stands out of a dark picture', () => {
    expect(painted('cell', '', false, '#200000').edge).toBe(true);
    expect(painted('cell', '', false, '#E69F00').edge).toBe(false);
  });

  it('shortens a long name by whole characters', () => {
    expect(written('n'.repeat(200))).toEqual([`${'n'.repeat(23)}…`]);
    expect(written('𝔸'.repeat(200))).toEqual([`${'𝔸'.repeat(23)}…`]);
  });
});

describe('a line and what it lies on', () => {
  it('stand out of black and of white pictures, whatever the class’s colour', () => {
    // A dark line is seen on black by its light halo, a light one on white by its dark halo.
    expect(haloFor('#00204A')).toMatch(/^rgb\(255 255 255/);
    expect(haloFor('#0072B2')).toMatch(/^rgb\(255 255 255/);
    expect(haloFor('#F0E442')).toMatch(/^rgb\(0 0 0/);
    for (let level = 0; level < 256; level += 5) {
      const color = `#${level.toString(16).padStart(2, '0').repeat(3)}`;
      expect(haloFor(color).startsWith('rgb(255')).toBe(inkOn(color) === '#FFFFFF');
    }
  });
});
