import { isDeepStrictEqual } from 'node:util';
import type { ParsedInputOf } from '../../common/contract.ts';
import type { Comparison, Run, Split } from '../../common/entities.ts';
import { TASKS } from '../../common/heads.ts';
import type { TaskName } from '../../common/heads.ts';
import { TwinheadError, toErrorReport } from '../../common/errors.ts';
import { sentenceText } from '../../common/sentences/index.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { TrainingConfig } from '../../learning/index.ts';
import { codeVersion } from '../base/code-version.ts';
import { compareRuns, runNameOf } from './comparison-table.ts';
import type { ServiceContext } from '../scope/context.ts';
import { engineFor } from '../base/engine.ts';
import { requireImages } from './evaluated-set.ts';
import { evaluateRun } from './evaluation.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { resumeStepOf } from '../runs/resuming.ts';
import { RecordedEpochs } from '../runs/run-events.ts';
import type { TrainingService } from '../runs/training.ts';
import { secondsLeft, trainingCosts } from '../runs/training-cost.ts';
import { presentData, readTrainingData, requireLabels } from '../runs/training-data.ts';
import type { TrainingData } from '../runs/training-data.ts';

type ComparisonCalls = 'comparison.plan' | 'comparison.start' | 'comparison.get';
type Wanted = ParsedInputOf<'comparison.start'>;

interface Variant {
  readonly name: string;
  readonly config: TrainingConfig;
}

/** One run that a comparison needs. */
interface Part extends Variant {
  /** What the table calls it: the name of its variant. */
  readonly variant: string;
}

/** Configurations trained on the same data with the same seeds, and evaluated side by side. */
export function comparisonHandlers(
  context: ServiceContext,
  training: TrainingService,
): Pick<Handlers, ComparisonCalls> {
  const recorded = new RecordedEpochs();
  return {
    'comparison.start': async (wanted, { project }) => {
      const title = say('jobs.holder.comparison', { count: countOf(wanted) });
      // Between two of its runs nobody else may train.
      const reserved = context.resources.take('training', {
        title,
        project: project.name,
      });
      try {
        const data = readTrainingData(project);
        requireLabels(data);
        const parts = await partsOf(wanted, data);
        requireImages(project, data, { split: wanted.split });
        const jobId = context.jobs.start(
          project,
          'compare',
          { title: say('jobs.compare'), input: wanted },
          async (job) => {
            using held = new DisposableStack();
            held.use(reserved);
            const task = { project, data, parts, split: wanted.split };
            return await compare(context, training, task, recorded, job);
          },
        );
        return { jobId };
      } catch (error) {
        reserved[Symbol.dispose]();
        throw error;
      }
    },
    'comparison.plan': async (wanted, { project }) => {
      const data = readTrainingData(project);
      requireLabels(data);
      const parts = await partsOf(wanted, data);
      const find = await finder(context, project, data);
      return planOf({ project, data, parts }, find, recorded);
    },
    'comparison.get': async ({ runIds, split }, { project: { store } }) => {
      const ids = new Set(runIds.map((name) => store.runs.find(name).id));
      return compareRuns(
        [...ids].map((id) => ({ run: store.runs.find(id), evaluation: store.runs.evaluation(id, split) })),
        split,
      );
    },
  };
}

/** How many runs it has. */
const countOf = ({ variants, seeds, jointVsSeparate }: Wanted): number =>
  (jointVsSeparate ? 1 + TASKS.length : Math.max(2, variants.length)) * seeds;

/** Every variant with every seed, checked before anything is trained; seeds in the outer loop, so that a comparison that is broken off has whole pairs. */
async function partsOf(wanted: Wanted, data: TrainingData): Promise<Part[]> {
  const { checkTrainable } = await import('../../learning/index.ts');
  const variants = await variantsOf(wanted, data);
  variants.forEach((one, index) => {
    const twin = variants.slice(0, index).find(({ config }) => isDeepStrictEqual(config, one.config));
    if (twin !== undefined) {
      throw new TwinheadError(
        'invalid-input',
        say('services.compare.same', { one: twin.name, other: one.name }),
        {
          place: one.name,
          remedy: say('services.compare.same.remedy'),
        },
      );
    }
    checkTrainable(data, one.config);
  });
  const first = variants[0]!.config.seed;
  return Array.from({ length: wanted.seeds }, (_, index) => first + index).flatMap((seed) =>
    variants.map(({ name, config }) => ({
      name: runNameOf(name, seed, wanted.language),
      variant: name,
      config: { ...config, seed },
    })),
  );
}

