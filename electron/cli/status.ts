import type { Command } from 'commander';
import { z } from 'zod';
import type { OutputOf } from '../common/contract.ts';
import type { LabelClass, ProjectInfo, Run } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { isJobKind, unfinished } from '../common/jobs.ts';
import type { JobRecord, JobResult } from '../common/jobs.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { checkFiles } from './check-files.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { problemText } from './output.ts';
import { plain, score, table } from './text.ts';

export function defineStatus(program: Command, runner: CommandRunner): void {
  const command = program
    .command('status')
    .summary('show what is in a project')
    .description('Show what is in a project: images, splits, classes, runs. With --check, examine all of it.')
    .argument('<PROJECT>', 'its folder')
    .option('--check', 'check the database in full');
  withCommonOptions(command, 'twinhead status cells --check').action(
    runner.action<[string], { check?: boolean }>(async (session, [name], { check = false }) => {
      await session.open(name);
      const { result: files, problems } = await checkFiles(session);
      const project = await session.call('project.get', {});
      const { classes } = await session.call('classes.list', {});
      const { runs } = await session.call('runs.list', {});
      const { jobs } = await session.call('jobs.history', {});
      const interrupted = unfinished(jobs);
      const document = { project, classes, runs, interrupted, problems };
      const lines = [
        ...describe(project, files, classes, runs),
        ...interrupted.map((job) => interruption(job, name)),
      ];
      if (!check) return { document, lines, problems };
      const checked = await session.call('project.check', {});
      if (!checked.ok) throw checkFailed(project, checked);
      return {
        document: { ...document, check: checked },
        lines: [...lines, '', 'The check found nothing wrong.'],
        problems: [...problems, ...checked.problems],
      };
    }),
  );
}

const OfRun = z.object({ runId: z.string() });

/** Says what was cut off, how far it had got, and what to do. */
function interruption({ kind, title, input, startedAt, done, total }: JobRecord, project: string): string {
  const share = total !== null && total > 0 && done > 0 ? ` at ${Math.floor((100 * done) / total)}%` : '';
  const run = kind === 'train' ? OfRun.safeParse(input).data?.runId : undefined;
  const remedy = !isJobKind(kind)
    ? plain(inEnglish(say('jobs.otherKind.remedy', { title })))
    : run === undefined
      ? 'start it again.'
      : `go on with: twinhead train ${plain(project)} --resume ${run}`;
  return `“${plain(inEnglish(title))}”, started ${startedAt}, was interrupted${share}: ${remedy}`;
}

function checkFailed(project: ProjectInfo, { problems }: OutputOf<'project.check'>): TwinheadError {
  const words = problems.map(problemText).join('; ');
  return new TwinheadError(
    'project-corrupt',
    say('cli.status.failed', { name: project.name, problems: words }),
    {
      file: project.path,
      remedy: problems[0]?.remedy ?? say('cli.status.failed.remedy'),
      problems,
    },
  );
}

function describe(
  project: ProjectInfo,
  { missing, changed, unreadable }: JobResult<'check-files'>,
  classes: readonly LabelClass[],
  runs: readonly Run[],
): string[] {
  const { byState, bySplit } = project;
  const files = Object.entries({ missing, changed, unreadable })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `, ${count} ${state}`)
    .join('');
  return [
    `${plain(project.name)}  ${plain(project.path)}`,
    `images  ${project.images}: ${byState.labelled} labelled, ${byState.empty} empty, ${byState.unseen} unseen${files}`,
    `splits  train ${bySplit.train}, val ${bySplit.val}, test ${bySplit.test}, none ${bySplit.none}`,
    `boxes   ${project.boxes}`,
    '',
    ...(classes.length === 0
      ? ['No classes yet.']
      : table(
          ['class', 'of', 'uses'],
          classes.map(({ name, kind, uses }) => [name, kind === 'image' ? 'images' : 'boxes', uses]),
        )),
    '',
    ...(runs.length === 0
      ? ['No runs yet.']
      : table(
          ['run', 'id', 'state', 'epochs', 'best', 'started'],
          runs.map((run) => [
            run.name,
            run.id,
            run.state,
            `${run.epoch}/${run.epochs}`,
            score(run.bestScore),
            run.createdAt.slice(0, 16).replace('T', ' '),
          ]),
        )),
  ];
}
