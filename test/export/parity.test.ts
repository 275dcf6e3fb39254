import { describe, expect, it } from 'vitest';
import { ParityCheck } from '../../electron/export/parity.ts';

function check(): ParityCheck {
  const parity = new ParityCheck();
  parity.expectOutput('scores', 'probability', 1e-4);
  return parity;
}

describe('comparing an exported model with the engine', () => {
  it('keeps the largest difference over all images', () => {
    const parity = check();
    parity.compare('scores', [0.5, 0.25], [0.5, 0.25005]);
    parity.compare('scores', [0.1], [0.1]);
    const [{ largest } = { largest: NaN }] = parity.finish();
    expect(largest).toBeCloseTo(5e-5, 10);
  });

  it('refuses a difference above the tolerance, naming output and size', () => {
    const parity = check();
    parity.compare('scores', [0.5], [0.502]);
    expect(() => parity.finish()).toThrow(/scores is off by up to 0.00200 in probability; at most 0.0001/);
  });

  it('takes the difference of a corner far outside of the input by its distance', () => {
    const corners = (actual: number, expected: number) => {
      const parity = new ParityCheck();
      parity.expectOutput('boxes', 'pixels', 0.0064, 64);
      parity.compare('boxes', [actual], [expected]);
      return () => parity.finish();
    };
    expect(corners(-3817.2405, -3817.2258)).not.toThrow();
    expect(corners(-3817.24, -3816.24)).toThrow(/boxes is off by up to 0.0168 pixels/);
    expect(corners(60, 60.01)).toThrow(/boxes is off/);
    expect(corners(-10, -10.01)).toThrow(/boxes is off/);
  });

  it('refuses what is not a number and what has another length', () => {
    expect(() => check().compare('scores', [NaN], [0.5])).toThrow(/not a number/);
    expect(() => check().compare('scores', [0.5], [NaN])).toThrow(/not a number/);
    expect(() => check().compare('scores', [], [0.5])).toThrow(/0 elements, the engine’s has 1/);
  });
});
