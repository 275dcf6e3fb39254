import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted, plural } from './counts.ts';
import { plain } from './text.ts';
import { wholePath } from './whole-path.ts';

export function defineRescue(program: Command, runner: CommandRunner): void {
  const command = program
    .command('rescue')
    .summary('read a damaged project into a new one')
    .description(
      'Read what can be read of a project that can’t be opened (damaged, or made by a stranger) into a new one: ' +
        'images, classes, labels, states, splits and notes. The old project is not touched.',
    )
    .argument('<SOURCE>', 'folder of the project, a backup, or a project file')
    .argument('<PROJECT>', 'the new project');
  withCommonOptions(command, 'twinhead rescue damaged.twinhead cells').action(
    runner.action<[string, string], object>(async (session, [source, project]) => {
      const { problems, ...rescued } = await session.call('project.rescue', {
        source: wholePath(source),
        path: wholePath(project),
      });
      return {
        document: { ...rescued, problems },
        lines: [
          `${plain(rescued.folder)} has ${counted('images', rescued.images)}, ${counted('boxes', rescued.boxes)} and ${plural(rescued.classes, 'class', 'classes')}.`,
          'History, suggestions and runs were left behind.',
        ],
        problems,
      };
    }),
  );
}
