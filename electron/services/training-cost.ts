import type { Run, TrainingEvent } from '../common/entities.ts';
import { flatConfig } from './flat-config.ts';

/** What decides how long an image takes to learn from, besides its size. */
const ALIKE = ['network', 'pretrained', 'precision', 'freeze.stages', 'freeze.epochs'] as const;

type Measured = Pick<Run, 'id' | 'config' | 'createdAt'>;
type MeasuredEpoch = Pick<Extract<TrainingEvent, { type: 'epoch' }>, 'epoch' | 'step' | 'seconds'>;

/** A training to come. */
export interface PlannedRun {
  readonly config: Run['config'];
  /** That are still to be trained. */
  readonly epochs: number;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Of an epoch in the middle: the first one also compiles the network, and preparing is no part of any. */
function secondsAnImage({ config }: Measured, epochs: readonly MeasuredEpoch[]): number | null {
  const last = epochs.at(-1);
  if (last === undefined) return null;
  const seconds = epochs.map((epoch) => epoch.seconds).toSorted((a, b) => a - b)[epochs.length >> 1]!;
  return (seconds * last.epoch) / (last.step * Math.max(1, numberOf(config['batch'])));
}

/**
 * Seconds by what an epoch of former runs has taken for an image: the newest of such a network and input size, else of
 * another size by its area; null where none has trained such a network.
 * @param images to learn from in an epoch
 * @param epochsOf what is recorded of a run's epochs, in order
 */
export function secondsOf(
  { config: planned, epochs }: PlannedRun,
  images: number,
  runs: readonly Measured[],
  epochsOf: (run: Measured) => readonly MeasuredEpoch[],
): number | null {
  if (epochs === 0) return 0;
  const wanted = flatConfig(planned);
  const size = numberOf(planned['inputSize']);
  const alike = runs
    .filter(({ config }) => {
      const settings = flatConfig(config);
      return ALIKE.every((path) => settings.get(path) === wanted.get(path));
    })
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const isOfSize = ({ config }: Measured): boolean => numberOf(config['inputSize']) === size;
  for (const run of [...alike.filter(isOfSize), ...alike.filter((run) => !isOfSize(run))]) {
    const perImage = secondsAnImage(run, epochsOf(run));
    if (perImage === null) continue;
    const other = numberOf(run.config['inputSize']);
    const scale = other > 0 ? (size / other) ** 2 : 1;
    return perImage * scale * images * epochs;
  }
  return null;
}
