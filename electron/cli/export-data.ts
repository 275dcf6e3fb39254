import type { Command } from 'commander';
import type { InputOf } from '../common/contract.ts';
import type { ImageFilter } from '../common/entities.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { describeCounts } from './counts.ts';
import { optionPair } from './option-pair.ts';
import { savedFilter } from './saved-filter.ts';
import { plain } from './text.ts';
import { wholePath } from './whole-path.ts';

interface ExportDataOptions {
  readonly format: string;
  readonly out: string;
  readonly split?: NonNullable<ImageFilter['split']>;
  readonly state?: NonNullable<ImageFilter['state']>;
  readonly filter?: string;
  readonly suggestions?: boolean;
  readonly unseen?: boolean;
  readonly images: NonNullable<InputOf<'dataset.export'>['images']>;
  readonly blur?: string[];
  readonly option?: string[];
  readonly dryRun?: boolean;
}

const SPLITS: readonly ExportDataOptions['split'][] = ['train', 'val', 'test', 'none'];
const STATES: readonly ExportDataOptions['state'][] = ['labelled', 'empty', 'unseen'];
const IMAGES: readonly ExportDataOptions['images'][] = ['copy', 'link', 'none'];

export function defineExportData(program: Command, runner: CommandRunner): void {
  const command = program
    .command('export-data')
    .summary('export labels for other tools')
    .description(
      'Write images and labels of a project as a dataset for other tools. The project stays as it is.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--format <FORMAT>', 'a format that “twinhead formats” lists')
    .requiredOption('--out <DIR>', 'a new folder, or an earlier export’s folder');
  command.addOption(
    command.createOption('--split <SPLIT>', 'only images of this split').choices(SPLITS as string[]),
  );
  command.addOption(
    command.createOption('--state <STATE>', 'only images in this state').choices(STATES as string[]),
  );
  command.option('--filter <NAME>', 'only images that match a saved filter');
  command.option('--suggestions', 'include suggestions as if they were accepted');
  command.option('--unseen', 'include images that nobody has reviewed, as --state unseen does');
  command.addOption(
    command
      .createOption('--images <HOW>', 'copy, hard link, or leave the files where they are')
      .choices(IMAGES)
      .default('copy'),
  );
  command.option('--blur <CLASS...>', 'blur the boxes of these object classes on the copied images');
  command.option(
    '--option <NAME=VALUE...>',
    'an option of the format, as “twinhead formats --json” lists them',
  );
  command.option('--dry-run', 'only count what would be written and lost');
  withCommonOptions(command, 'twinhead export-data cells --format yolo --out cells-yolo').action(
    runner.action<[string], ExportDataOptions>(async (session, [project], options) => {
      await session.open(project);
      const { format, suggestions = false, images, dryRun = false, split, state } = options;
      const out = wholePath(options.out);
      const saved = options.filter === undefined ? {} : (await savedFilter(session, options.filter)).filter;
      const { jobId } = await session.call('dataset.export', {
        format,
        out,
        filter: {
          ...saved,
          ...(split === undefined ? {} : { split }),
          ...(state === undefined ? {} : { state }),
        },
        unseen: options.unseen === true,
        suggestions,
        images,
        blur: options.blur ?? [],
        options: Object.fromEntries((options.option ?? []).map(optionPair)),
        dryRun,
      });
      const { result, problems } = await session.follow('export-data', jobId);
      return {
        document: { dryRun, result, problems },
        lines: [
          describeCounts(result),
          ...(result.convention === null ? [] : [`Coordinates: ${inEnglish(result.convention)}.`]),
          dryRun ? 'Nothing was written.' : `Exported to ${plain(out)}.`,
        ],
        problems,
      };
    }),
  );
}
