import type { Command } from 'commander';
import type { LearnExample } from '../common/entities.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { score, table } from './text.ts';

interface ExampleOptions {
  readonly list?: boolean;
  readonly seed: number;
}

export function defineLearnExamples(program: Command, runner: CommandRunner): void {
  const command = program
    .command('learn-examples')
    .summary('train small models without images')
    .description(
      'Train small two-headed models on generated tables, sentences and histories, with the step that trains on images.',
    )
    .argument('[NAME...]', 'which examples; all if none is given')
    .option('--list', 'list the examples')
    .option('--seed <S>', 'the same seed gives the same data and the same model', wholeNumber, 1);
  withCommonOptions(command, 'twinhead learn-examples tabular text', { engine: true }).action(
    runner.action<[string[]], ExampleOptions>(async (session, [names], { list = false, seed }) => {
      if (list) {
        const { examples } = await session.call('examples.list', {});
        const rows = examples.map(({ name, description }) => [name, inEnglish(description)]);
        const document = { examples: rows.map(([name, description]) => ({ name, description })) };
        return { document, lines: table(['example', 'what it learns'], rows) };
      }
      const { jobId } = await session.call('examples.start', { names, seed });
      const { result } = await session.follow('examples', jobId);
      const { examples } = result;
      return { document: { examples: examples.map(inWords) }, lines: describe(examples) };
    }),
  );
}

const inWords = (example: LearnExample): object => ({
  ...example,
  metrics: example.metrics.map((metric) => ({ ...metric, baselineIs: inEnglish(metric.baselineIs) })),
});

function describe(examples: readonly LearnExample[]): string[] {
  return [
    ...table(
      ['example', 'task', 'figure', 'held out', 'without learning', ''],
      examples.flatMap(({ name, metrics }) =>
        metrics.map(({ task, metric, value, baseline, baselineIs }, index) => [
          index === 0 ? name : '',
          task,
          metric,
          score(value),
          score(baseline),
          inEnglish(baselineIs),
        ]),
      ),
    ),
    '',
    ...examples.map(
      ({ name, parameters, steps, trainSamples, testSamples, seconds, compiled, device }) =>
        `${name}: ${parameters} parameters, ${steps} steps on ${trainSamples} samples, judged on ${testSamples}, ` +
        `${seconds.toFixed(1)} s on ${device}, ${compiled ? 'as one graph' : 'operation by operation'}`,
    ),
  ];
}
