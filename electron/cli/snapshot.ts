import type { Command } from 'commander';
import type { Snapshot } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { plain, table } from './text.ts';

type Action = 'list' | 'create' | 'restore' | 'delete';

export function defineSnapshot(program: Command, runner: CommandRunner): void {
  const command = program
    .command('snapshot')
    .summary('keep snapshots of labels, classes and splits')
    .description(
      'List, create or delete snapshots of labels, classes and splits, or go back to one. Every import and every ' +
        'training takes one by itself; of those stay the ones of runs that are there, the newest 20, and the last of ' +
        'each of 7 days, 4 weeks and 6 months. Going back is one change to the project, which the interface can undo.',
    );
  command
    .addArgument(
      command
        .createArgument('<ACTION>', 'what to do')
        .choices(['list', 'create', 'restore', 'delete'] satisfies Action[]),
    )
    .argument('<PROJECT>', 'its folder')
    .argument('[NAME]', 'name or id of the snapshot');
  withCommonOptions(command, 'twinhead snapshot create cells "before cleaning"').action(
    runner.action<[Action, string, string | undefined], object>(async (session, [action, project, name]) => {
      await session.open(project);
      if (action === 'list') {
        const { snapshots } = await session.call('snapshots.list', {});
        return { document: { snapshots }, lines: describeSnapshots(snapshots) };
      }
      if (name === undefined) {
        throw new TwinheadError('invalid-input', say('cli.snapshot.unnamed'), {
          place: 'NAME',
          remedy: say('cli.snapshot.unnamed.remedy'),
        });
      }
      if (action === 'create') {
        const snapshot = await session.call('snapshots.create', { name });
        return {
          document: snapshot,
          lines: [`Snapshot ${snapshot.id}: ${plain(inEnglish(snapshot.name))}.`],
        };
      }
      const { snapshots } = await session.call('snapshots.list', {});
      const { id } = findSnapshot(snapshots, name);
      if (action === 'delete') {
        await session.call('snapshots.delete', { id });
        return { document: { id }, lines: ['Deleted the snapshot. The labels stay as they are.'] };
      }
      const restored = await session.call('snapshots.restore', { id });
      return { document: restored, lines: [`Images as they were: ${restored.images}.`] };
    }),
  );
}

/** The one of that name or id. @throws TwinheadError `not-found`; `invalid-input` where several may be meant */
export function findSnapshot(snapshots: readonly Snapshot[], wanted: string): Snapshot {
  const [found, ...others] = snapshots.filter(
    ({ name, id }) => inEnglish(name) === wanted || String(id) === wanted,
  );
  if (found !== undefined && others.length === 0) return found;
  if (found !== undefined) {
    throw new TwinheadError('invalid-input', say('cli.snapshot.several', { name: plain(wanted) }), {
      remedy: say('cli.snapshot.several.remedy', {
        names: [found, ...others].map(({ id, at }) => `${id} (${minute(at)})`).join(', '),
      }),
    });
  }
  throw new TwinheadError('not-found', say('cli.snapshot.none', { name: plain(wanted) }), {
    remedy: say('cli.snapshot.none.remedy'),
  });
}

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

function describeSnapshots(snapshots: readonly Snapshot[]): string[] {
  if (snapshots.length === 0) return ['There are no snapshots yet.'];
  return table(
    ['snapshot', 'id', 'made by', 'at'],
    snapshots.map(({ name, id, kind, at }) => [inEnglish(name), id, kind, minute(at)]),
  );
}
