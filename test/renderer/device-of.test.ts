import { describe, expect, it } from 'vitest';
import { deviceOf } from '../../renderer/train/device-of.ts';

describe('the device of a run', () => {
  it('is named once, with the engine where that says more', () => {
    expect(deviceOf({ device: '', engine: 'cpu' })).toBe('CPU');
    expect(deviceOf({ device: 'CPU', engine: 'cpu' })).toBe('CPU');
    expect(deviceOf({ device: 'CPU', engine: 'js' })).toBe('CPU (js)');
    expect(deviceOf({ device: 'NVIDIA H200', engine: 'cuda12' })).toBe('NVIDIA H200 (cuda12)');
  });
});
