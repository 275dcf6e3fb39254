import type { Run } from '../../electron/common/entities.ts';
import { readAt } from './config-schema.ts';

/** What decides how long an image takes to learn from, besides its size. */
const ALIKE = ['network', 'pretrained', 'precision', 'freeze.stages', 'freeze.epochs'] as const;

type Measured = Pick<Run, 'config' | 'createdAt' | 'seconds' | 'step'>;

/** A training to come. */
export interface PlannedRun {
  readonly config: unknown;
  /** That are still to be trained. */
  readonly epochs: number;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/**
 * Seconds by what runs have taken for an image: the newest of such a network and input size, else of another size by
 * its area; null where none has trained such a network.
 */
export function secondsOf(
  { config: planned, epochs }: PlannedRun,
  images: number,
  runs: readonly Measured[],
): number | null {
  if (epochs === 0) return 0;
  const alike = runs
    .filter(
      ({ config, seconds, step }) =>
        seconds > 0 && step > 0 && ALIKE.every((path) => readAt(config, path) === readAt(planned, path)),
    )
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const sizeOf = (config: unknown): number => numberOf(readAt(config, 'inputSize'));
  const size = sizeOf(planned);
  const measured = alike.find(({ config }) => sizeOf(config) === size) ?? alike[0];
  if (measured === undefined) return null;
  const perImage =
    measured.seconds / (measured.step * Math.max(1, numberOf(readAt(measured.config, 'batch'))));
  const other = sizeOf(measured.config);
  const scale = other > 0 ? (size / other) ** 2 : 1;
  return perImage * scale * images * epochs;
}
