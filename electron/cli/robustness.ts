import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { STRENGTHS } from '../common/corruptions.ts';
import type { Corruption } from '../common/corruptions.ts';
import { FIGURES } from '../common/heads.ts';
import { dropsOf, LARGEST_SEED, ROBUSTNESS_IMAGES, ROBUSTNESS_SEED, worstOf } from '../common/robustness.ts';
import type { Robustness } from '../common/robustness.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { evaluatedOn } from './evaluated-on.ts';
import type { EvaluatedOn } from './evaluated-on.ts';
import { wholeNumber } from './numbers.ts';
import { plain, score, table, titleOf } from './text.ts';

interface Options extends Partial<EvaluatedOn> {
  readonly run: string;
  readonly images: number | 'all';
  readonly seed: number;
}

/** Reads how many images: a number from 1 on, or all. */
function imageCount(text: string): number | 'all' {
  if (text === 'all') return text;
  if (!/^\d+$/.test(text) || Number(text) < 1 || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number from 1 on, or all.');
  return Number(text);
}

function seedOf(text: string): number {
  const seed = wholeNumber(text);
  if (seed > LARGEST_SEED)
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${LARGEST_SEED}.`);
  return seed;
}

export function defineRobustness(program: Command, runner: CommandRunner): void {
  const command = program
    .command('robustness')
    .summary('measure how scores fall on noisy, blurred, darker or smaller images')
    .description(
      'Score a run on images with noise, blur, other brightness, contrast and size, and JPEG compression, each at five strengths, and say which hurts most. On the test split it counts as a look.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best')
    .option('--images <N>', 'so many images, chosen by the seed, or all', imageCount, ROBUSTNESS_IMAGES)
    .option('--seed <N>', 'chooses the images and their noise', seedOf, ROBUSTNESS_SEED);
  command.addOption(
    command
      .createOption('--split <SPLIT>', 'images to measure on (default: "val")')
      .choices(['val', 'test', 'train']),
  );
  command
    .option('--test-set <NAME>', 'only the images of this test set, a named part of the test split')
    .option('--filter <NAME>', 'the labelled images that match a saved filter, whichever split they are in');
  withCommonOptions(command, 'twinhead robustness cells --run best --images all', { engine: true }).action(
    runner.action<[string], Options>(async (session, [project], { run, images, seed, ...asked }) => {
      await session.open(project);
      const on = await evaluatedOn(session, asked, 'val');
      const { id: runId } = await session.call('runs.get', { runId: run });
      const { jobId } = await session.call('robustness.start', {
        ...{ runId, ...on, seed },
        images: images === 'all' ? null : images,
      });
      const { result, problems } = await session.follow('robustness', jobId);
      return { document: { ...result, ...on }, lines: describeRobustness(result), problems };
    }),
  );
}

/** What the command prints, line by line: a table a task. */
export function describeRobustness(robustness: Robustness): string[] {
  const { run, images, of, seconds, clean, corruptions } = robustness;
  const shown = FIGURES.filter(({ first, task }) => first && (clean[task] ?? null) !== null);
  return [
    `${plain(run)} on ${images} of ${counted('images', of)}, in ${seconds.toFixed(1)} s`,
    ...(shown.length === 0
      ? ['', 'There is nothing to score: these images have no labels for this run.']
      : []),
    ...shown.flatMap(({ task, title }) => {
      const drops = new Map(dropsOf(robustness, task).map(({ corruption, drop }) => [corruption, drop]));
      const worst = worstOf(robustness, task);
      const name = (corruption: Corruption): string => inEnglish(say(`corruption.${corruption}`));
      return [
        '',
        `${titleOf(title)} ${score(clean[task])} on the images as they are; ${
          worst === null
            ? 'nothing lowers it by 0.005 or more on average'
            : `what hurts most is ${name(worst.corruption).toLowerCase()} (−${score(worst.drop)} on average)`
        }`,
        ...table(
          ['strength', ...STRENGTHS.map(String), 'mean drop'],
          corruptions.map(({ corruption, strengths }) => [
            name(corruption),
            ...strengths.map((scores) => score(scores[task])),
            score(drops.get(corruption)),
          ]),
        ),
      ];
    }),
  ];
}
