import type { Command } from 'commander';
import { z } from 'zod';
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
            ['model', 'name', 'options'],
            models.map(({ id, title, options }) => [id, title, describeOptions(options)]),
          ),
        ],
      };
    }),
  );
}

const Options = z.object({
  properties: z
    .record(z.string(), z.object({ type: z.string().optional(), enum: z.array(z.string()).optional() }))
    .default({}),
});

/** The options of a JSON schema as `--option` takes them, with their values. */
function describeOptions(schema: object): string {
  const described = Object.entries(Options.parse(schema).properties).map(([name, option]) => {
    const values = option.enum ?? (option.type === 'boolean' ? ['true', 'false'] : [option.type ?? 'VALUE']);
    return `${name}=${values.join('|')}`;
  });
  return described.join(' ') || '–';
}
