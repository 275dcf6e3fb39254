import { describe, expect, it } from 'vitest';
import { choosePrecision } from '../../electron/learning/precision.ts';

const processor = { compiled: true, device: 'CPU', processorHasBfloat16: true };
const old = { ...processor, processorHasBfloat16: false };
const card = { compiled: true, device: 'NVIDIA H100', processorHasBfloat16: true };

describe('the precision of convolutions', () => {
  it.each([
    ['auto', processor, 'bfloat16'],
    ['auto', old, 'float32'],
    ['auto', card, 'float32'],
    ['mixed', processor, 'bfloat16'],
    ['mixed', old, 'bfloat16'],
    ['mixed', card, 'bfloat16'],
    ['float32', processor, 'float32'],
    ['float32', card, 'float32'],
    ['mixed', { ...processor, compiled: false }, 'float32'],
    ['auto', { ...processor, compiled: false }, 'float32'],
  ] as const)('of %s on %o is %s', (asked, facts, expected) => {
    expect(choosePrecision(asked, facts).convolutions).toBe(expected);
  });

  it('is told where it is not the usual, or cannot be had as asked', () => {
    expect(choosePrecision('auto', old).note).toBeNull();
    expect(choosePrecision('auto', processor).note).toContain('bfloat16');
    expect(choosePrecision('mixed', old).note).toContain('emulate');
    expect(choosePrecision('mixed', { ...old, compiled: false }).note).toContain('needs the graph');
  });
});