async function variantsOf(
  { variants, jointVsSeparate, language }: Wanted,
  data: TrainingData,
): Promise<Variant[]> {
  const learning = await import('../../learning/index.ts');
  const summary = learning.summarizeData(data);
  const proposed = learning.proposeConfig(summary).config;
  const given = variants.map(({ name, config, settings }): Variant => {
    try {
      return { name, config: learning.configureRun(summary, config, settings) };
    } catch (error) {
      throw error instanceof TwinheadError ? error.with({ variant: name }) : error;
    }
  });
  const names = new Set<string>();
  for (const { name } of given) {
    if (names.has(name)) {
      throw new TwinheadError('invalid-input', say('services.compare.doubled', { name }), {
        place: name,
        remedy: say('services.compare.doubled.remedy'),
      });
    }
    names.add(name);
  }
  const { seed } = given[0]?.config ?? proposed;
  const called = (which: 'proposed' | 'joint' | TaskName): string =>
    sentenceText(say(`services.compare.variant.${which}`), language);
  const seeded = ({ name, config }: Variant): Variant => ({ name, config: { ...config, seed } });
  if (!jointVsSeparate) {
    return (given.length < 2 ? [{ name: called('proposed'), config: proposed }, ...given] : given).map(
      seeded,
    );
  }
  if (given.length > 1) {
    throw new TwinheadError('invalid-input', say('services.compare.joint'), {
      remedy: say('services.compare.joint.remedy'),
    });
  }
  const { config } = given[0] ?? { config: proposed };
  const idle = TASKS.find((task) => config.weights[task] === 0);
  if (idle !== undefined) {
    throw new TwinheadError('invalid-input', say('services.compare.weights'), {
      place: say('settings.place', { setting: `weights.${idle}` }),
      remedy: say('services.compare.weights.remedy'),
    });
  }
  const alone = (task: TaskName): TrainingConfig => {
    const weights = { ...config.weights };
    for (const other of TASKS) if (other !== task) weights[other] = 0;
    return { ...config, weights };
  };
  return [
    { name: called('joint'), config },
    ...TASKS.map((task) => ({ name: called(task), config: alone(task) })),
  ].map(seeded);
}

interface Task {
  readonly project: OpenProject;
  readonly data: TrainingData;
  readonly parts: readonly Part[];
  readonly split: Split;
}

/** Trains what is missing, evaluates all. A run that fails (a loss that became NaN, say) is left out with a report. */
async function compare(
  context: ServiceContext,
  training: TrainingService,
  task: Task,
  recorded: RecordedEpochs,
  job: JobContext,
): Promise<{ runIds: string[]; reused: number; comparison: Comparison }> {
  const { project, data, parts, split } = task;
  const { store } = project;
  const reported = new Set<string>();
  const find = await finder(context, project, data);
  const found = ({ config }: Part): Run | null => find(config);
  const missing = parts.filter((part) => found(part)?.state !== 'done');
  const names = new Map<string, string>();
  const evaluated: { run: Run; evaluation: Awaited<ReturnType<typeof evaluateRun>> | null }[] = [];
  for (const part of parts) {
    job.signal.throwIfAborted();
    // Only what is still to be trained counts: what is there already would make the time left look short.
    const index = Math.max(0, missing.indexOf(part));
    const ahead = (await planOf({ project, data, parts: missing.slice(index) }, find, recorded)).runs;
    const costs = ahead.map(({ cost }) => cost?.seconds ?? null);
    const inner = partOf(job, { index, of: missing.length, name: part.name, costs, reported });
    let run =
      found(part) ??
      (await training.create(project, part.config, data, { name: freeName(project, part.name) }));
    names.set(run.id, part.variant);
    try {
      if (run.state !== 'done')
        run = await training.trainRun(project, run, data, inner, await resumeStepOf(project, run));
    } catch (error) {
      const report = toErrorReport(error);
      if (report.code !== 'training-failed') throw error;
      job.problem({
        place: run.name,
        message: report.sentence ?? report.message,
        remedy: report.details.remedy,
      });
      evaluated.push({ run: store.runs.find(run.id), evaluation: null });
      continue;
    }
    if (run.state !== 'done') {
      throw new TwinheadError('cancelled', say('services.compare.stopped', { name: run.name }), {
        run: run.id,
        remedy: say('services.compare.stopped.remedy'),
      });
    }
    const known = store.runs.evaluation(run.id, split);
    const evaluation =
      known?.dataRevision === data.labels.revision
        ? known
        : await evaluateRun(context, project, { run, on: { split }, data, chosen: null }, inner);
    evaluated.push({ run, evaluation });
  }
  // The baseline stays first whichever run came first.
  const order = new Map(parts.map(({ variant }, index) => [variant, index] as const).reverse());
  evaluated.sort((a, b) => order.get(names.get(a.run.id)!)! - order.get(names.get(b.run.id)!)!);
  return {
    runIds: evaluated.map(({ run }) => run.id),
    reused: parts.length - missing.length,
    comparison: compareRuns(evaluated, split, names),
  };
}

