import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { describeAdded } from './counts.ts';
import { withPages } from './new.ts';
import type { PageOption } from './new.ts';
import { wholePath } from './whole-path.ts';

export function defineAdd(program: Command, runner: CommandRunner): void {
  const command = program
    .command('add')
    .summary('add folders of images, or find moved images again')
    .description(
      'Add the images of folders to a project. Images of the project that are no longer where they were, and that are ' +
        'in these folders under any name, are found again by their content. The files stay where they are.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<DIR...>', 'folders of images');
  withCommonOptions(withPages(command), 'twinhead add cells photos/wednesday', { strict: true }).action(
    runner.action<[string, string[]], PageOption>(async (session, [name, folders], { pages = 'first' }) => {
      await session.open(name);
      const { jobId } = await session.call('images.add', { folders: folders.map(wholePath), pages });
      const { result, problems } = await session.follow('add-images', jobId);
      return { document: { result, problems }, lines: [describeAdded(result)], problems };
    }),
  );
}
