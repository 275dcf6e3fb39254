import type { Command } from 'commander';
import { epochsToGoOn } from '../common/entities.ts';
import type { Problem, Run, TrainingEvent } from '../common/entities.ts';
import { toErrorReport, TwinheadError } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandResult, CommandRunner } from './command.ts';
import { locateInFile, readConfigFile } from './config-file.ts';
import { counted, plural } from './counts.ts';
import { figuresByTask } from './figures.ts';
import { wholeNumber } from './numbers.ts';
import { savedFilter } from './saved-filter.ts';
import type { CommandSession } from './session.ts';
import { duration, plain, rate, score } from './text.ts';

interface TrainOptions {
  readonly config?: string;
  readonly set?: string[];
  readonly name?: string;
  readonly resume?: string;
  readonly epochs?: number;
  readonly profile?: true;
  readonly filter?: string;
}

export function defineTrain(program: Command, runner: CommandRunner): void {
  const command = program
    .command('train')
    .summary('train the two-headed network')
    .description(
      'Train one network with two heads on the labels of a project. Ctrl-C stops at a checkpoint; --resume continues.',
    )
    .usage('[options] <PROJECT>')
    .argument('<PROJECT>', 'its folder')
    .argument('[SETTING...]', 'more settings, after the first --set')
    .option('--config <FILE.yaml>', 'settings that differ from the proposed ones')
    .option('--set <key=value>', 'one setting; may be repeated', (text, all: string[] | undefined) => [
      ...(all ?? []),
      text,
    ])
    .option('--name <NAME>', 'name of the run')
    .option(
      '--filter <NAME>',
      'learn only from the training images that match a saved filter; validation stays whole',
    )
    .option('--profile', 'also time the operations of a step, and print them after the first epoch')
    .option('--resume <RUN>', 'continue a stopped run: its id, its name, or last')
    .option('--epochs <N>', 'with --resume, for a finished run: continue to N epochs in all', wholeNumber);
  const example = 'twinhead train cells --name first --set epochs=20 --set optimizer.learningRate=0.001';
  withCommonOptions(command, example, { engine: true }).action(
    runner.action<[string, string[]], TrainOptions>(async (session, [project, more], options) => {
      // `--set a=1 b=2` is understood as well as `--set a=1 --set b=2`.
      const stray = more.find((text) => !text.includes('='));
      if (stray !== undefined)
        throw new TwinheadError('invalid-input', say('cli.train.argument', { text: stray }));
      const settings = [...(options.set ?? []), ...more];
      if (
        options.resume !== undefined &&
        (options.config !== undefined ||
          settings.length > 0 ||
          options.name !== undefined ||
          options.filter !== undefined ||
          options.profile !== undefined)
      ) {
        throw new TwinheadError('invalid-input', say('cli.train.keeps'), {
          place: '--resume',
          remedy: say('cli.train.keeps.remedy'),
        });
      }
      if (options.epochs !== undefined && options.resume === undefined) {
        throw new TwinheadError('invalid-input', say('cli.train.epochs'), {
          place: '--epochs',
          remedy: say('cli.train.epochs.remedy', { epochs: options.epochs }),
        });
      }
      await session.open(project);
      const { runId, jobId, from } =
        options.resume === undefined
          ? await startRun(session, options, settings)
          : await resumeRun(session, options.resume, options.epochs);
      return watchRun(session, project, { runId, jobId, from });
    }),
  );
}

interface StartedRun {
  readonly runId: string;
  readonly jobId: string;
  /** Epochs of earlier sessions, reported then. */
  readonly from: number;
}

async function startRun(
  session: CommandSession,
  { config: file, name, profile, filter }: TrainOptions,
  settings: readonly string[],
): Promise<StartedRun> {
  const configFile = file === undefined ? null : await readConfigFile(file);
  const chosen = filter === undefined ? undefined : (await savedFilter(session, filter)).name;
  try {
    const started = await session.call('runs.start', {
      config: configFile?.config ?? {},
      settings: [...settings],
      name,
      profile: profile ?? false,
      filter: chosen,
    });
    return { ...started, from: 0 };
  } catch (error) {
    throw configFile === null ? error : locateInFile(error, configFile, settings);
  }
}

async function resumeRun(
  session: CommandSession,
  name: string,
  epochs: number | undefined,
): Promise<StartedRun> {
  const run = await session.call('runs.get', { runId: name });
  const started = await session.call('runs.resume', { runId: run.id, epochs });
  session.output.note(
    `Going on with ${plain(run.name)} after epoch ${run.epoch} of ${epochs ?? run.epochs}.`,
  );
  return { ...started, from: run.epoch };
}