/** The progress of one run as a share of the whole; the same problem of the input is reported once. */
function partOf(
  job: JobContext,
  {
    index,
    of,
    name,
    costs,
    reported,
  }: {
    readonly index: number;
    readonly of: number;
    readonly name: string;
    /** Seconds that this run and those after it will take; null where that is not known. */
    readonly costs: readonly (number | null)[];
    readonly reported: Set<string>;
  },
): JobContext {
  let doing: Said = '';
  const startedAt = performance.now();
  const isDoing = (what: 'training' | 'predicting'): boolean =>
    typeof doing !== 'string' && doing.key === `jobs.doing.${what}`;
  return {
    ...job,
    progress: (done, total, message, left) => {
      doing = message ?? doing;
      const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
      const at =
        isDoing('training') && total !== null
          ? say('jobs.doing.epoch', { epoch: Math.min(total, Math.floor(done) + 1), epochs: total })
          : doing;
      // Judging takes the last bit of a run's share.
      const within = isDoing('predicting') ? 0.95 + 0.05 * share : 0.95 * share;
      job.progress(
        index + within,
        of,
        say('jobs.doing.part', { name, doing: at }),
        secondsLeft(costs, (performance.now() - startedAt) / 1000, left),
      );
    },
    problem: (problem) => {
      const key = JSON.stringify(problem);
      if (!reported.has(key)) job.problem(problem);
      reported.add(key);
    },
  };
}

/** What each run still takes, by the same rules as it would be trained. */
async function planOf(
  { project, data, parts }: Omit<Task, 'split'>,
  find: (config: TrainingConfig) => Run | null,
  recorded: RecordedEpochs,
) {
  const learning = await import('../../learning/index.ts');
  const images = parts.length === 0 ? 0 : learning.sizeTraining(presentData(data), parts[0]!.config).train;
  const { runs } = project.store;
  const costOf = trainingCosts(images, runs.list(), ({ id }) => recorded.of(runs.folder(id)), learning);
  const planned = parts.map(({ name, config }) => {
    const known = find(config);
    const left = known === null ? config.epochs : config.epochs - known.epoch;
    const epochs = known?.state === 'done' ? 0 : left;
    return { name, config, epochs, cost: costOf({ config, epochs }) };
  });
  return { runs: planned, images };
}

/** Finds what needs no training from its start, by configuration. */
async function finder(
  { ports }: ServiceContext,
  project: OpenProject,
  data: TrainingData,
): Promise<(config: TrainingConfig) => Run | null> {
  const engine = await engineFor(ports);
  const version = await codeVersion();
  const { revision } = data.labels;
  return (config) => findRun(project, { config, revision, engine: engine.kind, version });
}

/** A run of the same configuration, seed, labels, program and engine: the result would be the same again. */
function findRun(
  { store }: OpenProject,
  wanted: {
    readonly config: TrainingConfig;
    readonly revision: number;
    readonly engine: string;
    readonly version: string;
  },
): Run | null {
  const same = store.runs
    .list()
    .filter(
      (run) =>
        run.dataRevision === wanted.revision &&
        run.appVersion === wanted.version &&
        run.engine === wanted.engine &&
        run.filter === null &&
        isDeepStrictEqual(run.config, wanted.config),
    );
  return same.find(({ state }) => state === 'done') ?? same[0] ?? null;
}

/** Names of runs are free text of people too: a taken one gets a number. */
function freeName({ store }: OpenProject, wanted: string): string {
  const taken = new Set(store.runs.list().map(({ name }) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted} (${number})`;
  return name;
}
