import { computeFeatures, FEATURE_BYTES } from '../data/feature-cache.ts';
import type { ModelShape } from '../base/parameters.ts';
import { copiesKept, isOfBackbone, trunkIsFrozen } from '../config/freezing.ts';
import type { StateArrays } from '../model/runner.ts';
import { stateName } from '../model/step.ts';
import type { TrainingSetup } from './training-setup.ts';
import { say } from '../../common/sentences/sentence.ts';

/** Milliseconds between two words on how far it is. */
const TOLD_EVERY = 1000;

/**
 * Where the whole trunk is frozen for long enough, batches bring its features from here on; else its images.
 * @param epoch that begins, counted from 0
 * @returns false where the training was stopped meanwhile
 */
export function keepFeatures(setup: TrainingSetup, state: StateArrays, epoch: number): boolean {
  const { engine, kernels, model, training, validation, emit, shouldStop } = setup;
  const { config } = model;
  const makers = [training, validation];
  for (const maker of makers) maker.useFeatures(null);
  const copies = copiesOf(setup);
  if (!trunkIsFrozen(config, epoch) || copies === 0) return true;
  const started = performance.now();
  const total = copies * training.sampleCount + validation.sampleCount;
  let done = 0;
  let toldAt = -Infinity;
  const tell = (count: number): void => {
    done += count;
    if (performance.now() - toldAt < TOLD_EVERY) return;
    toldAt = performance.now();
    emit({ type: 'status', message: say('training.computingFeatures', { done, total }) });
  };
  tell(0);
  let bytes = 0;
  for (const maker of makers) {
    const features = computeFeatures(
      engine,
      kernels,
      model,
      backboneOf(setup.shape, state),
      maker,
      maker === training ? copies : 1,
      shouldStop,
      tell,
    );
    if (features === null) return false;
    bytes += features.bytes;
    maker.useFeatures(features);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const megabytes = Math.round(bytes / 1e6);
  emit({
    type: 'status',
    lasting: true,
    message: say(config.augment.mosaic > 0 ? 'training.featuresKept.mosaic' : 'training.featuresKept', {
      copies,
      seconds,
      megabytes,
    }),
  });
  return true;
}

/** Copies of each training image; 0 where features are not worth keeping, or can't be. */
function copiesOf({ engine, model, training, featureBytes }: TrainingSetup): number {
  const room = Math.floor(FEATURE_BYTES / (featureBytes * training.sampleCount));
  return engine.native ? copiesKept(model.config, model.sharing, room) : 0;
}

/** Weights and statistics of the trunk without its pyramid. */
export function backboneOf(
  shape: ModelShape,
  state: StateArrays,
): { parameters: StateArrays; statistics: StateArrays } {
  const part = (specs: readonly { name: string }[], key: (name: string) => string): StateArrays =>
    new Map(specs.flatMap(({ name }) => (isOfBackbone(name) ? [[name, state.get(key(name))!]] : [])));
  return {
    parameters: part(shape.parameters, stateName.parameter),
    statistics: part(shape.statistics, stateName.statistic),
  };
}
