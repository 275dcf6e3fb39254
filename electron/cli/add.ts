import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { describeAdded, describeFound } from './counts.ts';
import { withPages } from './new.ts';
import type { PageOption } from './new.ts';
import { wholePath } from './whole-path.ts';

interface AddOptions extends PageOption {
  readonly onlyMissing?: boolean;
}

export function defineAdd(program: Command, runner: CommandRunner): void {
  const command = program
    .command('add')
    .summary('add folders of images, or find moved images again')
    .description(
      'Add the images of folders to a project. Images of the project that are no longer where they were, and that are ' +
        'in these folders under any name, are found again by their content. The files stay where they are.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<DIR...>', 'folders of images')
    .option('--only-missing', 'add nothing: only find missing images of the project again');
  withCommonOptions(withPages(command), 'twinhead add cells photos/wednesday', { strict: true }).action(
    runner.action<[string, string[]], AddOptions>(async (session, [name, given], { onlyMissing, pages }) => {
      const folders = given.map(wholePath);
      await session.open(name);
      if (onlyMissing === true) {
        const { jobId } = await session.call('images.findMissing', { folders });
        const { result, problems } = await session.follow('find-missing', jobId);
        return { document: { result, problems }, lines: [describeFound(result)], problems };
      }
      const { jobId } = await session.call('images.add', { folders, pages });
      const { result, problems } = await session.follow('add-images', jobId);
      return { document: { result, problems }, lines: [describeAdded(result)], problems };
    }),
  );
}
