import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { table } from './text.ts';

export function defineFormats(program: Command, runner: CommandRunner): void {
  const command = program
    .command('formats')
    .summary('list the formats of datasets and models')
    .description('List the formats that datasets are imported from and exported to, and those of models.');
  withCommonOptions(command, 'twinhead formats').action(
    runner.action<[], object>(async (session) => {
      const { datasets, models } = await session.call('formats.list', {});
      const yes = (value: boolean): string => (value ? 'yes' : '–');
      return {
        document: { datasets, models },
        lines: [
          ...table(
            ['dataset', 'name', 'import', 'export', 'cannot say'],
            datasets.map(({ id, title, reads, writes, loses }) => [
              id,
              title,
              yes(reads),
              yes(writes),
              loses.join(', ') || '–',
            ]),
          ),
          '',
          ...table(
            ['model', 'name'],
            models.map(({ id, title }) => [id, title]),
          ),
        ],
      };
    }),
  );
}