/** Starts nothing itself: shows a run that is training until it has ended, by itself or by an interrupt. */
export async function watchRun(
  session: CommandSession,
  project: string,
  { runId, jobId, from }: StartedRun,
): Promise<CommandResult> {
  const { output } = session;
  const run = await session.call('runs.get', { runId });
  let current = '';
  const watching = new AbortController();
  const watched = (async () => {
    for await (const { event } of session.subscribe('runs.events', { runId }, watching.signal)) {
      if (event.type === 'step') current = stepLine(event, run.epochs);
      else if (event.type === 'epoch' && event.epoch > from) output.note(epochLine(event, run.epochs));
      else if (event.type === 'status' && event.lasting === true) {
        const said = plain(inEnglish(event.message));
        if (event.warning === true) output.warn(said);
        else output.note(said);
      } else if (event.type === 'status') current = plain(inEnglish(event.message));
      else if (event.type === 'profile') for (const line of profileLines(event)) output.note(line);
    }
  })();
  // A failure of the telling must not be an unhandled one while the job is followed; it is looked at below.
  watched.catch(() => undefined);
  let problems: readonly Problem[];
  try {
    ({ problems } = await session.follow('train', jobId, {
      line: () => (current === '' ? `${plain(run.name)}: preparing` : current),
      stop: () => stopRun(session, runId, jobId),
    }));
    await watched;
  } catch (error) {
    watching.abort();
    const after = await session.call('runs.get', { runId });
    if (toErrorReport(error).code === 'cancelled') throw stopped(after, project);
    throw error;
  }
  const ended = await session.call('runs.get', { runId });
  if (ended.state === 'stopped') throw stopped(ended, project);
  if (ended.state !== 'done') {
    throw new TwinheadError(
      'training-failed',
      say('cli.train.ended', { name: ended.name, state: ended.state, reason: ended.ended ?? '' }),
      {
        run: ended.id,
        remedy: say('cli.train.ended.remedy', { command: resuming(project, ended) }),
      },
    );
  }
  return { document: { run: ended }, lines: summary(ended, project), problems };
}

/** At its next step, with a checkpoint; a run that doesn't train yet is cancelled. */
async function stopRun(session: CommandSession, runId: string, jobId: string): Promise<void> {
  try {
    await session.call('runs.stop', { runId });
  } catch (error) {
    if (toErrorReport(error).code !== 'not-allowed') throw error;
    await session.call('jobs.cancel', { jobId });
  }
}

const resuming = (project: string, { id }: Run): string => `twinhead train ${project} --resume ${id}`;

function stopped(run: Run, project: string): TwinheadError {
  return new TwinheadError(
    'cancelled',
    say('cli.train.stopped', { name: run.name, epoch: run.epoch + 1, epochs: run.epochs }),
    {
      run: run.id,
      epoch: run.epoch,
      remedy: say('cli.train.stopped.remedy', { command: resuming(project, run) }),
    },
  );
}

type EventOf<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>;

function stepLine(event: EventOf<'step'>, epochs: number): string {
  const step = event.steps === 0 ? 0 : ((event.step - 1) % event.steps) + 1;
  return (
    `epoch ${event.epoch}/${epochs}  step ${step}/${event.steps}  loss ${event.loss.toFixed(3)}  ` +
    `${rate(event.imagesPerSecond)} images/s  ${duration(event.secondsLeft)} left`
  );
}

function epochLine(event: EventOf<'epoch'>, epochs: number): string {
  const { metrics } = event;
  const parts = [
    `epoch ${String(event.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${event.trainLoss.toFixed(3)}`,
  ];
  if (event.validationLoss !== null) parts.push(`val ${event.validationLoss.toFixed(3)}`);
  parts.push(...figuresByTask(metrics));
  parts.push(`${event.seconds.toFixed(1)} s`);
  if (event.best) parts.push('best');
  return parts.join('  ');
}

const PROFILE_ROWS = 15;

/** Where a step's time goes, as a table: it says which way of running it was timed. */
function profileLines({
  operations,
  stepMilliseconds,
  trainedMilliseconds,
  compiled,
}: EventOf<'profile'>): string[] {
  const total = operations.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const time = (milliseconds: number) => `${milliseconds.toFixed(2).padStart(10)} ms`;
  const row = (name: string, count: number, milliseconds: number) =>
    `${time(milliseconds)} ${((100 * milliseconds) / Math.max(total, 1e-9)).toFixed(1).padStart(5)} %` +
    `${count.toFixed(0).padStart(7)} × ${name}`;
  const rest = operations.slice(PROFILE_ROWS);
  const restTime = rest.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const restCount = rest.reduce((sum, { count }) => sum + count, 0);
  return [
    'Operations of a step, timed one by one outside the graph:',
    ...operations.slice(0, PROFILE_ROWS).map(({ op, count, milliseconds }) => row(op, count, milliseconds)),
    ...(rest.length > 0 ? [row(`${rest.length} others`, restCount, restTime)] : []),
    `${time(total)}         all operations; ${stepMilliseconds.toFixed(2)} ms with what lies between them`,
    `${time(trainedMilliseconds)}         the step as it trains, ` +
      (compiled ? 'as one graph: TensorFlow fuses operations and runs several at once' : 'op by op'),
  ];
}

function summary(run: Run, project: string): string[] {
  const more = epochsToGoOn(run);
  const best = run.bestEpoch === null ? '' : `; best ${score(run.bestScore)} in epoch ${run.bestEpoch}`;
  return [
    `${plain(run.name)} (${run.id}): ${run.epoch} of ${plural(run.epochs, 'epoch')} in ${duration(run.seconds)} on ${run.device}${best}.`,
    ...(run.filter === null
      ? []
      : [
          `Learned from ${counted('images', run.filter.images)} of the training split that matched “${plain(run.filter.name)}”; validated on the whole validation split.`,
        ]),
    ...(run.ended === null ? [] : [`Ended: ${plain(inEnglish(run.ended))}.`]),
    `Next: twinhead evaluate ${project} --run ${run.id} --split test`,
    ...(more === null ? [] : [`Or let it go on: ${resuming(project, run)} --epochs ${more}`]),
  ];
}
