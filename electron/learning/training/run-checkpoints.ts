import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { BEST_CHECKPOINT, LAST_CHECKPOINT, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint, CheckpointPosition } from './checkpoint.ts';
import { heads } from '../heads/index.ts';
import type { TrainingConfig } from '../config/schema.ts';
import type { Model } from '../model/model.ts';
import type { StateArrays } from '../model/runner.ts';
import { freshState } from '../model/step-options.ts';
import { stateName, stateSpecs } from '../model/step.ts';
import type { TrainingSetup } from './training-setup.ts';

/** Where a training stands and what it has learned by then. */
export interface TrainingStart {
  readonly position: CheckpointPosition;
  readonly state: StateArrays;
}

const START: CheckpointPosition = {
  epoch: 0,
  step: 0,
  stepInEpoch: 0,
  sums: {},
  observed: {},
  bestScore: null,
  bestEpoch: null,
  epochsSinceBest: 0,
  seconds: 0,
};

/** Weights for evaluation: the running average where there is one. @param prefixed as a checkpoint names them */
export function inferenceState(
  {
    request,
    shape,
  }: Pick<TrainingSetup, 'shape'> & {
    readonly request: { readonly config: Pick<TrainingConfig, 'ema'> };
  },
  state: StateArrays,
  prefixed: boolean,
): StateArrays {
  const source = request.config.ema > 0 ? stateName.ema : stateName.parameter;
  const result: StateArrays = new Map();
  for (const { name } of shape.parameters) {
    result.set(prefixed ? source(name) : name, state.get(source(name))!);
  }
  for (const { name } of shape.statistics) {
    const key = stateName.statistic(name);
    result.set(prefixed ? key : name, state.get(key)!);
  }
  return result;
}

/**
 * What a training starts from: the last checkpoint of its folder, or fresh weights.
 * @throws TwinheadError `not-trainable` where the checkpoint is of other classes or of another network, and as
 * readCheckpoint does
 */
export async function startOf(setup: TrainingSetup): Promise<TrainingStart> {
  const { request, options, initial, fingerprint, training, emit } = setup;
  const { runFolder, resume, config } = request;
  if (!resume) return { position: START, state: freshState(stateSpecs(options), initial) };
  const checkpoint = await readCheckpoint(path.join(runFolder, LAST_CHECKPOINT));
  requireSame(setup, checkpoint);
  if (checkpoint.dataFingerprint !== fingerprint) {
    emit({
      type: 'status',
      message: say('training.dataChanged'),
    });
  }
  const { position } = checkpoint;
  const state: StateArrays = new Map(checkpoint.tensors);
  if (checkpoint.config.batch === config.batch) return { position, state };
  // Steps of another size cannot be counted on: the epoch under way begins anew.
  const step = position.epoch * training.stepsAnEpoch;
  return { position: { ...position, step, stepInEpoch: 0, sums: {} }, state };
}

function requireSame({ request, options }: TrainingSetup, checkpoint: Checkpoint): void {
  const { dataset, config } = request;
  const ids = (classes: readonly { id: number }[]) => classes.map(({ id }) => id).join();
  if (
    ids(checkpoint.imageClasses) !== ids(dataset.imageClasses) ||
    ids(checkpoint.objectClasses) !== ids(dataset.objectClasses)
  ) {
    throw new TwinheadError('not-trainable', say('training.classesChanged'), {
      remedy: say('training.classesChanged.remedy'),
    });
  }
  for (const { name, shape } of stateSpecs(options)) {
    if (checkpoint.tensors.get(name)?.shape.join() !== shape.join()) {
      throw new TwinheadError('not-trainable', say('training.otherNetwork'), {
        place: name,
        remedy: say('training.otherNetwork.remedy', { network: config.network }),
      });
    }
  }
}

/** Which tasks the network has a head for. */
export const headsOf = ({ tasks }: Model): Record<string, boolean> =>
  Object.fromEntries(heads.map(({ task: { name } }) => [name, tasks.includes(name)]));

/** What the file system says where a checkpoint cannot be written; an older one stays as it was. */
async function write(
  { request, model, fingerprint }: TrainingSetup,
  file: string,
  position: CheckpointPosition,
  tensors: StateArrays,
): Promise<void> {
  const { config, dataset, runFolder } = request;
  const named = (classes: readonly { id: number; name: string }[]) =>
    classes.map(({ id, name }) => ({ id, name }));
  const checkpoint: Checkpoint = {
    config,
    imageClasses: named(dataset.imageClasses),
    objectClasses: named(dataset.objectClasses),
    heads: headsOf(model),
    dataFingerprint: fingerprint,
    position,
    tensors,
  };
  await writeCheckpoint(path.join(runFolder, file), checkpoint);
}

/** The whole state, to go on from. @throws as the file system does; an older checkpoint stays as it was */
export const writeLast = (
  setup: TrainingSetup,
  position: CheckpointPosition,
  state: StateArrays,
): Promise<void> => write(setup, LAST_CHECKPOINT, position, state);

/** The weights for evaluation alone. @throws as {@link writeLast} */
export const writeBest = (
  setup: TrainingSetup,
  position: CheckpointPosition,
  state: StateArrays,
): Promise<void> => write(setup, BEST_CHECKPOINT, position, inferenceState(setup, state, true));
