import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { RunThresholds, ThresholdGoal } from '../common/thresholds.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { share } from './numbers.ts';
import { plain, score, table } from './text.ts';

/** Reads a goal: `f1`, `recall=0.9`, `false-alarms=5`. */
function goalOf(text: string): ThresholdGoal {
  const [name, value = ''] = text.split('=');
  if (text === 'f1') return { for: 'f1' };
  if (name === 'recall') return { for: 'recall', least: share(value) };
  const most = Number(value);
  if (name === 'false-alarms' && value.trim() !== '' && most >= 0 && Number.isFinite(most))
    return { for: 'falseAlarms', most };
  throw new InvalidArgumentError('It must be f1, recall=0.9 or false-alarms=5 (on 100 images).');
}

export function defineThresholds(program: Command, runner: CommandRunner): void {
  const command = program
    .command('thresholds')
    .summary('choose the minimum score of each class for a run')
    .description(
      'Choose for each class of a run the lowest score at which its boxes count, for a goal on validation. predict, suggestions and exports use it. Without --goal, show the scores.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best; it must have been evaluated on validation')
    .option('--goal <GOAL>', 'f1, recall=0.9, or false-alarms=5 (on 100 images)', goalOf)
    .option('--clear', 'remove the thresholds of the run');
  withCommonOptions(command, 'twinhead thresholds cells --run best --goal recall=0.9').action(
    runner.action<[string], { run: string; goal?: ThresholdGoal; clear?: boolean }>(
      async (session, [project], { run: runId, goal, clear }) => {
        await session.open(project);
        const { thresholds } =
          goal === undefined && clear !== true
            ? await session.call('thresholds.get', { runId })
            : await session.call('thresholds.choose', { runId, goal: goal ?? null });
        return { document: { thresholds }, lines: describe(thresholds) };
      },
    ),
  );
}

function describe(thresholds: RunThresholds | null): string[] {
  if (thresholds === null) return ['The run has no thresholds of its own.'];
  return table(
    ['class', 'score from', 'recall', 'precision', 'false alarms on 100 images', 'goal'],
    thresholds.classes.map((one) => [
      plain(one.name),
      score(one.score),
      score(one.recall),
      score(one.precision),
      one.falseAlarms.toFixed(1),
      one.reached ? 'reached' : 'not reached',
    ]),
  );
}
