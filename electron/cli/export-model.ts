import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { Certificate, ExportResult } from '../common/jobs.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { formatBytes, formatSmall } from '../common/sentences/format.ts';
import { optionPair } from './option-pair.ts';
import { plain, rate, score } from './text.ts';
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
  command.option('--option <NAME=VALUE...>', 'an option of the format, as “twinhead formats” lists them');
  withCommonOptions(command, 'twinhead export-model cells --run best --format onnx --out model', {
    engine: true,
  }).action(
    runner.action<[string], { run: string; format: string; out: string; option?: string[] }>(
      async (session, [project], { run, format, out, option = [] }) => {
        await session.open(project);
        const folder = wholePath(out);
        const { jobId } = await session.call('models.export', {
          runId: run,
          format,
          out: folder,
          options: Object.fromEntries(option.map(optionPair)),
        });
        const { result, problems } = await session.follow('export-model', jobId);
        return {
          document: { run, format, out: folder, result, problems },
          lines: describeExport(folder, result),
          problems,
        };
      },
    ),
  );
}

/** Where the model is, and what it gave in its own runtime or why it was not run, line by line. */
export function describeExport(
  folder: string,
  { certificate, unverified }: Pick<ExportResult, 'certificate' | 'unverified'>,
): string[] {
  if (certificate !== null) return [`Exported to ${plain(folder)}.`, ...describeCertificate(certificate)];
  return [
    `Written to ${plain(folder)}, not verified.`,
    ...(unverified === null ? [] : [inEnglish(unverified)]),
  ];
}

/** What was compared, and how far apart it was, line by line. */
function describeCertificate(certificate: Certificate): string[] {
  const { runtime, images, differences, detections, scores, milliseconds } = certificate;
  const { beside, calibration } = certificate;
  const small = (value: number): string => formatSmall('en', value);
  return [
    `Run in ${runtime} on ${counted('images', images)} of the project and compared with the trained model:`,
    ...differences.map(
      ({ output, unit, largest, tolerance }) =>
        `  ${output}: differs by at most ${small(largest)}${unit === 'pixels' ? ' pixels' : ''}${tolerance === null ? '' : `; ${small(tolerance)} allowed`}.`,
    ),
    ...(scores ?? []).map(
      ({ metric, engine, model }) =>
        `  ${metric}: ${score(model)}; ${score(engine)} in the engine that trained it.`,
    ),
    ...(detections === undefined
      ? []
      : [`  detections: those that Twinhead keeps, in the same order; ${detections} in all.`]),
    ...(calibration === undefined
      ? []
      : [
          `  Ranges of its integers were measured on ${counted('images', calibration.images)} of the training split.`,
        ]),
    ...(beside === undefined
      ? []
      : [
          `  ${formatBytes('en', beside.bytes.model)} and ${rate(beside.milliseconds.model)} ms per image; in float32 ${formatBytes('en', beside.bytes.float32)} and ${rate(beside.milliseconds.float32)} ms.`,
        ]),
    ...(milliseconds === undefined
      ? []
      : [
          `  ${rate(milliseconds.runtime)} ms per image; ${rate(milliseconds.engine)} ms in the engine that trained it.`,
        ]),
  ];
}
