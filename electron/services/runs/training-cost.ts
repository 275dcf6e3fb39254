import { TwinheadError } from '../../common/errors.ts';
import type { Run } from '../../common/entities.ts';
import type * as learning from '../../learning/index.ts';
import type { TrainingConfig, TrunkWork } from '../../learning/index.ts';
import type { RecordedEpoch } from './run-events.ts';

type Learning = Pick<typeof learning, 'copiesKept' | 'parseTrainingConfig' | 'trunkWork'>;
type Measured = Pick<Run, 'id' | 'config' | 'createdAt' | 'seconds'>;

/** From so many epochs on, the one in the middle is neither the first nor a pause. */
const ENOUGH_EPOCHS = 3;
/** Seconds of an epoch that go by neither its images nor their size: validation, samples, a checkpoint. Measured on two cores. */
const BESIDE = 0.5;
/** What an image takes beside another of the same size and network, measured on two cores (`lite0`, 320 pixels). */
const RELATIVE: Record<TrunkWork, number> = { kept: 0.2, frozen: 1, moving: 2.2 };

/** A training to come. */
export interface PlannedRun {
  readonly config: TrainingConfig;
  /** That are still to be trained. */
  readonly epochs: number;
}

/** What a training will take at most: it may end early. */
export interface TrainingCost {
  readonly seconds: number;
  /** No former run did the like at this input size: it may well take half of it or twice as much. */
  readonly rough: boolean;
}

/** What an epoch computes, as far as its time goes by it. */
interface Work {
  readonly trunk: TrunkWork;
  /** Frozen at the beginning of a trunk that moves. */
  readonly stages: number;
  readonly inputSize: number;
}

/** What such epochs of a run took. */
interface Pace extends Work {
  readonly epochs: number;
  readonly images: number;
  /** The median one. */
  readonly seconds: number;
}

/** A run by what it took: its epochs, and all else (reading images, loading, features that are kept) once. */
interface Former {
  readonly config: TrainingConfig;
  readonly copies: number;
  readonly images: number;
  readonly paces: readonly Pace[];
  readonly start: number;
}

/** Seconds of an epoch in the middle; the first one of a kind also compiles its step. */
function usualSeconds(epochs: readonly RecordedEpoch[], images: number): number {
  if (epochs.length > 1) return middleOf(epochs.slice(1).map(({ seconds }) => seconds));
  const [{ seconds, imagesPerSecond }] = epochs as [RecordedEpoch];
  return imagesPerSecond === null ? seconds : Math.min(seconds, BESIDE + images / imagesPerSecond);
}

const middleOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;

const isAlike = (one: TrainingConfig, other: TrainingConfig): boolean =>
  one.network === other.network && one.precision === other.precision;

/**
 * Estimates by what former runs of such a network took. What none of them did is converted from what is nearest to it, and
 * the estimate called rough.
 * @param images to learn from in an epoch
 * @param epochsOf what is recorded of a run's epochs, in order
 * @returns the cost of a training; null where no run has trained such a network
 */
