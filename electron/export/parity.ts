import { TwinheadError } from '../common/errors.ts';
import type { OutputDifference } from '../common/jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';

/** Collects how far outputs are from what they should be. */
export class ParityCheck {
  readonly #outputs = new Map<string, OutputDifference>();
  readonly #extents = new Map<string, number>();

  /**
   * @param tolerance in the output's unit; null: any
   * @param extent beyond which a difference counts by as many times less
   */
  expectOutput(
    output: string,
    unit: OutputDifference['unit'],
    tolerance: number | null,
    extent = Infinity,
  ): void {
    this.#extents.set(output, extent);
    this.#outputs.set(output, { output, unit, tolerance, largest: 0 });
  }

  /** @throws TwinheadError `export-mismatch` where an output has another number of elements or is not a number. */
  compare(output: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    const known = this.#outputs.get(output)!;
    if (actual.length !== expected.length) {
      throw mismatch(
        say('export.mismatch.length', { output, actual: actual.length, expected: expected.length }),
      );
    }
    const extent = this.#extents.get(output)!;
    let { largest } = known;
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!) / extent);
      if (Number.isNaN(difference)) throw mismatch(say('export.mismatch.notNumber', { output }));
      if (difference > largest) largest = difference;
    }
    this.#outputs.set(output, { ...known, largest });
  }

  /** @throws TwinheadError `export-mismatch` where an output is further off than it may be. */
  finish(): OutputDifference[] {
    const differences = [...this.#outputs.values()];
    for (const { output, largest, tolerance, unit } of differences) {
      if (tolerance !== null && largest > tolerance) {
        throw mismatch(
          say(`export.mismatch.${unit}`, {
            output,
            largest: largest.toPrecision(3),
            tolerance: String(tolerance),
          }),
        );
      }
    }
    return differences;
  }
}

/** The runtime does not take what was written. */
export function refusedBy(runtime: string, reason: Said): TwinheadError {
  return new TwinheadError('export-mismatch', say('export.refused', { runtime, reason }), {
    remedy: say('export.mismatch.remedy'),
  });
}

export function mismatch(what: Sentence): TwinheadError {
  return new TwinheadError('export-mismatch', say('export.mismatch', { what }), {
    remedy: say('export.mismatch.remedy'),
  });
}
