import path from 'node:path';
import type { DatasetClass, DatasetImage } from '../common/dataset.ts';
import type { ParsedInputOf } from '../common/contract.ts';
import type { FormatLoss } from '../common/entities.ts';
import type { TwinheadError } from '../common/errors.ts';
import type { ExportReport } from '../common/jobs.ts';
import type { LabelledImage } from '../store/index.ts';
import type { JobContext } from './jobs.ts';
import type { OpenProject } from './session.ts';

/** Losses that twinhead.json keeps beside the export. */
const KEPT: ReadonlySet<FormatLoss> = new Set(['imageClasses', 'states', 'splits', 'unusedClasses']);

const LOSS_WORDS: Readonly<Record<FormatLoss, (count: number) => string>> = {
  imageClasses: (count) => `the classes of ${count} images`,
  attributes: (count) => `the attributes of ${count} boxes`,
  scores: (count) => `the confidence of ${count} boxes`,
  splits: (count) => `the split of ${count} images`,
  states: (count) => `whether ${count} images without labels were looked at`,
  unknown: (count) => `further fields of ${count} boxes`,
  unusedClasses: (count) => `${count} classes that nothing has`,
};

/** Gives each image a path that no other has, also without its extension: labels are named by it. */
class ExportPaths {
  readonly #roots: ReadonlyMap<number, string>;
  readonly #taken = new Set<string>();
  renamed = 0;

  constructor(roots: ReadonlyMap<number, string>) {
    this.#roots = roots;
  }

  of({ path: own, rootId }: LabelledImage): string {
    const extension = path.posix.extname(own);
    const stem = own.slice(0, own.length - extension.length);
    if (this.#take(stem)) return own;
    this.renamed += 1;
    const root = path.basename(this.#roots.get(rootId) ?? '');
    for (const other of [`${stem}_${extension.slice(1)}`, `${root}/${stem}`]) {
      if (root !== '' && this.#take(other)) return other + extension;
    }
    for (let number = 2; ; number += 1)
      if (this.#take(`${stem}_${number}`)) return `${stem}_${number}${extension}`;
  }

  #take(stem: string): boolean {
    const key = stem.normalize('NFC').toLowerCase();
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }
}

/**
 * Writes labels of the open project in a format of others.
 * @throws TwinheadError `invalid-input`, `unusable-input`, `cancelled`, `disk-full`
 */
export async function exportDataset(
  project: OpenProject,
  job: JobContext,
  request: ParsedInputOf<'dataset.export'>,
): Promise<ExportReport> {
  const { store } = project;
  const { format, dryRun } = request;
  const { countDataset, writableFormat, writeDataset } = await import('../exchange/index.ts');
  writableFormat(format);
  const out = path.resolve(request.out);
  const revision = store.revision;
  const imageIds = store.images.ids({ filter: request.filter });
  const left = { unseen: 0, missing: 0 };
  const paths = new ExportPaths(new Map(store.roots.list().map(({ id, folder }) => [id, folder])));
  const labelled = store.labelledImages({ imageIds, format, suggestions: request.suggestions });
  const images = async function* (): AsyncGenerator<DatasetImage> {
    let first = true;
    for (const image of labelled) {
      job.signal.throwIfAborted();
      const unseen = !image.reviewed && image.boxes.length === 0 && image.imageClasses.length === 0;
      if (unseen && !request.unseen) left.unseen += 1;
      else if (image.missing && request.images !== 'none') {
        left.missing += 1;
        if (first) job.problem(missingFile(image));
        first = false;
      } else {
        yield { ...image, path: paths.of(image) };
      }
    }
  };
  const dataset = {
    format,
    classes: classesFor(store.labelledClasses(format)),
    unknown: store.sourceFields.ofSource(format),
    images: images(),
  };
  const written = dryRun
    ? { ...(await countDataset(format, dataset)), convention: null, copied: 0, linked: 0 }
    : await writeDataset({
        format,
        out,
        dataset,
        pictures: request.images,
        options: request.options,
        signal: job.signal,
        onProgress: (done) => job.progress(done, imageIds.length, 'writing'),
      });
  if (written.images === 0 && !dryRun && imageIds.length > 0 && left.unseen === imageIds.length) {
    job.problem({
      message: 'Nobody has looked at any of these images, so the export has none.',
      remedy: 'Label some, or ask for unseen images too.',
    });
  }
  for (const [loss, count] of Object.entries(written.losses) as [FormatLoss, number][]) {
    job.problem({
      message: `The format cannot say ${LOSS_WORDS[loss](count)}${KEPT.has(loss) ? ': twinhead.json beside it does.' : '.'}`,
    });
  }
  if (store.revision !== revision) {
    job.problem({
      message: 'Labels were changed while the export was written: images written later have the newer ones.',
      remedy: 'Export again for labels of one moment.',
    });
  }
  return {
    format,
    folder: dryRun ? null : out,
    ...written,
    ...left,
    renamed: paths.renamed,
  };
}

function missingFile({ file }: LabelledImage): TwinheadError['details'] & { message: string } {
  return {
    file,
    message: 'The file of this image is not there; it and others like it were left out.',
    remedy: 'Find the files again, or export labels without images.',
  };
}

/** In the order of their ids, which later classes never change. */
function classesFor(classes: readonly DatasetClass[]): DatasetClass[] {
  return [
    ...classes.filter(({ kind }) => kind === 'image'),
    ...classes.filter(({ kind }) => kind === 'object'),
  ];
}
