import type { Command } from 'commander';
import { timesRows } from '../common/resources.ts';
import type { Resources, TimesRow } from '../common/resources.ts';
import { formatBytes } from '../common/sentences/format.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { plain, rate, table } from './text.ts';

export function defineResources(program: Command, runner: CommandRunner): void {
  const command = program
    .command('resources')
    .summary('measure the size, time and memory of a run on this machine')
    .description(
      'Count the parameters and multiply-adds of a run, and measure its peak memory and the milliseconds per image, decoding and network apart: in the engine and, where it was exported to ONNX, in ONNX Runtime, for one image and for the best batch. --json has every batch.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best');
  withCommonOptions(command, 'twinhead resources cells --run best --json', { engine: true }).action(
    runner.action<[string], { run: string }>(async (session, [project], { run }) => {
      await session.open(project);
      const { id: runId } = await session.call('runs.get', { runId: run });
      const { jobId } = await session.call('resources.start', { runId });
      const { result, problems } = await session.follow('resources', jobId);
      return { document: resourcesDocument(result), lines: describeResources(result), problems };
    }),
  );
}

/** What `--json` has of them. */
export const resourcesDocument = (resources: Resources): object => ({
  ...resources,
  processor: inEnglish(resources.processor),
});

/** What the command prints, line by line. */
export function describeResources(resources: Resources): string[] {
  const { run, epoch, processor, inputSize, parameters, multiplyAdds, decode } = resources;
  const nameOf = ({ runtime }: TimesRow): string => {
    if (runtime === null) return `decoding, ${counted('images', decode?.images ?? 0)}`;
    return plain(runtime.file === null ? runtime.name : `${runtime.name}: ${runtime.file}`);
  };
  return [
    `${plain(run)}, epoch ${epoch}, on ${plain(inEnglish(processor))}`,
    `${parameters.toLocaleString('en')} parameters${multiplyAdds === null ? '' : `, ${rate(multiplyAdds / 1e6)} million multiply-adds per image of ${inputSize} × ${inputSize} pixels`}`,
    '',
    ...table(
      ['milliseconds per image', 'batch', 'least', 'median', 'most', 'peak memory'],
      timesRows(resources).map((row) => [
        ...[nameOf(row), row.batch],
        ...[row.times.least, row.times.median, row.times.most].map(rate),
        row.peakMemoryBytes === null ? null : formatBytes('en', row.peakMemoryBytes),
      ]),
    ),
  ];
}
