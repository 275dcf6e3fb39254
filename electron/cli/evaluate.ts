import type { Command } from 'commander';
import { tellFewImages } from '../common/few-images.ts';
import { scoreSheets } from '../common/score-sheets.ts';
import type { SheetCell } from '../common/score-sheets.ts';
import type {
  Calibration,
  Evaluation,
  EvaluationIntervals,
  FalseAlarms,
  Interval,
  Problem,
  ScoreBreakdown,
  SplitScores,
} from '../common/entities.ts';
import { FIGURES } from '../common/heads.ts';
import { notesBeside } from '../common/notes-beside.ts';
import { LANGUAGES } from '../common/sentences/languages.ts';
import type { Language } from '../common/sentences/languages.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { evaluatedOn } from './evaluated-on.ts';
import type { EvaluatedOn } from './evaluated-on.ts';
import { counted } from './counts.ts';
import { resourcesDocument } from './resources.ts';
import type { CommandSession } from './session.ts';
import { plain, score, table, titleOf } from './text.ts';
import { wholePath } from './whole-path.ts';

interface Options extends Partial<EvaluatedOn> {
  readonly run: string;
  readonly allSplits?: boolean;
  readonly report?: string;
  readonly language: Language;
}

const SPLITS = ['val', 'test', 'train'] as const;

export function defineEvaluate(program: Command, runner: CommandRunner): void {
  const command = program
    .command('evaluate')
    .summary('evaluate a run on held-out images')
    .description(
      'Evaluate the best checkpoint of a run on the images of a split, of a test set, or of a saved filter.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best');
  command.addOption(
    command.createOption('--split <SPLIT>', 'images to evaluate on (default: "val")').choices(SPLITS),
  );
  command
    .option('--test-set <NAME>', 'only the images of this test set, a named part of the test split')
    .option('--all-splits', 'also evaluate the other splits that the run was not evaluated on')
    .option('--filter <NAME>', 'the labelled images that match a saved filter, whichever split they are in')
    .option('--report <FILE>', 'also write everything into one HTML page')
    .addOption(
      command
        .createOption('--language <LANGUAGE>', 'language of the report')
        .choices(LANGUAGES)
        .default('en'),
    );
  withCommonOptions(command, 'twinhead evaluate cells --run best --split test', { engine: true }).action(
    runner.action<[string], Options>(
      async (session, [project], { run, report, language, allSplits, ...asked }) => {
        await session.open(project);
        const on = await evaluatedOn(session, asked, 'val');
        const { evaluation, problems } = await evaluate(session, run, on);
        const set = { runId: evaluation.run, ...on };
        const further = allSplits === true ? await evaluateMissing(session, evaluation.run) : [];
        const { splits } = await session.call('evaluation.splits', { runId: evaluation.run });
        const { breakdown } = await session.call('evaluation.breakdown', set);
        const { intervals } = await session.call('evaluation.intervals', set);
        const { robustness } = await session.call('robustness.get', set);
        const { resources } = await session.call('resources.get', { runId: set.runId });
        const { curves } = await session.call('evaluation.curves', set);
        const { calibration } = await session.call('evaluation.calibration', set);
        const { falseAlarms } = await session.call('evaluation.falseAlarms', set);
        const lines = [
          ...describeEvaluation(evaluation, intervals, on),
          ...describeSplits(splits),
          ...describeBreakdown(breakdown),
          ...describeCalibration(calibration),
          ...describeFalseAlarms(falseAlarms),
        ];
        if (report !== undefined) {
          const out = wholePath(report);
          const { file } = await session.call('evaluation.report', { ...set, out, language });
          lines.push('', `report  ${file}`);
        }
        return {
          document: {
            ...{ ...evaluation, ...on, splits, intervals, curves, calibration, falseAlarms },
            ...{ breakdown, robustness, resources: resources && resourcesDocument(resources) },
          },
          lines,
          problems: [...problems, ...further],
        };
      },
    ),
  );
}

/** Runs an evaluation to its end. @throws TwinheadError as the job failed. */
export async function evaluate(
  session: CommandSession,
  runId: string,
  on: EvaluatedOn,
): Promise<{ evaluation: Evaluation; problems: readonly Problem[] }> {
  const { id } = await session.call('runs.get', { runId });
  const { jobId } = await session.call('evaluation.start', { runId: id, ...on });
  const { problems, result } = await session.follow('evaluate', jobId);
  const { evaluation: found, live } = await session.call('evaluation.get', { runId: id, ...on });
  const evaluation = found && { ...found, seconds: result.seconds };
  if (evaluation === null) throw new Error('The evaluation is done but was not stored.');
  const few = tellFewImages(evaluation);
  const notes = [...(few === null ? [] : [few]), ...notesBeside(problems, live?.notes ?? [])].map(
    (message): Problem => ({ message, severity: 'warning' }),
  );
  return { evaluation, problems: [...notes, ...problems] };
}

/** Evaluates a run on the splits that lack it. @returns what is to be said of their images */
async function evaluateMissing(session: CommandSession, runId: string): Promise<Problem[]> {
  const { splits } = await session.call('evaluation.splits', { runId });
  const problems: Problem[] = [];
  for (const { split, scores, evaluable } of splits)
    if (scores === null && evaluable) problems.push(...(await evaluate(session, runId, { split })).problems);
  return problems;
}

