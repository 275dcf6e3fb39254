import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { ExportResult } from '../common/jobs.ts';
import type { CommandRunner } from './command.ts';
import { plain } from './text.ts';
import { wholePath } from './whole-path.ts';

export function defineExportModel(program: Command, runner: CommandRunner): void {
  const command = program
    .command('export-model')
    .summary('export a model for another runtime')
    .description(
      'Write the best checkpoint of a run for another runtime, and finish only once their outputs agree.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best');
  command.requiredOption('--format <FORMAT>', 'a format that “twinhead formats” lists');
  command.requiredOption('--out <DIR>', 'folder for the files; created if missing');
  withCommonOptions(command, 'twinhead export-model cells --run best --format onnx --out model', {
    engine: true,
  }).action(
    runner.action<[string], { run: string; format: string; out: string }>(
      async (session, [project], { run, format, out }) => {
        await session.open(project);
        const folder = wholePath(out);
        const { jobId } = await session.call('models.export', { runId: run, format, out: folder });
        const { result, problems } = await session.follow('export-model', jobId);
        return {
          document: { run, format, out: folder, result, problems },
          lines: [`Exported to ${plain(folder)}.`, ...describe(result)],
          problems,
        };
      },
    ),
  );
}

/** Names and values of the result's plain parts, one a line. */
function describe(result: ExportResult): string[] {
  return Object.entries(result).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number'
      ? [`  ${plain(name)}: ${plain(String(value))}`]
      : [],
  );
}
