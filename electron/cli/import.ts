import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import path from 'node:path';
import { ColumnMapping, ColumnRole, Convention } from '../common/columns.ts';
import type { InputOf } from '../common/contract.ts';
import { OnConflict, Split } from '../common/entities.ts';
import type { ImportReport } from '../common/jobs.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { TemporaryFolder } from '../files/index.ts';
import { withCommonOptions } from './command.ts';
import type { CommandResult, CommandRunner } from './command.ts';
import type { CommandSession } from './session.ts';
import { describeCounts } from './counts.ts';
import { table } from './text.ts';
import { wholePath } from './whole-path.ts';

interface ImportOptions {
  readonly format: string;
  readonly encoding?: string;
  readonly images?: string[];
  readonly columns?: ColumnMapping;
  readonly map?: string[];
  readonly convention: Convention | 'auto';
  readonly split: NonNullable<InputOf<'dataset.import'>['split']>;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly asSuggestions?: boolean;
  readonly onConflict: OnConflict;
  readonly groupField?: string;
}

const SPLITS: readonly ImportOptions['split'][] = ['from-source', 'train', 'val', 'test', 'none'];

export function defineImport(program: Command, runner: CommandRunner): void {
  const command = program
    .command('import')
    .summary('import a labelled dataset')
    .description('Import images and labels of a dataset into a project. The images stay where they are.')
    .argument('<PROJECT>', 'its folder; created if missing')
    .argument('<PATH...>', 'file or folder of the dataset; several of one format are one dataset');
  command.option('--format <FORMAT>', 'a format that “twinhead formats” lists, or auto', 'auto');
  command.option('--images <DIR...>', 'where the images are, if not beside the labels');
  command.addOption(
    command
      .createOption('--split <SPLIT>', 'split of the imported images')
      .choices(SPLITS)
      .default('from-source'),
  );
  command.option('--as-suggestions', 'import boxes and classes as suggestions, to accept or reject');
  command.addOption(
    command
      .createOption(
        '--on-conflict <CHOICE>',
        'for images that have labels here: update what an earlier import brought and nobody has touched; merge, so ' +
          'that all stays; replace by the source; skip such images; suggest what the source says',
      )
      .choices(OnConflict.options)
      .default('update'),
  );
  command.option(
    '--encoding <NAME>',
    'encoding of labels that are not UTF-8: gbk, shift_jis, windows-1252 …',
  );
  command.option(
    '--columns <ROLE=NAME,…>',
    'columns of a table: “image=file,class=label,xmin=x1,ymin=y1,xmax=x2,ymax=y2”; or x, y, width, height; also split, group, score, ' +
      'imageWidth, imageHeight. A name of the first line, or a number from 1',
    columnMapping,
  );
  command.addOption(
    command
      .createOption(
        '--convention <HOW>',
        'how a table or Pascal VOC counts: edges from 0, pixels from 1 (both corners inside), shares of the image',
      )
      .choices(['auto', ...Convention.options])
      .default('auto'),
  );
  command.option(
    '--group-field <NAME>',
    'a field of the images in the source, such as patient_id: images with the same value stay in one split',
  );
  command.option('--map <FROM=TO...>', 'import a class of the source as another; “FROM=” leaves it out');
  command.option('--dry-run', 'only read and report; change nothing');
  const example = 'twinhead import cells annotations.json --images photos --dry-run';
  withCommonOptions(command, example, { strict: true }).action(
    runner.action<[string, string[]], ImportOptions>(async (session, [name, sources], options) => {
      const {
        format,
        encoding,
        images = [],
        split,
        dryRun = false,
        strict = false,
        asSuggestions = false,
        onConflict,
        columns,
        convention,
        groupField,
      } = options;
      const run = async (): Promise<CommandResult> => {
        const { jobId } = await session.call('dataset.import', {
          paths: sources.map(wholePath),
          format,
          encoding,
          imageFolders: images.map(wholePath),
          split,
          dryRun,
          strict,
          asSuggestions,
          onConflict,
          columns,
          classMap: Object.fromEntries((options.map ?? []).map(classPair)),
          convention: convention === 'auto' ? undefined : convention,
          groupField,
        });
        const { result, problems } = await session.follow('import', jobId);
        const project = dryRun ? null : await session.call('project.get', {});
        return {
          document: { dryRun, result, project, problems },
          lines: [
            ...(result.format === undefined ? [] : [`Read as ${result.format}.`]),
            describeCounts(result),
            ...describeContents(result),
            ...describeConvention(result),
            ...describeGroupFields(result),
            ...describeChoices(result),
            dryRun ? 'Nothing was changed.' : `Now in ${project?.path ?? ''}.`,
          ],
          problems,
        };
      };
      if (dryRun && !session.projectExists(name)) return inThrowawayProject(session, run);
      await session.openOrCreate(name);
      return run();
    }),
  );
}

