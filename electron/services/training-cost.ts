import type { Run, TrainingEvent } from '../common/entities.ts';
import { flatConfig } from './flat-config.ts';

/** What decides how long an image takes to learn from, besides its size. */
const ALIKE = ['network', 'pretrained', 'precision', 'freeze.stages', 'freeze.epochs'] as const;

type Measured = Pick<Run, 'id' | 'config' | 'createdAt' | 'seconds'>;
type MeasuredEpoch = Pick<Extract<TrainingEvent, { type: 'epoch' }>, 'epoch' | 'step' | 'seconds'>;

/** From so many epochs on, the one in the middle is neither the first nor a pause. */
const ENOUGH_EPOCHS = 3;

/** A training to come. */
export interface PlannedRun {
  readonly config: Run['config'];
  /** That are still to be trained. */
  readonly epochs: number;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** What a run has taken. */
interface Pace {
  readonly epochs: number;
  readonly inputSize: number;
  readonly secondsAnImage: number;
  /** Reading images, loading, compiling: all but so many epochs as the one in the middle. */
  readonly start: number;
}

function paceOf({ config, seconds }: Measured, epochs: readonly MeasuredEpoch[]): Pace | null {
  const last = epochs.at(-1);
  if (last === undefined) return null;
  // The first one also compiles the network, and preparing is no part of any.
  const usual = (epochs.length > 1 ? epochs.slice(1) : epochs).map((epoch) => epoch.seconds);
  const middle = usual.toSorted((a, b) => a - b)[(usual.length - 1) >> 1]!;
  return {
    epochs: epochs.length,
    inputSize: numberOf(config['inputSize']),
    secondsAnImage: (middle * last.epoch) / (last.step * Math.max(1, numberOf(config['batch']))),
    start: Math.max(0, seconds - middle * epochs.length),
  };
}

/**
 * Seconds by what former runs have taken: to start once, then for an image of an epoch. The newest of such a network and
 * input size that has some epochs, else of another size by its area; null where none has trained such a network.
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
  const paces = runs
    .filter(({ config }) => {
      const settings = flatConfig(config);
      return ALIKE.every((path) => settings.get(path) === wanted.get(path));
    })
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .flatMap((run) => paceOf(run, epochsOf(run)) ?? []);
  const ofSize = paces.filter(({ inputSize }) => inputSize === size);
  const alike = ofSize.length > 0 ? ofSize : paces;
  const chosen = alike.find((pace) => pace.epochs >= ENOUGH_EPOCHS) ?? alike[0];
  if (chosen === undefined) return null;
  const scale = chosen.inputSize > 0 ? (size / chosen.inputSize) ** 2 : 1;
  // The least of them: a run that was stopped and resumed, or slept, has started more than once.
  const start = Math.min(...alike.map((pace) => pace.start));
  return start + chosen.secondsAnImage * scale * images * epochs;
}
