import { describe, expect, it } from 'vitest';
import { graphicsCardCapability, lowestCapability } from '../../electron/engine/device.ts';
import { bfloat16On, choosePrecision } from '../../electron/learning/training/precision.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

const asking = (processor: boolean, card: number | null) => ({
  processor: () => processor,
  card: () => card,
});
const on = (device: string, processor: boolean, card: number | null) => ({
  compiled: true,
  ...bfloat16On(device, asking(processor, card)),
});
const processor = on('CPU', true, null);
const old = on('CPU', false, 9);
const hopper = on('NVIDIA H100', false, 9);
const ampere = on('NVIDIA A100', false, 8);
const turing = on('Tesla T4', true, 7.5);
const unknown = on('NVIDIA graphics card', true, null);

describe('the precision of convolutions', () => {
  it.each([
    ['auto', processor, 'bfloat16'],
    ['auto', old, 'float32'],
    ['auto', hopper, 'bfloat16'],
    ['auto', ampere, 'bfloat16'],
    ['auto', turing, 'float32'],
    ['auto', unknown, 'float32'],
    ['mixed', processor, 'bfloat16'],
    ['mixed', old, 'bfloat16'],
    ['mixed', turing, 'bfloat16'],
    ['mixed', unknown, 'bfloat16'],
    ['float32', processor, 'float32'],
    ['float32', hopper, 'float32'],
    ['mixed', { ...processor, compiled: false }, 'float32'],
    ['auto', { ...hopper, compiled: false }, 'float32'],
  ] as const)('of %s on %o is %s', (asked, facts, expected) => {
    expect(choosePrecision(asked, facts).convolutions).toBe(expected);
  });

  it('is told where it is not the usual, or cannot be had as asked', () => {
    expect(choosePrecision('auto', old).note).toBeNull();
    expect(inEnglish(choosePrecision('auto', processor).note!)).toContain('bfloat16');
    expect(inEnglish(choosePrecision('auto', turing).note!)).toMatch(
      /^in float32, .* compute capability 7\.5 has no bfloat16/,
    );
    expect(inEnglish(choosePrecision('auto', unknown).note!)).toContain('is not known');
    expect(inEnglish(choosePrecision('mixed', old).note!)).toContain('emulate');
    expect(inEnglish(choosePrecision('mixed', { ...old, compiled: false }).note!)).toContain(
      'needs the graph',
    );
  });
});

describe('the compute capability of a card', () => {
  it.each([
    ['9.0\n', 9],
    ['8.6\n7.5\r\n', 7.5],
    ['12.0', 12],
    ['', null],
    ['8.0\n[N/A]\n', null],
    ['NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.', null],
  ])('in %j is %s', (said, capability) => {
    expect(lowestCapability(said)).toBe(capability);
  });

  it('is not known where the program is not there', () => {
    expect(graphicsCardCapability('/no/such/nvidia-smi')).toBeNull();
  });
});
