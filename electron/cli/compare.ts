import path from 'node:path';
import { plural } from './counts.ts';
import type { Command } from 'commander';
import type { InputOf } from '../common/contract.ts';
import type { ComparedFigure, Comparison, Split } from '../common/entities.ts';
import { toErrorReport, TwinheadError } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandResult, CommandRunner } from './command.ts';
import { locateInFile, readConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { FIGURE_TITLES } from './figures.ts';
import { countTo } from './numbers.ts';
import type { CommandSession } from './session.ts';
import { duration, plain, table } from './text.ts';

const SPLITS = ['val', 'test'] as const;

interface CompareOptions {
  readonly configs?: string[];
  readonly variant?: string[];
  readonly set?: string[];
  readonly seeds: number;
  readonly split: Split;
  readonly jointVsSeparate?: boolean;
}

type Variants = NonNullable<InputOf<'comparison.start'>['variants']>;

/** What the services return of a comparison that is done. */
const another = (text: string, all: string[] | undefined): string[] => [...(all ?? []), text];

export function defineCompare(program: Command, runner: CommandRunner): void {
  const command = program
    .command('compare')
    .summary('train configurations side by side')
    .description(
      'Train each configuration with each seed on the same labels and print how they differ in settings and results. ' +
        'With fewer than two configurations, the proposed one comes first. After a stop, the same command continues.',
    )
    .argument('<PROJECT>', 'its folder')
    .option('--configs <FILE.yaml...>', 'configurations; each holds what differs from the proposal')
    .option('--variant <key=value,...>', 'a configuration as settings; may be repeated', another)
    .option('--set <key=value>', 'one setting of all configurations; may be repeated', another)
    .option('--joint-vs-separate', 'both heads together, and each head alone')
    .option('--seeds <N>', 'runs of each configuration, 1 to 20', countTo(20), 3);
  command.addOption(
    command.createOption('--split <SPLIT>', 'images to evaluate on').choices(SPLITS).default('val'),
  );
  const example = 'twinhead compare cells --configs a.yaml b.yaml --seeds 3';
  withCommonOptions(command, example, { engine: true }).action(
    runner.action<[string], CompareOptions>(async (session, [project], options) => {
      const files = await Promise.all((options.configs ?? []).map((file) => readConfigFile(file)));
      await session.open(project);
      return compare(session, files, options);
    }),
  );
}

async function compare(
  session: CommandSession,
  files: readonly ConfigFile[],
  options: CompareOptions,
): Promise<CommandResult> {
  const { set = [], seeds, split, jointVsSeparate = false } = options;
  const variants = variantsOf(files, options);
  let started: { jobId: string };
  try {
    started = await session.call('comparison.start', { variants, seeds, split, jointVsSeparate });
  } catch (error) {
    const variant = error instanceof TwinheadError ? error.details['variant'] : undefined;
    const wrong = variants.find(({ name }) => name === variant);
    const file = files.find(({ config }) => config === wrong?.config);
    throw file === undefined ? error : locateInFile(error, file, set);
  }
  try {
    const { result, problems } = await session.follow('compare', started.jobId, {
      line: ({ done, total, secondsLeft, message }) =>
        `run ${Math.min(Math.floor(done) + 1, total ?? 1)} of ${total ?? '?'}  ${inEnglish(message)}` +
        // Before a quarter of a run is done, loading and compiling would be taken for its speed.
        (secondsLeft === null || done < 0.25 ? '' : `  ${duration(secondsLeft)} left`),
    });
    const { comparison, runIds, reused } = result;
    return {
      document: { comparison, runIds, reused, problems },
      lines: describe(comparison, reused),
      problems,
    };
  } catch (error) {
    if (toErrorReport(error).code !== 'cancelled') throw error;
    throw new TwinheadError('cancelled', say('cli.compare.stopped'), {
      remedy: say('cli.compare.stopped.remedy'),
    });
  }
}

function variantsOf(
  files: readonly ConfigFile[],
  { variant = [], set = [], jointVsSeparate }: CompareOptions,
): Variants {
  const base = files.map(({ file }) => path.basename(file, path.extname(file)));
  const named = files.map(({ file, config }, index) => ({
    name: plain(base.filter((name) => name === base[index]).length > 1 ? file : base[index]!).slice(-100),
    config,
    settings: set,
  }));
  const inline = variant.map((text) => ({
    name: text.slice(0, 100),
    config: {},
    settings: [...set, ...text.split(',').map((setting) => setting.trim())],
  }));
  const all = [...named, ...inline];
  // What is set for all holds for the proposed configuration too, which otherwise needs no mention.
  if (set.length > 0 && (all.length === 0 || (all.length === 1 && jointVsSeparate !== true)))
    all.unshift({ name: 'proposed', config: {}, settings: set });
  return all;
}

const TITLES: Readonly<Record<string, string>> = {
  ...FIGURE_TITLES,
  overall: 'overall',
  epochs: 'epochs',
  seconds: 'training seconds',
};

/** Decimals and unit of a figure. */
function formatOf(id: string): (value: number) => string {
  if (id === 'epochs' || id === 'seconds') return (value) => value.toFixed(1);
  return (value) => value.toFixed(3);
}

function describe({ split, variants, metrics, notes }: Comparison, reused: number): string[] {
  const runs = variants.flatMap((variant) => variant.runs);
  const settings = [...new Set(variants.flatMap((variant) => Object.keys(variant.settings)))];
  return [
    `${plural(variants.length, 'configuration')}, ${plural(runs.length, 'run')}, judged on ${split}: mean ± standard deviation over seeds, ` +
      `Δ against ${plain(variants[0]?.name ?? '')}, paired by seed`,
    '',
    ...table(
      ['', 'configuration', 'seeds', 'mean', '±', 'Δ', '± of Δ'],
      metrics.flatMap(({ id, figures }) =>
        figures.map((figure, index) => [
          index === 0 ? (TITLES[id] ?? id) : '',
          variants[index]!.name,
          figure.values.filter((value) => value !== null).length,
          ...figureCells(figure, formatOf(id)),
        ]),
      ),
    ),
    '',
    ...(settings.length === 0
      ? ['The configurations do not differ.']
      : table(
          ['setting', ...variants.map(({ name }) => plain(name))],
          settings.map((path) => [path, ...variants.map((variant) => settingText(variant.settings[path]))]),
        )),
    ...notes.map(inEnglish).flatMap((note, index) => (index === 0 ? ['', note] : [note])),
    ...(reused === 0 ? [] : ['', `${reused} of the runs were there already.`]),
  ];
}

function figureCells(
  { mean, deviation, delta }: ComparedFigure,
  format: (value: number) => string,
): (string | null)[] {
  const signed = (value: number): string => (value < 0 ? format(value) : `+${format(value)}`);
  const show = (value: number | null | undefined, as = format): string | null =>
    value === null || value === undefined ? null : as(value);
  return [show(mean), show(deviation), show(delta?.mean, signed), show(delta?.deviation)];
}

function settingText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