export function trainingCosts(
  images: number,
  runs: readonly Measured[],
  epochsOf: (run: Measured) => readonly RecordedEpoch[],
  rules: Learning,
): (planned: PlannedRun) => TrainingCost | null {
  const workOf = (config: TrainingConfig, epoch: number): Work => {
    const trunk = rules.trunkWork(config, epoch);
    return { trunk, stages: trunk === 'moving' ? config.freeze.stages : 0, inputSize: config.inputSize };
  };
  const copiesOf = (config: TrainingConfig) => rules.copiesKept(config, config.sharing);

  const formerOf = (run: Measured): Former[] => {
    const epochs = epochsOf(run);
    const last = epochs.at(-1);
    const config = parsed(run.config, rules);
    if (last === undefined || config === null) return [];
    const seen = (last.step * config.batch) / last.epoch;
    const byTrunk = Map.groupBy(epochs, ({ epoch }) => rules.trunkWork(config, epoch - 1));
    const middles = [...byTrunk.values()].map((those) => ({
      epoch: those[0]!.epoch,
      count: those.length,
      middle: usualSeconds(those, seen),
    }));
    return [
      {
        config,
        copies: copiesOf(config),
        images: seen,
        paces: middles.map(({ epoch, count, middle }) => ({
          ...workOf(config, epoch - 1),
          epochs: count,
          images: seen,
          seconds: middle,
        })),
        start: Math.max(0, run.seconds - middles.reduce((sum, { count, middle }) => sum + count * middle, 0)),
      },
    ];
  };
  const formers = runs.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)).flatMap(formerOf);

  return ({ config, epochs }) => {
    if (epochs === 0) return { seconds: 0, rough: false };
    const alike = formers.filter((former) => isAlike(former.config, config));
    const paces = alike.flatMap((former) => former.paces);
    if (paces.length === 0) return null;
    let rough = false;
    /** Seconds of an epoch, and of its images alone. */
    const epochOf = (work: Work, count: number): { whole: number; images: number } => {
      const { pace, isNear } = nearest(work, paces);
      if (!isNear) rough = true;
      return converted(pace, work, count);
    };
    const features = ({ copies, images: count }: Pick<Former, 'copies' | 'images'>, inputSize: number) =>
      copies === 0 ? 0 : copies * epochOf({ trunk: 'frozen', stages: 0, inputSize }, count).images;

    const planned = { copies: copiesOf(config), images };
    const ofSize = alike.filter((former) => former.config.inputSize === config.inputSize);
    const starts = ofSize.filter((former) => former.copies === planned.copies).map(({ start }) => start);
    // The least of them: a run that was stopped and resumed, or slept, has started more than once.
    const start =
      starts.length > 0
        ? Math.min(...starts)
        : features(planned, config.inputSize) +
          Math.min(
            ...(ofSize.length > 0 ? ofSize : alike).map((former) =>
              Math.max(0, former.start - features(former, former.config.inputSize)),
            ),
          );
    const ahead = Array.from({ length: epochs }, (_, index) =>
      workOf(config, config.epochs - epochs + index),
    );
    const seconds = [...Map.groupBy(ahead, ({ trunk }) => trunk).values()].reduce(
      (sum, those) => sum + those.length * epochOf(those[0]!, images).whole,
      start,
    );
    return { seconds, rough };
  };
}

/**
 * What a run under way and those after it still take; undefined where neither is known.
 * @param costs seconds of each as planned, the one under way first; null: not known
 * @param elapsed seconds that the first has taken
 * @param left seconds that it still takes, where it knows better than the plan
 */
export function secondsLeft(
  [planned, ...later]: readonly (number | null)[],
  elapsed: number,
  left?: number,
): number | undefined {
  const current = left ?? (typeof planned === 'number' ? Math.max(0, planned - elapsed) : undefined);
  if (current === undefined) return undefined;
  // What is not known of others is taken for as long as this one.
  return later.reduce<number>((sum, cost) => sum + (cost ?? elapsed + current), current);
}

/** Null for settings of another version that this one doesn't take. */
function parsed(config: Run['config'], { parseTrainingConfig }: Learning): TrainingConfig | null {
  try {
    return parseTrainingConfig(config);
  } catch (error) {
    if (error instanceof TwinheadError) return null;
    throw error;
  }
}

/** The pace to go by: the same work before the same size, several epochs before few, the newest first. */
function nearest(work: Work, paces: readonly Pace[]): { pace: Pace; isNear: boolean } {
  const distance = (pace: Pace): number =>
    (pace.trunk === work.trunk && pace.stages === work.stages ? 0 : 4) +
    (pace.inputSize === work.inputSize ? 0 : 2) +
    (pace.epochs >= ENOUGH_EPOCHS ? 0 : 1);
  const pace = paces.toSorted((a, b) => distance(a) - distance(b))[0]!;
  return { pace, isNear: distance(pace) < 2 };
}

function converted(pace: Pace, work: Work, images: number): { whole: number; images: number } {
  const beside = Math.min(BESIDE, pace.seconds / 2);
  const ratio = (RELATIVE[work.trunk] / RELATIVE[pace.trunk]) * (work.inputSize / pace.inputSize) ** 2;
  const ofImages = (pace.seconds - beside) * ratio * (images / pace.images);
  return { whole: beside + ofImages, images: ofImages };
}