/** `kitty=cat`; `kitty=` for none. */
function classPair(text: string): [string, string | null] {
  const at = text.indexOf('=');
  if (at < 1) throw new TwinheadError('invalid-input', say('cli.option', { text }), { place: '--map' });
  const to = text.slice(at + 1).trim();
  return [text.slice(0, at), to === '' ? null : to];
}

/** `image=file,xmin=x1`; a name may have an equals sign in it, no comma. */
function columnMapping(text: string): ColumnMapping {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  const read = ColumnMapping.safeParse(Object.fromEntries(pairs));
  if (read.success) return read.data;
  throw new InvalidArgumentError(
    `It must be ROLE=NAME,… with these roles: ${ColumnRole.options.join(', ')}.`,
  );
}

/** What a dry run has found: splits and classes. */
function describeContents({ splits, classes }: ImportReport): string[] {
  if (splits === undefined || classes === undefined) return [];
  const shares = Split.options.flatMap((one) => (splits[one] === 0 ? [] : [`${one} ${splits[one]}`]));
  const rows = classes.map(({ kind, name, uses, known }) => [
    name,
    kind === 'image' ? 'images' : 'boxes',
    uses,
    known ? 'yes' : 'no',
  ]);
  return [
    ...(shares.length === 0 ? [] : [`Splits: ${shares.join(', ')}.`]),
    ...(rows.length === 0 ? [] : ['', ...table(['class in the source', 'of', 'uses', 'here'], rows), '']),
  ];
}

/** What could stay together when splits are drawn. */
function describeGroupFields({ groups = 0, groupFields = [] }: ImportReport): string[] {
  return groups > 0 || groupFields.length === 0
    ? []
    : [`Fields that could name groups of images (--group-field): ${groupFields.join(', ')}.`];
}

/** How coordinates were counted, where there are several ways. */
function describeConvention({ convention }: ImportReport): string[] {
  if (convention === undefined) return [];
  const { used, sure, why } = convention;
  const others = Convention.options.filter((one) => one !== used);
  const choose = sure ? '' : ` Not sure: look at some boxes; otherwise --convention ${others.join(' or ')}.`;
  return [`Coordinates: ${used} (${inEnglish(why)}).${choose}`];
}

/** What each way of treating labels that are here would come to. */
function describeChoices({ imagesLabelled, choices }: ImportReport): string[] {
  if (choices.length === 0) return [];
  return [
    '',
    imagesLabelled === 1
      ? 'One image already has labels here:'
      : `${imagesLabelled} images already have labels here:`,
    ...table(
      ['--on-conflict', 'images changed', 'boxes added', 'changed', 'removed', 'left out', 'suggested'],
      choices.map((one) => [
        one.choice,
        one.images,
        one.boxesAdded,
        one.boxesChanged,
        one.boxesRemoved,
        one.boxesKept,
        one.suggestions,
      ]),
    ),
    '',
  ];
}

/** A dry run changes nothing, and so makes no project: where there is none, it reads into one that is thrown away. */
async function inThrowawayProject(
  session: CommandSession,
  run: () => Promise<CommandResult>,
): Promise<CommandResult> {
  using folder = new TemporaryFolder('twinhead-dry-run-');
  const project = path.join(folder.path, 'dry-run');
  await session.openOrCreate(project);
  await session.forget(project);
  return await run();
}
