import path from 'node:path';
import type { DatasetClass, DatasetImage } from '../../common/dataset.ts';
import type { ParsedInputOf } from '../../common/contract.ts';
import type { FormatLoss, Problem } from '../../common/entities.ts';
import type { ExportReport } from '../../common/jobs.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import type { LabelledImage } from '../../store/index.ts';
import { BlurredCopies } from './blurred-copies.ts';
import type { JobContext } from '../scope/jobs.ts';
import { lookAtFile } from '../images/image-files.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** Losses that twinhead.json keeps beside the export. */
const KEPT: ReadonlySet<FormatLoss> = new Set(['imageClasses', 'states', 'splits', 'unusedClasses']);

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
 * Writes labels of a project in a format of others.
 * @throws TwinheadError `invalid-input`, `unusable-input`, `cancelled`, `disk-full`
 */
export async function exportDataset(
  project: OpenProject,
  job: JobContext,
  request: ParsedInputOf<'dataset.export'>,
): Promise<ExportReport> {
  const { store } = project;
  const { format, dryRun, out } = request;
  const { countDataset, writableFormat, writeDataset } = await import('../../exchange/index.ts');
  const { remark } = writableFormat(format);
  if (request.blur.length > 0 && request.images !== 'copy')
    throw new TwinheadError('invalid-input', say('services.export.blurCopies'), {
      place: 'blur',
      remedy: say('services.export.blurCopies.remedy'),
    });
  const classes = store.labelledClasses(format);
  using blurred = new BlurredCopies(request.blur, classes);
  const revision = store.revision;
  const imageIds = store.images.ids({ filter: request.filter });
  // Who asks for those that nobody has looked at wants them.
  const withUnseen = request.unseen || request.filter.state === 'unseen';
  const missing: LabelledImage[] = [];
  let unseen = 0;
  let useless = 0;
  let reviewed = 0;
  const paths = new ExportPaths(new Map(store.roots.list().map(({ id, folder }) => [id, folder])));
  const labelled = store.labelledImages({ imageIds, format, suggestions: request.suggestions });
  const images = async function* (): AsyncGenerator<DatasetImage> {
    let some = false;
    for (const image of labelled) {
      job.signal.throwIfAborted();
      const isUnseen = !image.reviewed && image.boxes.length === 0 && image.imageClasses.length === 0;
      if (isUnseen && !withUnseen) {
        unseen += 1;
        continue;
      }
      // Without pictures it doesn't matter what has become of the files.
      const found = request.images === 'none' ? AS_LABELLED : await lookAt(project, image);
      const change = changeOf(image, found, dryRun);
      if (change !== null) job.problem(change);
      if (found.state === 'missing') missing.push(image);
      else if (fits(image, found)) {
        if (!isUnseen) reviewed += 1;
        some = true;
        const named = { ...image, path: paths.of(image) };
        const hidden = blurred.of(image.boxes);
        if (hidden.length === 0 || dryRun) yield named;
        else {
          // Read by the time the next image is asked for.
          await using copy = await blurred.make(named, hidden);
          yield { ...named, file: copy.file, path: copy.path };
        }
      } else useless += 1;
    }
    // An export of nothing would take the place of an earlier one.
    const [gone] = missing;
    if (gone !== undefined && !some && !dryRun)
      throw new TwinheadError('unusable-input', say('exchange.imageGone'), {
        file: gone.file,
        remedy: say('exchange.imageGone.remedy'),
      });
  };
  const dataset = {
    format,
    classes: classesFor(classes),
    unknown: store.sourceFields(format),
    images: images(),
  };
  const written = dryRun
    ? {
        ...(await countDataset({ format, dataset, options: request.options })),
        copied: 0,
        linked: 0,
      }
    : await writeDataset({
        format,
        out,
        dataset,
        pictures: request.images,
        options: request.options,
        signal: job.signal,
        onProgress: (done) => job.progress(done, imageIds.length, say('jobs.doing.writing')),
      });
  if (blurred.images > 0)
    job.problem({
      message: say(dryRun ? 'services.export.blurred.dryRun' : 'services.export.blurred', {
        count: blurred.boxes,
        images: String(blurred.images),
      }),
      remedy: say('services.export.blurred.remedy'),
      severity: 'note',
    });
  const known = remark?.(request.images) ?? null;
  if (known !== null) job.problem({ message: known, severity: 'note' });
  if (missing.length > 0) job.problem(missingFiles(missing));
  if (reviewed === 0 && missing.length === 0 && useless === 0) {
    const why = whyEmpty(store, imageIds.length, written.images);
    job.problem({
      message: say(`services.export.${why}`),
      remedy: say(`services.export.${why}.remedy`),
      severity: 'warning',
    });
  }
  for (const [loss, count] of Object.entries(written.losses) as [FormatLoss, number][]) {
    const what = say(`services.export.loses.${loss}`, { count });
    const key = KEPT.has(loss) ? 'services.export.cannot.kept' : 'services.export.cannot';
    job.problem({ message: say(key, { what }), severity: 'warning' });
  }
  if (store.revision !== revision) {
    job.problem({
      message: say('services.export.changed'),
      remedy: say('services.export.changed.remedy'),
      severity: 'warning',
    });
  }
  return {
    format,
    folder: dryRun ? null : out,
    ...written,
    unseen,
    missing: missing.length,
    renamed: paths.renamed,
  };
}

/** Reason why an export has no labels. */
function whyEmpty(store: OpenProject['store'], asked: number, written: number) {
  if (asked === 0) return store.info().images > 0 ? 'noMatch' : 'noImages';
  return written > 0 ? 'unlabelled' : 'unseen';
}

type Found = Pick<Awaited<ReturnType<typeof lookAtFile>>, 'state' | 'width' | 'height'>;
const AS_LABELLED: Found = { state: 'same', width: null, height: null };

/** The file as it is now, whatever was found of it before. What goes while it is copied ends the export. */
function lookAt(project: OpenProject, { id }: LabelledImage): Promise<Found> {
  return lookAtFile(project, project.store.files.get(id));
}

/** Boxes don't fit a picture that is no picture any more, or one of another size. */
function fits(image: LabelledImage, { state, width, height }: Found): boolean {
  return state === 'same' || (state === 'changed' && width === image.width && height === image.height);
}

function changeOf(image: LabelledImage, found: Found, dryRun: boolean): Problem | null {
  const { file } = image;
  const remedy = say('services.export.changedFile.remedy');
  if (found.state === 'unreadable') return { file, message: say('services.export.damagedFile'), remedy };
  if (found.state !== 'changed') return null;
  if (fits(image, found)) {
    const message = say(dryRun ? 'services.export.changedFile.dryRun' : 'services.export.changedFile');
    return { file, message, remedy, severity: 'warning' };
  }
  const size = ({ width, height }: Pick<Found, 'width' | 'height'>): string =>
    `${width ?? '?'} × ${height ?? '?'}`;
  const message = say('services.export.resizedFile', { now: size(found), before: size(image) });
  return { file, message, remedy };
}

function missingFiles(missing: readonly LabelledImage[]): Problem {
  return {
    message: say('services.export.missing', {
      count: missing.length,
      files: someNames(missing.map(({ path }) => path)),
    }),
    remedy: say('services.export.missing.remedy'),
  };
}

/** In the order of their ids, which later classes never change. */
function classesFor(classes: readonly DatasetClass[]): DatasetClass[] {
  return [
    ...classes.filter(({ kind }) => kind === 'image'),
    ...classes.filter(({ kind }) => kind === 'object'),
  ];
}
