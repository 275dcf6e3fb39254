import type { Command } from 'commander';
import { IMAGE_STATES, SPLITS } from '../common/entities.ts';
import type { LabelFigures } from '../common/entities.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { checkFiles } from './check-files.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { lookAtPictures } from './look-at-pictures.ts';
import { plain, table } from './text.ts';

export function defineHealth(program: Command, runner: CommandRunner): void {
  const command = program
    .command('health')
    .summary('list what is worth a look in images and labels')
    .description('Count how labels are spread, and list what may spoil a training. Changes no label.')
    .argument('<PROJECT>', 'its folder')
    .option('--no-pictures', 'leave out what only the pixels show: blurred, dark, near-duplicates');
  withCommonOptions(command, 'twinhead health cells --json').action(
    runner.action<[string], { pictures: boolean }>(async (session, [project], { pictures }) => {
      await session.open(project);
      await checkFiles(session);
      if (pictures) await lookAtPictures(session);
      const { findings, figures } = await session.call('dataset.review', {});
      return {
        document: { findings, figures },
        lines: [
          ...(findings.length === 0
            ? ['Nothing is worth a look.']
            : findings.map(({ severity, message }) => `${severity}: ${plain(inEnglish(message))}`)),
          '',
          ...bins('boxes by side in pixels', figures.sizes),
          '',
          ...bins('images by number of boxes', figures.boxesPerImage),
          '',
          ...table(
            ['class', 'kind', 'labels', ...SPLITS],
            figures.classes.map(({ name, kind, labels, splits }) => [
              ...[plain(name), kind, labels],
              ...SPLITS.map((split) => splits[split]),
            ]),
          ),
          '',
          ...table(
            ['images', ...IMAGE_STATES],
            SPLITS.map((split) => [split, ...IMAGE_STATES.map((state) => figures.states[split][state])]),
          ),
          '',
          ...table(
            ['folder, video or pages', 'images', ...IMAGE_STATES, ...SPLITS, 'boxes'],
            figures.groups.map(({ name, images, states, splits, boxes }) => [
              ...[plain(name), images],
              ...IMAGE_STATES.map((state) => states[state]),
              ...SPLITS.map((split) => splits[split]),
              boxes,
            ]),
          ),
          ...(figures.groupsLeftOut === 0 ? [] : [`and ${figures.groupsLeftOut} more with fewer images`]),
        ],
      };
    }),
  );
}

function bins(name: string, counts: LabelFigures['sizes']): string[] {
  return table(
    [name, 'number'],
    counts.map(({ from, to, count }) => [
      to === null ? `${from} and more` : `from ${from} below ${to}`,
      count,
    ]),
  );
}
