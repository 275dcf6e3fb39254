import path from 'node:path';
import type { Command } from 'commander';
import type { BoxErrorKind } from '../common/heads.ts';
import type { Evaluation, EvaluationIntervals, Interval, Problem, Split } from '../common/entities.ts';
import { LANGUAGES } from '../common/sentences/languages.ts';
import type { Language } from '../common/sentences/languages.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import type { CommandSession } from './session.ts';
import { plain, score, table } from './text.ts';

const ERROR_NAMES: Readonly<Record<BoxErrorKind, string>> = {
  class: 'wrong class',
  place: 'wrong place',
  both: 'wrong class and place',
  double: 'found twice',
  background: 'nothing there',
  missed: 'missed',
};
interface Options {
  readonly run: string;
  readonly split: Split;
  readonly report?: string;
  readonly language: Language;
}

const SPLITS = ['val', 'test', 'train'] as const;

export function defineEvaluate(program: Command, runner: CommandRunner): void {
  const command = program
    .command('evaluate')
    .summary('evaluate a run on held-out images')
    .description('Evaluate the best checkpoint of a run on the images of a split.')
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best');
  command.addOption(
    command.createOption('--split <SPLIT>', 'images to evaluate on').choices(SPLITS).default('val'),
  );
  command
    .option('--report <FILE>', 'also write everything into one HTML page')
    .addOption(
      command
        .createOption('--language <LANGUAGE>', 'language of the report')
        .choices(LANGUAGES)
        .default('en'),
    );
  withCommonOptions(command, 'twinhead evaluate cells --run best --split test', { engine: true }).action(
    runner.action<[string], Options>(async (session, [project], { run, split, report, language }) => {
      await session.open(project);
      const { evaluation, problems } = await evaluate(session, run, split);
      const { intervals } = await session.call('evaluation.intervals', { runId: evaluation.run, split });
      const lines = describe(evaluation, intervals);
      if (report !== undefined) {
        const out = path.resolve(report);
        const { file } = await session.call('evaluation.report', {
          runId: evaluation.run,
          split,
          out,
          language,
        });
        lines.push('', `report  ${file}`);
      }
      return { document: { ...evaluation, intervals }, lines, problems };
    }),
  );
}

/** Runs an evaluation to its end. @throws TwinheadError as the job failed. */
export async function evaluate(
  session: CommandSession,
  runId: string,
  split: Split,
): Promise<{ evaluation: Evaluation; problems: readonly Problem[] }> {
  const { id } = await session.call('runs.get', { runId });
  const { jobId } = await session.call('evaluation.start', { runId: id, split });
  const { problems } = await session.follow('evaluate', jobId);
  const { evaluation } = await session.call('evaluation.get', { runId: id, split });
  if (evaluation === null) throw new Error('The evaluation is done but was not stored.');
  return { evaluation, problems };
}

function describe(
  { run, split, images, seconds, overall, imageClass, boxes }: Evaluation,
  intervals: EvaluationIntervals | null,
): string[] {
  const range = (interval: Interval | null | undefined): string =>
    interval ? ` (95 %: ${score(interval.low)} to ${score(interval.high)})` : '';
  const lines = [
    `${plain(run)} on ${images} images of ${split}: overall ${score(overall)}${range(intervals?.overall)}, in ${seconds.toFixed(1)} s`,
  ];
  if (imageClass) {
    lines.push(
      '',
      `image class  accuracy ${score(imageClass.accuracy)}${range(intervals?.tasks['imageClass'])}, balanced ${score(imageClass.balancedAccuracy)}, ` +
        `macro precision ${score(imageClass.macroPrecision)}, recall ${score(imageClass.macroRecall)}, F1 ${score(imageClass.macroF1)}`,
      ...table(
        ['class', 'precision', 'recall', 'F1', 'images'],
        imageClass.perClass.map((one) => [
          one.name,
          score(one.precision),
          score(one.recall),
          score(one.f1),
          one.support,
        ]),
      ),
    );
  }
  if (boxes) {
    lines.push(
      '',
      `boxes  mAP50 ${score(boxes.map50)}${range(intervals?.tasks['boxes'])}, mAP75 ${score(boxes.map75)}, mAP ${score(boxes.map)}`,
      ...table(
        ['class', 'AP50', 'AP75', 'AP', 'best F1', 'at score', 'boxes'],
        boxes.perClass.map((one) => [
          one.name,
          score(one.ap50),
          score(one.ap75),
          score(one.ap),
          score(one.best?.f1 ?? null),
          score(one.best?.score ?? null),
          one.truths,
        ]),
      ),
      '',
      ...table(
        ['error', 'count', 'mAP50 gain'],
        (boxes.errors ?? []).map(({ kind, count, cost }) => [ERROR_NAMES[kind], count, `+${score(cost)}`]),
      ),
    );
  }
  return lines;
}