/** What the command prints of an evaluation, line by line. */
export function describeEvaluation(
  evaluation: Evaluation,
  intervals: EvaluationIntervals | null,
  { split, testSet, filter }: EvaluatedOn = evaluation,
): string[] {
  const { run, images, seconds, overall } = evaluation;
  const set =
    filter !== undefined
      ? `saved filter “${plain(filter)}”`
      : testSet !== undefined
        ? `test set “${plain(testSet)}”`
        : split;
  const range = (interval: Interval | null | undefined): string =>
    interval ? ` (95% interval: ${score(interval.low)} to ${score(interval.high)})` : '';
  return [
    `${plain(run)} on ${counted('images', images)} of ${set}: overall ${score(overall)}${range(intervals?.overall)}${seconds === null ? '' : `, in ${seconds.toFixed(1)} s`}`,
    ...scoreSheets(evaluation).flatMap(({ task, label, values, tables, countedFrom }) => {
      const [first, ...others] = values.map(
        ({ word, short, value }) => `${short ?? titleOf(word)} ${score(value)}`,
      );
      const said = [`${first}${range(intervals?.tasks[task])}`, ...others].join(', ');
      const shown = tables
        .filter(({ detail }) => !detail)
        .map(({ columns, rows }) =>
          table(
            columns.map(titleOf),
            rows.map((row) => row.map(textOf)),
          ),
        );
      return [
        '',
        `${titleOf(label)}  ${said}`,
        ...shown.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines)),
        ...(countedFrom === null
          ? []
          : [`errors: detections with a score of ${score(countedFrom)} or more, as for mAP`]),
      ];
    }),
  ];
}

/** What the command prints of the same run on each split: a line a task. */
export function describeSplits(splits: readonly SplitScores[]): string[] {
  if (splits.filter(({ scores }) => scores !== null).length < 2) return [];
  const training = splits.find(({ split }) => split === 'train')?.scores?.tasks;
  const lines = FIGURES.filter(({ first }) => first).flatMap(({ id, task }) => {
    const known = splits.flatMap(({ split, scores }) => {
      const value = scores?.tasks[task] ?? null;
      const base = training?.[task] ?? null;
      if (value === null) return [];
      if (split === 'train' || base === null) return [`${split} ${score(value)}`];
      const sign = value >= base ? '+' : '−';
      return [`${split} ${score(value)} (${sign}${score(Math.abs(value - base))} against train)`];
    });
    return known.length < 2 ? [] : [`${id}  ${known.join(', ')}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Groups that a terminal lists: those with the lowest scores. */
const WORST_GROUPS = 10;

/** What the command prints of groups of images and of their numbers of boxes. */
export function describeBreakdown(breakdown: ScoreBreakdown | null): string[] {
  if (breakdown === null) return [];
  const { groups, objects, groupsLeftOut, attributes, valuesLeftOut } = breakdown;
  const figures = FIGURES.filter(
    ({ first, task }) =>
      first && [...groups, ...objects, ...attributes].some(({ tasks }) => (tasks[task] ?? null) !== null),
  );
  const rowOf = (
    name: string,
    { images, tasks }: Pick<ScoreBreakdown['objects'][number], 'images' | 'tasks'>,
  ) => [name, images, ...figures.map(({ task }) => score(tasks[task] ?? null))];
  const head = (first: string): string[] => [first, 'images', ...figures.map(({ id }) => id)];
  const [main] = figures;
  const lowest = groups
    .toSorted((a, b) => ((main && a.tasks[main.task]) ?? 2) - ((main && b.tasks[main.task]) ?? 2))
    .slice(0, WORST_GROUPS);
  const more = groups.length + groupsLeftOut - lowest.length;
  const nameOf = ({ from, to }: (typeof objects)[number]): string =>
    to === null ? `${from} or more` : to === from + 1 ? String(from) : `${from} to ${to - 1}`;
  return [
    ...(lowest.length === 0
      ? []
      : [
          '',
          ...table(
            head(more > 0 ? `group (${more} more)` : 'group'),
            lowest.map((group) => rowOf(plain(group.name), group)),
          ),
        ]),
    ...(objects.length === 0
      ? []
      : [
          '',
          ...table(
            head('boxes on an image'),
            objects.map((bin) => rowOf(nameOf(bin), bin)),
          ),
        ]),
    ...(attributes.length === 0
      ? []
      : [
          '',
          ...table(
            [
              valuesLeftOut > 0 ? `attribute (${valuesLeftOut} more values)` : 'attribute',
              ...['boxes', 'found', 'mean IoU', 'on images', ...figures.map(({ id }) => id)],
            ],
            attributes.map((one) => {
              const named = `${plain(one.name)}: ${one.value === null ? '(not set)' : plain(String(one.value))}`;
              const found = score(one.boxes === 0 ? null : one.found / one.boxes);
              return [named, one.boxes, found, score(one.meanIou), ...rowOf('', one).slice(1)];
            }),
          ),
        ]),
  ];
}

/** What the command prints of confidence in image classes. */
export function describeCalibration(calibration: Calibration | null): string[] {
  if (calibration === null) return [];
  const { error, temperature, scaledError } = calibration;
  const scaled =
    temperature === null
      ? ''
      : `, ${score(scaledError)} with temperature ${temperature.toFixed(2)} (fitted on validation)`;
  return ['', `image classes: calibration error ${score(error)}${scaled}`];
}

/** What the command prints of images that are known to be empty. */
export function describeFalseAlarms(alarms: FalseAlarms | null): string[] {
  if (alarms === null || alarms.images === 0) return [];
  const { alarmed, images, detections, from } = alarms;
  const counted = from === null ? 'the run’s own thresholds' : `a score of ${score(from)}`;
  const rate = ((100 * detections) / images).toFixed(1);
  return [
    '',
    `empty images: false alarms on ${alarmed} of ${images}, ${rate} per 100 images, from ${counted}`,
  ];
}

function textOf(cell: SheetCell): string | number {
  if (typeof cell === 'string') return cell;
  if ('share' in cell) return score(cell.share);
  if ('gain' in cell) return `+${score(cell.gain)}`;
  return 'count' in cell ? cell.count : titleOf(cell.word);
}
