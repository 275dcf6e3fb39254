import os from 'node:os';
import type { TrainingConfig } from './schema.ts';
import { applySettings, mergeConfig, parseTrainingConfig } from './config.ts';
import { networks } from '../networks/index.ts';
import type { Recipe } from '../networks/types.ts';
import type { DatasetSummary } from '../samples/dataset.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

export interface Machine {
  readonly cores: number;
  /** A graphics card that TensorFlow can use. */
  readonly accelerator: boolean;
}

/** The smallest box should span about this many pixels of the input. */
const SMALL_BOX_PIXELS = 20;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Images of about this side and more show what a network has learned on photographs of everything; smaller ones do not. */
const PHOTOGRAPH_SIDE = 192;

/** Up to so many training images, a processor trains the heads alone: a first model is there in a minute. */
const FEW_IMAGES = 150;

/** Heads on the features of a frozen lite0. */
const HEADS_ONLY: Partial<Recipe> = { steps: 500, epochs: [24, 60], learningRate: 0.012, frozen: 5 };

/** What a person has chosen already. */
type Choice = Partial<Pick<TrainingConfig, 'network' | 'pretrained'>>;

function recipeFor(
  { network, pretrained = true }: Choice & Pick<TrainingConfig, 'network'>,
  summary: DatasetSummary,
  machine: Machine,
): Recipe {
  // Without pretrained weights there is nothing to freeze, and as much to learn as for nano.
  const { recipe } = networks[network];
  if (!pretrained) return { ...networks.nano.recipe, flip: recipe.flip, batch: recipe.batch };
  const few = network === 'lite0' && summary.trainImages <= FEW_IMAGES && !machine.accelerator;
  return { ...recipe, ...(few ? HEADS_ONLY : {}) };
}

/**
 * A configuration for the data at hand, with the reasons.
 * @param machine this one where not given
 * @param choice network and start, where a person has chosen them
 */
export function proposeConfig(
  summary: DatasetSummary,
  machine: Machine = { cores: os.availableParallelism(), accelerator: false },
  choice: Choice = {},
): { config: TrainingConfig; reasons: Sentence[] } {
  const reasons: Sentence[] = [];
  const { network = summary.imageSide >= PHOTOGRAPH_SIDE ? 'lite0' : 'nano', pretrained = true } = choice;
  const recipe = recipeFor({ ...choice, network }, summary, machine);
  if (network === 'lite0' && pretrained) {
    reasons.push(say('training.reason.pretrained'));
    if (recipe.frozen === networks.lite0.stages) {
      reasons.push(say('training.reason.headsOnly', { count: summary.trainImages }));
    }
  } else if (network === 'nano') {
    reasons.push(say('training.reason.small', { pixels: String(summary.imageSide) }));
  }
  const inputSize = proposeInputSize(summary, machine, reasons);
  const batch = clamp(2 ** Math.floor(Math.log2(Math.max(1, summary.trainImages / 16))), ...recipe.batch);
  const stepsAnEpoch = Math.max(1, Math.floor(summary.trainImages / batch));
  reasons.push(say(stepsAnEpoch >= 16 ? 'training.reason.batch' : 'training.reason.batch.few', { batch }));
  const epochs = clamp(Math.round(recipe.steps / stepsAnEpoch), ...recipe.epochs);
  reasons.push(
    say('training.reason.epochs', { epochs, steps: epochs * stepsAnEpoch, count: summary.trainImages }),
  );
  if (summary.objectClasses > 0) {
    reasons.push(
      say('training.reason.boxes', { mean: summary.meanBoxes.toFixed(1), most: summary.mostBoxes }),
    );
  }
  if (summary.severalClasses) {
    reasons.push(say('training.reason.several'));
  }
  reasons.push(say(recipe.flip > 0 ? 'training.reason.mirrored' : 'training.reason.notMirrored'));
  const config = parseTrainingConfig({
    network,
    pretrained,
    inputSize,
    batch,
    epochs,
    imageHead: { classes: summary.severalClasses ? 'several' : 'one' },
    freeze: { stages: recipe.frozen },
    optimizer: { learningRate: recipe.learningRate },
    augment: { flip: recipe.flip },
    slots: { count: clamp(summary.mostBoxes, 1, 100) },
  });
  return { config, reasons };
}

/**
 * The proposal that settings are changed from: the one for the network that they choose.
 * @param changes part of a configuration, as a file has it @param settings lines of key=value
 * @throws TwinheadError `invalid-input` as mergeConfig and applySettings do
 */
export function proposeFor(
  summary: DatasetSummary,
  changes: unknown,
  settings: readonly string[],
): ReturnType<typeof proposeConfig> {
  const proposed = proposeConfig(summary);
  const wanted = applySettings(mergeConfig(proposed.config, changes), settings);
  const { network, pretrained } = proposed.config;
  if (wanted.network === network && wanted.pretrained === pretrained) return proposed;
  return proposeConfig(summary, undefined, wanted);
}

/**
 * The configuration of a run: what is proposed for the network that a person wants, with the person's changes over it.
 * @param changes part of a configuration, as a file has it @param settings lines of key=value
 * @throws TwinheadError `invalid-input` as mergeConfig and applySettings do
 */
export function configureRun(
  summary: DatasetSummary,
  changes: unknown,
  settings: readonly string[],
): TrainingConfig {
  const { config } = proposeFor(summary, changes, settings);
  return applySettings(mergeConfig(config, changes), settings);
}

function proposeInputSize(summary: DatasetSummary, machine: Machine, reasons: Sentence[]): number {
  const { imageSide, smallBox } = summary;
  const needed = smallBox === null ? 160 : SMALL_BOX_PIXELS / Math.max(smallBox, 1e-3);
  const affordable = machine.accelerator ? 640 : machine.cores >= 8 ? 416 : 320;
  const wanted = Math.min(Math.max(needed, Math.min(imageSide, 224)), imageSide, affordable);
  const inputSize = clamp(Math.round(wanted / 32) * 32, 64, 1024);
  const pixels = String(inputSize);
  if (inputSize >= imageSide) reasons.push(say('training.reason.input.image', { pixels }));
  else if (needed > affordable) reasons.push(say('training.reason.input.machine', { pixels }));
  else reasons.push(say('training.reason.input.boxes', { pixels, side: SMALL_BOX_PIXELS }));
  return inputSize;
}
