import path from 'node:path';
import type { TableColumns } from '../../common/columns.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { ImportReport } from '../../common/jobs.ts';
import type { ReadDataset } from '../../exchange/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import { exportDataset } from './dataset-export.ts';
import { importDataset } from './import.ts';
import { importKeeping, importZip, isZip, namingSource } from './import-zip.ts';
import type { JobContext } from '../scope/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { TemporaryFolder, ZipArchive } from '../../files/index.ts';
import { PackedPictures } from '../images/packed-pictures.ts';
import { pathOfSystem } from '../base/paths.ts';
import { readSource } from './reading.ts';

type DatasetCalls = 'dataset.import' | 'dataset.columns' | 'dataset.review' | 'dataset.export';

/** Loaded when it is first asked for. */
const exchange = () => import('../../exchange/index.ts');

/** Labelled data sets from elsewhere and for elsewhere, and what is worth a look in this one. */
export function datasetHandlers({ jobs }: ServiceContext): Pick<Handlers, DatasetCalls> {
  return {
    'dataset.import': async ({ editId, ...input }, { project }) => {
      const {
        format,
        encoding,
        split,
        dryRun,
        samples,
        classMap,
        strict,
        asSuggestions,
        onConflict,
        convention,
        groupField,
      } = input;
      if (format !== 'auto') (await exchange()).readableFormat(format);
      const files = [...new Set(input.paths.map(pathOfSystem))];
      const imageFolders = input.imageFolders.map(pathOfSystem);
      const name = nameOf(files);
      const title = say(dryRun ? 'jobs.import.dryRun' : 'jobs.import', { name });
      const jobId = jobs.start(project, 'import', { title, input, editId }, async (job) => {
        let table: TableColumns | null = null;
        const read = async (
          paths: readonly string[],
          { signal, progress }: JobContext,
          pictures: PackedPictures,
        ): Promise<ReadDataset> => {
          table = await firstTable(project, paths, format);
          const columns = input.columns ?? (table?.by === 'before' ? table.columns : undefined);
          return readSource(
            {
              paths,
              format,
              imageFolders,
              split,
              encoding,
              columns,
              convention,
            },
            {
              signal,
              pictures,
              onProgress: (done, total) => progress(done, total, say('jobs.doing.readingLabels')),
            },
          );
        };
        const remember = (report: ImportReport): ImportReport => {
          if (!dryRun && table !== null && input.columns !== undefined)
            project.store.settings.rememberColumns(table.names, input.columns);
          return report;
        };
        const request = {
          imageFolders,
          title: name,
          source: files.toSorted().join('\n'),
          onConflict,
          dryRun,
          samples,
          classMap,
          strict,
          asSuggestions,
          groupField,
        };
        const zip = await zipOf(files);
        if (zip !== null)
          return remember(
            await importZip(project, job, {
              file: zip,
              read: (folder, ...rest) => read([folder], ...rest),
              request,
            }),
          );
        await using pictures = new PackedPictures(project);
        const found = await read(files, job, pictures);
        const { dataset, problems } = found;
        const source = pictures.source(request.title);
        const report = pictures.used
          ? await namingSource(job, pictures.folder, folderOf(files), (named) =>
              importKeeping(project, named, { pictures, source, found, request }),
            )
          : await importDataset(project, job, { ...request, dataset }, problems);
        return remember(report);
      });
      return { jobId };
    },
    'dataset.columns': async (input, { project }) => {
      const files = input.paths.map(pathOfSystem);
      const zip = await zipOf(files);
      return { table: zip === null ? await firstTable(project, files) : await packedTable(project, zip) };
    },
    'dataset.export': async (input, { project }) => {
      (await exchange()).writableFormat(input.format);
      const request = { ...input, out: pathOfSystem(input.out) };
      const name = path.basename(request.out);
      const title = say(request.dryRun ? 'jobs.export.dryRun' : 'jobs.export', { name });
      const jobId = jobs.start(project, 'export-data', { title, input: request }, (job) =>
        exportDataset(project, job, request),
      );
      return { jobId };
    },
    'dataset.review': async (_input, { project }) => {
      const { revision, findings, figures } = await project.store.review();
      return { revision, findings: [...findings], figures };
    },
  };
}

/** Names that are told. */
const NAMED = 3;

/** What an import is called: by its files, each with its folder where two have one name. */
function nameOf(files: readonly string[]): string {
  const names = files.map((file) => path.basename(file));
  const told =
    new Set(names).size === names.length
      ? names
      : files.map((file) => path.join(path.basename(path.dirname(file)), path.basename(file)));
  const first = told.slice(0, NAMED).join(', ');
  return told.length > NAMED ? `${first} … (${told.length})` : first;
}

/** What holds all of them: the only one, or the folder that the first lies in. */
const folderOf = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? first! : path.dirname(first!);

/**
 * The archive that is imported; null where there is none.
 * @throws TwinheadError `invalid-input` for one among several files
 */
async function zipOf(files: readonly string[]): Promise<string | null> {
  for (const file of files) {
    if (!(await isZip(file))) continue;
    if (files.length === 1) return file;
    throw new TwinheadError('invalid-input', say('services.import.zipAmong'), {
      file,
      remedy: say('services.import.zipAmong.remedy'),
    });
  }
  return null;
}

/** The first table whose columns don't say by their names what they are. */
async function firstTable(
  project: OpenProject,
  files: readonly string[],
  format?: string,
): Promise<TableColumns | null> {
  let first: TableColumns | null = null;
  for (const file of files) {
    const table = await tableOf(project, file, format);
    if (table !== null && table.by !== 'names') return table;
    first ??= table;
  }
  return first;
}

/** The table at a path; what an earlier import of such a table said of its columns goes before any guess. */
async function tableOf({ store }: OpenProject, file: string, format = 'auto'): Promise<TableColumns | null> {
  const { FORMATS, tableColumns } = await exchange();
  if (format !== 'auto' && FORMATS.find(({ id }) => id === format)?.asks?.includes('columns') !== true)
    return null;
  const table = await tableColumns(file);
  const before = table === null ? undefined : store.settings.knownColumns(table.names);
  return table === null || before === undefined ? table : { ...table, columns: before, by: 'before' };
}

const MOST_TABLE_BYTES = 200_000_000;

/** The table of an archive; null where there is none, or labels of other formats beside it, which it is about then. */
async function packedTable(project: OpenProject, file: string): Promise<TableColumns | null> {
  const { isLabelFile, isTable } = await exchange();
  using archive = await ZipArchive.open(file);
  const files = archive.files.filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)/.test(name));
  const entry = files.find(({ name, bytes }) => isTable(name) && bytes < MOST_TABLE_BYTES);
  if (entry === undefined || files.some(({ name }) => isLabelFile(name) && !isTable(name))) return null;
  using folder = new TemporaryFolder('twinhead-table-');
  const at = path.join(folder.path, path.posix.basename(entry.name));
  await archive.unpack(entry, at);
  const table = await tableOf(project, at);
  return table === null ? null : { ...table, file: `${file}/${entry.name}` };
}
