import { Command, CommanderError, Option } from 'commander';
import { describeMachine } from './machine.ts';
import { measureSubject } from './measure.ts';
import { measurePeers, peerNames } from './peers/index.ts';
import { figures, select, subjects, UnknownNameError } from './registry.ts';
import { table } from './table.ts';
import type { Figure, Result } from './types.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

const progress = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

interface Options {
  readonly json?: true;
  readonly only?: string[];
  /** true: the usual ones. */
  readonly peers?: true | string[];
  readonly list?: true;
}

function parse(): Options {
  const command = new Command('bench')
    .description(
      'Measures this checkout on this machine. A figure beyond its budget is marked, not an error.',
    )
    .option('--json', 'print one JSON document')
    .option('--only <names...>', 'measure the figures whose names start so')
    .addOption(
      new Option(
        '--peers [names...]',
        'measure what others need for the same too; without names keras and pycocotools',
      ).choices(peerNames),
    )
    .option('--list', 'print the names')
    .addHelpText('after', '\nExample: npm run -s bench -- --json --only learning.train learning.infer.small')
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return command.parse().opts<Options>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
  }
}

/** Rounded to what a clock can tell, so that the document is easy to read. */
const rounded = (value: number): number => Number(value.toPrecision(5));

function resultOf({ name, unit, budget, budgetRatio }: Figure, value: number, peer: number | null): Result {
  const limit = budget ?? (budgetRatio === undefined || peer === null ? null : rounded(budgetRatio * peer));
  return {
    name,
    value: rounded(value),
    unit,
    budget: limit,
    peer: peer === null ? null : rounded(peer),
    ratio: peer === null ? null : rounded(value / peer),
  };
}

async function run({ json, only = [], peers, list }: Options): Promise<number> {
  const names = select(
    only,
    figures.map(({ name }) => name),
  );
  if (list === true) {
    process.stdout.write(names.map((name) => `${name}\n`).join(''));
    return 0;
  }
  const results: Result[] = [];
  let engine: string | null = null;
  let failures = 0;
  for (const [key, subject] of Object.entries(subjects)) {
    const wanted = subject.figures.filter(({ name }) => names.includes(name));
    if (wanted.length === 0) continue;
    const wantedNames = wanted.map(({ name }) => name);
    progress(wantedNames.join(', '));
    const measured = await measureSubject(key, wantedNames, progress);
    engine = measured.engine ?? engine;
    if (measured.failure !== null) {
      failures++;
      progress(`${key}: ${measured.failure}`);
    }
    const others =
      peers === undefined
        ? new Map<string, number>()
        : await measurePeers(peers === true ? [] : peers, wantedNames, progress);
    for (const figure of wanted) {
      const value = measured.values.get(figure.name);
      if (value !== undefined)
        results.push(
          resultOf(figure, value, others.get(figure.name) ?? measured.baselines.get(figure.name) ?? null),
        );
    }
  }
  const machine = describeMachine(engine);
  process.stdout.write(
    json === true ? `${JSON.stringify({ machine, results }, null, 2)}\n` : table(machine, results, figures),
  );
  return failures === 0 ? 0 : FAILED;
}

try {
  process.exitCode = await run(parse());
} catch (error) {
  if (!(error instanceof UnknownNameError)) throw error;
  progress(error.message);
  process.exitCode = WRONG_USAGE;
}
