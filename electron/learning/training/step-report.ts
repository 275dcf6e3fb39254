import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../common/sentences/sentence.ts';
import { needsTaskGradients } from '../multitask/types.ts';
import type { MultitaskOptions } from '../multitask/types.ts';
import { groupOf } from '../base/parameters.ts';
import { firstNotFinite } from '../base/finite.ts';
import type { EvaluatedBatch, StateArrays } from '../model/runner.ts';

/** The values of a step's report by name (step.ts). */
export type ReportValues = Readonly<Record<string, number>>;

export function namedValues(names: readonly string[], report: Float32Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, report[i]!]));
}

const WEIGHT = 'weight.';
const NORM = 'gradientNorm';
const COSINE = 'gradientCosine.';

const isLoss = (name: string): boolean =>
  !name.startsWith(WEIGHT) && !name.startsWith(NORM) && !name.startsWith(COSINE);

function startingWith(values: ReportValues, prefix: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** The losses of heads, their terms, and the penalties; neither the total nor what is reported of gradients. */
export function lossTerms(values: ReportValues): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'loss' && isLoss(name)));
}

/** Factors of the losses by head; "trunk.head": of a head's gradient on the trunk, where that is another. */
export function effectiveWeights(fixed: ReportValues, values: ReportValues): Record<string, number> {
  return { ...fixed, ...startingWith(values, WEIGHT) };
}

/** By group (trunk, each head), and "trunk.head": of a head's own gradient on the trunk, where that is known. */
export const gradientNorms = (values: ReportValues): Record<string, number> =>
  startingWith(values, `${NORM}.`);

/** Between the heads' gradients on the trunk, by pair: "imageClass.boxes". */
export const gradientCosines = (values: ReportValues): Record<string, number> => startingWith(values, COSINE);

/**
 * Whether the gradients are to be looked at before this step, counted from 0: the last step of every `every`, so that
 * training for less pays nothing.
 */
export function observesAt(step: number, every: number, multitask: MultitaskOptions | undefined): boolean {
  return every > 0 && multitask !== undefined && !needsTaskGradients(multitask) && (step + 1) % every === 0;
}

const REMEDY = say('training.notFinite.remedy');

const kindOf = (value: number): Said => (Number.isNaN(value) ? 'NaN' : say('training.notFinite.infinite'));

/**
 * Refuses to go on from a step whose losses or gradients are not numbers.
 * @param epoch and @param step as people count them, from 1
 * @throws TwinheadError `training-failed` naming the most precise of them: a term before its head, a head before the sum
 */
export function checkFinite(values: ReportValues, epoch: number, step: number): void {
  const broken = Object.entries(values).filter(([, value]) => !Number.isFinite(value));
  if (broken.length === 0) return;
  const losses = broken.filter(([name]) => isLoss(name));
  const parts = (name: string): number => (name === 'loss' ? 0 : name.split('.').length);
  const [name, value] = (losses.length > 0 ? losses : broken).reduce((a, b) =>
    parts(b[0]) > parts(a[0]) ? b : a,
  );
  const [head, term] = isLoss(name) ? name.split('.', 2) : [name.split('.').at(-1), undefined];
  const what = isLoss(name) ? 'loss' : name.startsWith(WEIGHT) ? 'weight' : 'gradient';
  throw new TwinheadError(
    'training-failed',
    say('training.notFinite', {
      what: say(`training.notFinite.${what}`),
      value: kindOf(value),
      name,
      step,
      epoch,
    }),
    {
      place: name,
      head,
      term: term ?? null,
      epoch,
      step,
      remedy: REMEDY,
    },
  );
}

const STATE_KINDS: Readonly<Record<string, Sentence>> = {
  parameters: say('training.state.parameters'),
  statistics: say('training.state.statistics'),
  ema: say('training.state.ema'),
  weighting: say('training.state.weighting'),
};

/**
 * Refuses to keep a state that holds something that is not a number, which no loss need show: a weight behind a unit
 * that is off, a statistic that only evaluation reads.
 * @param epoch and @param step as people count them, from 1
 * @throws TwinheadError `training-failed` naming what it is, weights first, and the layer
 */
export function checkFiniteState(state: StateArrays, epoch: number, step: number): void {
  const broken = [...state].flatMap(([name, { data }]) => {
    const at = firstNotFinite(data);
    return at < 0 ? [] : [{ name, value: data[at]! }];
  });
  const first = broken.find(({ name }) => name.startsWith('parameters/')) ?? broken[0];
  if (first === undefined) return;
  const slash = first.name.indexOf('/');
  const what = STATE_KINDS[first.name.slice(0, slash)] ?? say('training.state.moments');
  const place = first.name.slice(slash + 1);
  throw new TwinheadError(
    'training-failed',
    say('training.stateNotFinite', { what, value: kindOf(first.value), name: place, step, epoch }),
    { place, head: place.includes('/') ? groupOf(place) : null, epoch, step, remedy: REMEDY },
  );
}

/**
 * Refuses answers on validation images that are not numbers, though every weight is one: they have grown too large.
 * @param epoch and @param step as people count them, from 1
 * @throws TwinheadError `training-failed` naming the output, and the term where a loss shows it
 */
export function checkFiniteAnswers({ losses, outputs }: EvaluatedBatch, epoch: number, step: number): void {
  checkFinite(losses, epoch, step);
  for (const [output, data] of Object.entries(outputs)) {
    if (firstNotFinite(data) < 0) continue;
    throw new TwinheadError('training-failed', say('training.answersNotFinite', { output, step, epoch }), {
      place: output,
      epoch,
      step,
      remedy: REMEDY,
    });
  }
}
