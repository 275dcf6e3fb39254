import type { TrainingConfig } from './schema.ts';
import { networks } from '../networks/index.ts';
import type { ModelShape } from '../base/parameters.ts';

/** Batches from which on batch norm may take its statistics from the batch, pretrained or not. */
const LARGE_BATCH = 32;

/** Whether a run starts from weights learned elsewhere. */
export const startsPretrained = ({ network, pretrained }: TrainingConfig): boolean =>
  pretrained && networks[network].weights !== null;

/** Epochs at the beginning in which the trunk does not move: heads that know nothing yet would spoil it. */
export const headEpochs = (config: TrainingConfig): number =>
  startsPretrained(config) ? Math.min(config.freeze.epochs, config.epochs) : 0;

/** Stages of the trunk, counted from the image, that do not move in an epoch counted from 0. */
export function frozenStages(config: TrainingConfig, epoch: number): number {
  const { stages } = networks[config.network];
  return epoch < headEpochs(config) ? stages : Math.min(config.freeze.stages, stages);
}

/** Whether nothing of the trunk but its pyramid moves, so that its features can be kept. */
export const trunkIsFrozen = (config: TrainingConfig, epoch: number): boolean =>
  frozenStages(config, epoch) === networks[config.network].stages;

/** How many epochs from this one on the trunk stays wholly frozen. */
export function frozenEpochsFrom(config: TrainingConfig, epoch: number): number {
  if (!trunkIsFrozen(config, epoch)) return 0;
  return (trunkIsFrozen(config, config.epochs) ? config.epochs : headEpochs(config)) - epoch;
}

/**
 * Copies of each training image whose features are kept; 0 where the trunk isn't frozen for longer than they take to make.
 * @param most that there is room for
 */
export function copiesKept(
  config: TrainingConfig,
  sharing: TrainingConfig['sharing'],
  most = Infinity,
): number {
  const copies = Math.min(config.freeze.variants, most);
  // Towers have features of their own each.
  return sharing !== 'soft' && frozenEpochsFrom(config, 0) > copies ? copies : 0;
}

/** What an epoch computes of the trunk: nothing, since its features are kept; its features; or its gradients as well. */
export type TrunkWork = 'kept' | 'frozen' | 'moving';

/** What an epoch, counted from 0, computes of the trunk where there is room to keep features. */
export function trunkWork(config: TrainingConfig, epoch: number): TrunkWork {
  if (!trunkIsFrozen(config, epoch)) return 'moving';
  return copiesKept(config, config.sharing) > 0 ? 'kept' : 'frozen';
}

const BACKBONE = /^trunk\/(?!neck\/|.*\/stitch)/;

/**
 * Whether a parameter or layer belongs to the network of networks/, not to what is built on it. Of towers, by the name
 * that it would have in one shared trunk (`origin`).
 */
export const isOfBackbone = (name: string): boolean => BACKBONE.test(name);

const stageOf = ({ network }: TrainingConfig, name: string): number =>
  networks[network].stageOf(name.replace(BACKBONE, ''));

/** Whether a layer's batch norm keeps its running statistics while training, given how many stages are frozen. */
export function keepsStatistics(config: TrainingConfig, stages: number): (name: string) => boolean {
  const { statistics } = config.freeze;
  const all = statistics === 'keep' || (startsPretrained(config) && config.batch < LARGE_BATCH);
  return (name) => isOfBackbone(name) && (stageOf(config, name) <= stages || (all && statistics !== 'batch'));
}

/** The model's shape with the parameters of the first `stages` stages among the frozen ones. */
export function freezeStages(config: TrainingConfig, shape: ModelShape, stages: number): ModelShape {
  const isFrozen = ({ origin }: { origin: string }) =>
    isOfBackbone(origin) && stageOf(config, origin) <= stages;
  return {
    ...shape,
    parameters: shape.parameters.filter((spec) => !isFrozen(spec)),
    frozen: shape.parameters.filter(isFrozen),
  };
}
