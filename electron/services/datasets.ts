import path from 'node:path';
import type { ReadDataset } from '../exchange/index.ts';
import type { ServiceContext } from './context.ts';
import type { Handlers } from './handlers.ts';
import { exportDataset } from './dataset-export.ts';
import { importDataset } from './import.ts';
import { importZip, isZip } from './import-zip.ts';
import type { JobContext } from './jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import { requirePathOfSystem } from './paths.ts';
import { readSource } from './reading.ts';

type DatasetCalls = 'dataset.import' | 'dataset.review' | 'dataset.export';

/** Labelled data sets from elsewhere and for elsewhere, and what is worth a look in this one. */
export function datasetHandlers({ jobs }: ServiceContext): Pick<Handlers, DatasetCalls> {
  return {
    'dataset.import': async ({ editId, ...input }, { project }) => {
      const {
        path: source,
        format,
        encoding,
        imageFolders,
        split,
        dryRun,
        strict,
        asSuggestions,
        onConflict,
      } = input;
      const file = path.resolve(requirePathOfSystem(source));
      const title = say(dryRun ? 'jobs.import.dryRun' : 'jobs.import', { name: path.basename(source) });
      const jobId = jobs.start(project, 'import', { title, input, editId }, async (job) => {
        const read = (at: string, { signal, progress }: JobContext): Promise<ReadDataset> =>
          readSource(
            { path: at, format, imageFolders: imageFolders.map(requirePathOfSystem), split, encoding },
            { signal, onProgress: (done, total) => progress(done, total, say('jobs.doing.readingLabels')) },
          );
        const request = {
          imageFolders,
          title: path.basename(source),
          source: file,
          onConflict,
          dryRun,
          strict,
          asSuggestions,
        };
        if (await isZip(file)) return importZip(project, job, { file, read, request });
        const { dataset, problems } = await read(file, job);
        return importDataset(project, job, { ...request, dataset }, problems);
      });
      return { jobId };
    },
    'dataset.export': async (request, { project }) => {
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
