import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { pageChoice } from './numbers.ts';
import { wholePath } from './whole-path.ts';

export interface PageOption {
  readonly pages?: 'first' | 'all' | number[];
}

interface NewOptions extends PageOption {
  readonly images?: string[];
}

/** Which pages of files with several become images. */
export function withPages(command: Command): Command {
  return command.option(
    '--pages <PAGES>',
    'for files with several pages or frames: first, all, or numbers such as 1,3,5-8',
    pageChoice,
  );
}

export function defineNew(program: Command, runner: CommandRunner): void {
  const command = program
    .command('new')
    .summary('create a project')
    .description('Create a project: a folder NAME.twinhead. The images stay where they are.')
    .argument('<PROJECT>', 'its folder; ".twinhead" is added if missing')
    .option('--images <DIR...>', 'add the images of these folders');
  withCommonOptions(withPages(command), 'twinhead new cells --images photos/monday photos/tuesday', {
    strict: true,
  }).action(
    runner.action<[string], NewOptions>(async (session, [name], { images = [], pages = 'first' }) => {
      const created = await session.create(name, images);
      if (images.length === 0) {
        return {
          document: { project: created, problems: [] },
          lines: [`Created ${created.path}.`, `Next: twinhead serve ${name}`],
        };
      }
      const { jobId } = await session.call('images.add', { folders: images.map(wholePath), pages });
      const { problems } = await session.follow('add-images', jobId);
      const project = await session.call('project.get', {});
      const lines = [
        `Created ${project.path} with ${counted('images', project.images)}.`,
        `Next: twinhead serve ${name}`,
      ];
      return { document: { project, problems }, lines, problems };
    }),
  );
}
