import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { plain, table } from './text.ts';
import { wholePath } from './whole-path.ts';

interface RestoreOptions {
  readonly backup?: string;
  readonly list?: boolean;
}

export function defineRestore(program: Command, runner: CommandRunner): void {
  const command = program
    .command('restore')
    .summary('restore a project from a backup')
    .description(
      'Restore the project file from a backup: the newest whole one. The replaced file is moved aside.',
    )
    .argument('<PROJECT>', 'its folder')
    .option('--backup <NAME>', 'this backup instead of the newest')
    .option('--list', 'only list the backups');
  withCommonOptions(command, 'twinhead restore cells --list').action(
    runner.action<[string], RestoreOptions>(async (session, [project], { backup, list = false }) => {
      if (list) {
        const { backups } = await session.call('project.backups', { path: wholePath(project) });
        const lines = backups.map(({ name, at, reason, holds }) => [
          name,
          at,
          reason,
          holds?.images ?? null,
          holds?.boxes ?? null,
        ]);
        return {
          document: { backups },
          lines:
            lines.length === 0
              ? ['There is no backup.']
              : table(['backup', 'made', 'why', 'images', 'boxes'], lines),
        };
      }
      const restored = await session.call('project.restore', { path: wholePath(project), backup });
      const { movedTo } = restored;
      const info = await session.open(project);
      return {
        document: { ...restored, project: info },
        lines: [
          `${plain(info.path)} is now as in ${plain(restored.backup)}: ${counted('images', info.images)}, ${counted('boxes', info.boxes)}.`,
          ...(movedTo === null ? [] : [`The file that it replaced is kept: ${plain(movedTo)}`]),
        ],
      };
    }),
  );
}
