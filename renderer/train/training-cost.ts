import type { Run } from '../../electron/common/entities.ts';
import { readAt } from './config-schema.ts';

/** What decides how long an image takes to learn from, besides its size. */
const ALIKE = ['network', 'pretrained', 'precision', 'freeze.stages', 'freeze.epochs'] as const;

type Measured = Pick<Run, 'config' | 'createdAt' | 'seconds' | 'step'>;

/** The settings of a training to come. @param changes by path */
export interface PlannedRun {
  readonly config: unknown;
  readonly changes: Readonly<Record<string, unknown>>;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

const settingOf = ({ config, changes }: PlannedRun, path: string): unknown =>
  changes[path] ?? readAt(config, path);

export const epochsOf = (run: PlannedRun): number => numberOf(settingOf(run, 'epochs'));

/**
 * Seconds by what runs have taken for an image: the newest of such a network and input size, else of another size by
 * its area; null where none has trained such a network.
 */
export function secondsOf(planned: PlannedRun, images: number, runs: readonly Measured[]): number | null {
  const alike = runs
    .filter(
      ({ config, seconds, step }) =>
        seconds > 0 && step > 0 && ALIKE.every((path) => readAt(config, path) === settingOf(planned, path)),
    )
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const size = numberOf(settingOf(planned, 'inputSize'));
  const sizeOf = ({ config }: Measured): number => numberOf(readAt(config, 'inputSize'));
  const measured = alike.find((run) => sizeOf(run) === size) ?? alike[0];
  if (measured === undefined) return null;
  const perImage =
    measured.seconds / (measured.step * Math.max(1, numberOf(readAt(measured.config, 'batch'))));
  const scale = sizeOf(measured) > 0 ? (size / sizeOf(measured)) ** 2 : 1;
  return perImage * scale * images * epochsOf(planned);
}
