import type { Command } from 'commander';
import type { OutputOf } from '../common/contract.ts';
import type { ComparedScore, Problem, RunComparison } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { taskLabel } from '../common/heads.ts';
import type { TaskName } from '../common/heads.ts';
import type { SideChange } from '../common/score-parts.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { plural } from './counts.ts';
import { evaluatedOn } from './evaluated-on.ts';
import type { EvaluatedOn } from './evaluated-on.ts';
import { evaluationItems } from './evaluation-items.ts';
import { FIGURE_TITLES } from './figures.ts';
import { wholeNumber } from './numbers.ts';
import type { CommandSession } from './session.ts';
import { findSnapshot } from './snapshot.ts';
import { plain, score, table, titleOf } from './text.ts';

interface Options extends Partial<EvaluatedOn> {
  readonly snapshots?: string[];
  readonly limit: number;
}

/** Images that changed sides, as `--json` has them. */
interface Changed {
  readonly task: TaskName;
  readonly change: SideChange;
  readonly count: number;
  readonly images: readonly { readonly id: number; readonly path: string }[];
}

export function defineCompareRuns(program: Command, runner: CommandRunner): void {
  const command = program
    .command('compare-runs')
    .summary('compare two evaluated runs image by image')
    .description(
      'Compare two runs on the same images, or one run with itself by the labels of a snapshot and of a later one: each ' +
        'score of both, their difference with a 95% interval over the same samples of the images, and the images ' +
        'that changed sides. The runs must have been evaluated on these images.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<RUN>', 'the run that is measured against: an id, a name, last or best')
    .argument('[OTHER]', 'the run that is compared with it')
    .option('--snapshots <NAME...>', 'one run by the labels of this snapshot, and of a later one or of now')
    .option('--limit <N>', 'at most this many images of each kind', wholeNumber, 20);
  command.addOption(
    command
      .createOption('--split <SPLIT>', 'images to compare on (default: "val")')
      .choices(['val', 'test', 'train']),
  );
  command
    .option('--test-set <NAME>', 'only the images of this test set')
    .option('--filter <NAME>', 'the images of a saved filter, on which the runs were evaluated');
  withCommonOptions(command, 'twinhead compare-runs cells first second --split test').action(
    runner.action<[string, string, string | undefined], Options>(
      async (session, [project, run, other], { snapshots = [], limit, ...asked }) => {
        await session.open(project);
        const on = await evaluatedOn(session, asked, 'val');
        const sides = await sidesOf(session, run, other, snapshots);
        const set = { runId: sides.own.runId, ...on };
        const answer = await session.call('evaluation.compare', {
          ...{ ...set, snapshot: sides.own.snapshot, base: sides.base },
        });
        const changed: Changed[] = [];
        for (const { task, changes } of answer.comparison.heads)
          for (const { change } of changes) {
            const { base, own } = sides;
            const labels = { before: base.snapshot, after: own.snapshot };
            const part = { of: 'changed', task, change, run: base.runId, ...labels } as const;
            const { total, items } = await evaluationItems(session, { ...set, part, limit });
            const images = items.map(({ image: { id, path } }) => ({ id, path }));
            changed.push({ task, change, count: total, images });
          }
        return {
          document: { ...on, ...sides, ...answer.comparison, changed, baseNotes: answer.baseNotes },
          lines: describeComparison(answer.comparison, changed),
          problems: problemsOf(answer),
        };
      },
    ),
  );
}

interface Side {
  readonly runId: string;
  readonly snapshot: number | null;
}

/** @throws TwinheadError `invalid-input` for less or more than two sides, `not-found` */
async function sidesOf(
  session: CommandSession,
  run: string,
  other: string | undefined,
  names: readonly string[],
): Promise<{ base: Side; own: Side }> {
  if ((other === undefined) === (names.length === 0) || names.length > 2) {
    throw new TwinheadError('invalid-input', say('cli.compareRuns.sides'), {
      place: names.length === 0 ? 'OTHER' : '--snapshots',
      remedy: say('cli.compareRuns.sides.remedy'),
    });
  }
  const { id } = await session.call('runs.get', { runId: run });
  if (other !== undefined) {
    const { id: otherId } = await session.call('runs.get', { runId: other });
    return { base: { runId: id, snapshot: null }, own: { runId: otherId, snapshot: null } };
  }
  const { snapshots } = await session.call('snapshots.list', {});
  const [before = 'now', after = 'now'] = names;
  const side = (name: string): Side => ({
    runId: id,
    snapshot: name === 'now' ? null : findSnapshot(snapshots, name).id,
  });
  return { base: side(before), own: side(after) };
}

function problemsOf({ comparison, baseNotes }: OutputOf<'evaluation.compare'>): Problem[] {
  return [...comparison.notes, ...baseNotes].map((message) => ({ message, severity: 'warning' }));
}

const CHANGES: Readonly<Record<SideChange, string>> = {
  broken: 'right before, wrong now',
  mended: 'wrong before, right now',
  worse: 'wrong both times, more errors now',
  better: 'wrong both times, fewer errors now',
};

/** Told even where there are none. */
const ALWAYS: ReadonlySet<SideChange> = new Set(['broken', 'mended']);

/** What each class is scored by. */
const CLASS_SCORES: Readonly<Record<TaskName, string>> = { imageClass: 'F1', boxes: 'AP50' };

/** What the command prints of a comparison, line by line. */
export function describeComparison(
  { images, figures, classes, heads }: RunComparison,
  changed: readonly Changed[],
): string[] {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${score(Math.abs(value))}`;
  const rowOf = (name: string, { base, own, difference, interval }: ComparedScore): string[] => [
    name,
    score(base),
    score(own),
    difference === null ? '–' : signed(difference),
    interval === null ? '–' : `${signed(interval.low)} to ${signed(interval.high)}`,
  ];
  const head = ['before', 'now', 'difference', '95% interval'];
  return [
    `compared on the same ${images} images; an interval that contains 0 may be chance`,
    '',
    ...table(
      ['score', ...head],
      figures.map((figure) => rowOf(FIGURE_TITLES[figure.id] ?? figure.id, figure)),
    ),
    ...heads.flatMap(({ task, images: labelled }) => {
      const own = classes.filter((one) => one.task === task);
      return [
        ...(own.length === 0
          ? []
          : [
              '',
              ...table(
                [`${CLASS_SCORES[task]} of`, ...head],
                own.map((one) => rowOf(plain(one.name), one)),
              ),
            ]),
        ...changed
          .filter(({ change, count, ...one }) => one.task === task && (count > 0 || ALWAYS.has(change)))
          .flatMap(({ change, count, images: listed }) => [
            '',
            `${titleOf(taskLabel(task))}, ${CHANGES[change]}: ${count} of ${plural(labelled, 'labelled image')}`,
            ...listed.map(({ path }) => `  ${plain(path)}`),
          ]),
      ];
    }),
  ];
}
