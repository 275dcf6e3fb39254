import type { Command } from 'commander';
import type { SnapshotDiff } from '../common/entities.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { findSnapshot } from './snapshot.ts';
import { plain, table } from './text.ts';

export function defineDiff(program: Command, runner: CommandRunner): void {
  const command = program
    .command('diff')
    .summary('compare the labels of two moments')
    .description(
      'Show what has changed in labels, classes and splits from one snapshot to another, or to now.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<FROM>', 'name or id of a snapshot')
    .argument('[TO]', 'name or id of a later one', 'now');
  withCommonOptions(command, 'twinhead diff cells "before cleaning" --json').action(
    runner.action<[string, string, string], object>(async (session, [project, from, to]) => {
      await session.open(project);
      const { snapshots } = await session.call('snapshots.list', {});
      const diff = await session.call('snapshots.diff', {
        from: findSnapshot(snapshots, from).id,
        to: to === 'now' ? null : findSnapshot(snapshots, to).id,
      });
      return { document: diff, lines: describe(diff) };
    }),
  );
}

const FIELDS: Readonly<Record<SnapshotDiff['classes'][number]['changed'][number], string>> = {
  guide: 'guide',
  color: 'colour',
  hotkey: 'key',
  position: 'place in the list',
};

function describe({ images, splits, classes, boxes }: SnapshotDiff): string[] {
  const counts: [string, number][] = [
    ['added', images.added.images],
    ['removed', images.removed.images],
    ['with other boxes', images.boxes.images],
    ['with other attributes of boxes', images.attributes.images],
    ['with another image class', images.imageClasses.images],
    ['in another state', images.states.images],
    ['verified, or not any more', images.verified.images],
    ['flagged, or not any more', images.flags.images],
    ['with another note', images.notes.images],
    ...splits.map(({ from, to, images: moved }): [string, number] => [`from ${from} to ${to}`, moved]),
  ];
  const changed = counts.filter(([, count]) => count > 0);
  const lines = [
    ...classes.flatMap(({ was, now, changed: fields }) => {
      if (was === null) return [`New class: ${plain(now ?? '')}`];
      if (now === null) return [`Deleted class: ${plain(was)}`];
      return [
        ...(was === now ? [] : [`Renamed class: ${plain(was)} to ${plain(now)}`]),
        ...(fields.length === 0
          ? []
          : [`Changed class: ${plain(now)} (${fields.map((field) => FIELDS[field]).join(', ')})`]),
      ];
    }),
    ...(changed.length === 0 ? [] : table(['images', 'number'], changed)),
    ...(boxes.length === 0
      ? []
      : table(
          ['boxes by class', 'added', 'removed', 'moved', 'mean IoU', 'class changed'],
          boxes.map(({ name, added, removed, moved, meanOverlap, reclassed }) => [
            name,
            added.count,
            removed.count,
            moved.count,
            meanOverlap === null ? null : Number(meanOverlap.toFixed(3)),
            reclassed.count,
          ]),
        )),
  ];
  return lines.length === 0 ? ['No label, class or split has changed.'] : lines;
}
