import { describe, expect, it } from 'vitest';
import { StepMeter } from '../../electron/learning/training/step-meter.ts';

/** Steps of 100 ms, after a first one that takes far longer. */
function running(): StepMeter {
  const meter = new StepMeter();
  for (const time of [3000, 100, 100, 100]) meter.add(time, 0);
  return meter;
}

describe('the time that is left', () => {
  it('is that of the steps and of validations, which take a third of as many steps until one was seen', () => {
    expect(running().secondsLeft(20, 5, 6)).toBeCloseTo(2 + 5 * 0.2);
  });

  it('does not take every validation for as slow as the first, which also compiles', () => {
    const meter = running();
    meter.addValidation(5000);
    expect(meter.secondsLeft(20, 5, 6)).toBeCloseTo(2 + 5 * 0.6);
    meter.addValidation(300);
    expect(meter.secondsLeft(20, 4, 6)).toBeCloseTo(2 + 4 * 0.3);
  });

  it('goes by the first validation where that was quick', () => {
    const meter = running();
    meter.addValidation(150);
    expect(meter.secondsLeft(0, 2, 6)).toBeCloseTo(0.3);
  });
});
