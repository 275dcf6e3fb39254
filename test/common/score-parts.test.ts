import { describe, expect, it } from 'vitest';
import { byIndex, EvaluationPart, partText, readPart } from '../../electron/common/score-parts.ts';

const WRITTEN: readonly (readonly [string, EvaluationPart])[] = [
  ['error.missed', { of: 'error', error: 'missed' }],
  ['boxes.3.none', { of: 'boxes', truth: 3, found: null }],
  ['boxes.none.4', { of: 'boxes', truth: null, found: 4 }],
  ['imageClasses.7.5', { of: 'imageClasses', truth: 7, found: 5 }],
  ['boxClass.3', { of: 'boxClass', classId: 3 }],
  ['imageClass.7', { of: 'imageClass', classId: 7 }],
  ['size.small', { of: 'size', size: 'small' }],
  ['suspect.swapped', { of: 'suspect', suspect: 'swapped' }],
  ['falseAlarms', { of: 'falseAlarms' }],
  ['confidence.14', { of: 'confidence', bin: 14 }],
  ['scores.3.500.600', { of: 'scores', classId: 3, from: 500, to: 600 }],
  [
    'changed.boxes.broken.r0001.12.none',
    { of: 'changed', task: 'boxes', change: 'broken', run: 'r0001', before: 12, after: null },
  ],
  ['attribute.occluded.=true', { of: 'attribute', name: 'occluded', value: true }],
  ['attribute.weather.none', { of: 'attribute', name: 'weather', value: null }],
  ['attribute.floor.2', { of: 'attribute', name: 'floor', value: 2 }],
  ['attribute.floor.=%222%22', { of: 'attribute', name: 'floor', value: '2' }],
  ['attribute.=%22none%22.=-0%2E5', { of: 'attribute', name: 'none', value: -0.5 }],
  ['attribute.=%22a%2Eb%7E%E9%9B%BE%22.=%22%22', { of: 'attribute', name: 'a.b~雾', value: '' }],
  ['cutoff.3.250', { of: 'cutoff', classId: 3, from: 250 }],
];

describe('parts of the scores', () => {
  it('are each written and read again', () => {
    for (const [text, part] of WRITTEN) expect([partText(part), readPart(text)]).toEqual([text, part]);
    const kinds = EvaluationPart.options.map(({ shape }) => shape.of.value);
    expect(new Set(WRITTEN.map(([, { of }]) => of))).toEqual(new Set(kinds));
  });

  it.each([
    '',
    'error',
    'error.none',
    'boxes.3',
    'boxes.3.x',
    'boxClass.none',
    'imageClasses.7.none',
    'cutoff.3.1001',
    'confidence.15',
    'colour.1',
    'attribute.a.=%',
    'attribute.a.={}',
    'changed.boxes.other.r0001.none.none',
    'changed.boxes.broken.none.none.none',
  ])('are not read from “%s”', (text) => {
    expect(readPart(text)).toBeNull();
  });

  it('are told by the classes of a head in their order', () => {
    const classes = [{ id: 4 }, { id: 3 }];
    const of = (text: string) => byIndex(readPart(text)!, classes, new Map([[3, 0.7]]));
    expect(of('boxes.3.none')).toEqual({ of: 'boxes', truth: 1, found: null });
    expect(of('boxClass.4')).toEqual({ of: 'boxClass', classIndex: 0 });
    expect(of('scores.3.500.600')).toEqual({ of: 'scores', classIndex: 1, from: 500, to: 600 });
    expect(of('size.large')).toEqual({ of: 'size', size: 'large' });
    expect(of('falseAlarms')).toEqual({ of: 'falseAlarms', from: [null, 0.7] });
    expect([of('boxes.9.none'), of('imageClass.9')]).toEqual([null, null]);
  });
});
