import { SPLITS } from '../../common/entities.ts';
import type { Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { NamedClass, TrainingDataset, TrainingSample } from '../../learning/index.ts';
import { statOfFile } from '../images/image-files.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { NewLook, TrainingSnapshot } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { describeChanged, tellLeftOut } from '../images/left-out.ts';
import type { LeftOut } from '../images/left-out.ts';
import { indicesOf, sampleOf } from '../scoring/training-sample.ts';

/** The labels of a project at one moment, as learning wants them, and where the pictures are. */
export interface TrainingData {
  readonly labels: TrainingSnapshot['labels'];
  /** Whether only some of the images were taken: others may be worked with later. */
  readonly isPart?: boolean;
  /** Images of the project, labelled or not. */
  readonly images: number;
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
  /** `row` is the index in `pictures`. */
  readonly samples: readonly TrainingSample[];
  readonly pictures: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    /** Its file was not there when it was last looked for. */
    readonly missing: boolean;
    /** It could not be read when it was last looked at. */
    readonly unreadable: boolean;
  }[];
}

/** Reads what is labelled. Images that nobody has looked at are left out: their missing boxes say nothing. */
export function readTrainingData({ store }: OpenProject): TrainingData {
  const { labels, imageClasses, objectClasses, images } = store.trainingSnapshot();
  const imageIndices = indicesOf(imageClasses);
  const objectIndices = indicesOf(objectClasses);
  const labelled = images.filter(({ state }) => state !== 'unseen');
  const samples = labelled.map((image, row) => sampleOf(image, row, imageIndices, objectIndices));
  const unreadable = store.looks.found('unreadable');
  const pictures = labelled.map(({ id, file, sha256, width, height, missing }) => ({
    file,
    sha256,
    width,
    height,
    missing,
    unreadable: unreadable.has(id),
  }));
  return { labels, images: images.length, imageClasses, objectClasses, samples, pictures };
}

/** @throws TwinheadError `not-trainable` where the project has images but nobody has labelled one */
export function requireLabels({ images, samples }: TrainingData): void {
  if (images === 0 || samples.length > 0) return;
  throw new TwinheadError('not-trainable', say('services.noLabels', { count: images }), {
    remedy: say('services.noLabels.remedy'),
  });
}

/** The data without images whose file was not there, or damaged, when it was last looked at. */
export function presentData(data: TrainingData): TrainingData {
  return {
    ...data,
    samples: data.samples.filter(
      ({ row }) => !data.pictures[row]!.missing && !data.pictures[row]!.unreadable,
    ),
  };
}

/**
 * Says ahead of a training which of its images have a file that was not there, or damaged, when it was last looked at; null:
 * none has.
 * @throws TwinheadError `unusable-input` where too many have
 */
export function tellFilesGone({ samples, pictures }: TrainingData): LeftOut | null {
  const used = samples
    .filter(({ split }) => split === 'train' || split === 'val')
    .map(({ row, split }) => ({ ...pictures[row]!, split }));
  const files = pictures.map(({ file }) => file);
  return tellLeftOut(used, ({ missing, unreadable }) => !missing && !unreadable, files);
}

/**
 * Keeps what a work has found out of its files: which are not there, can't be read or have other content, and which are
 * well again.
 * @param contentOf SHA-256 of a file whose content has changed, else null
 */
async function noteFiles(
  project: OpenProject,
  { samples, pictures }: TrainingData,
  isRead: (sample: TrainingSample) => boolean,
  contentOf: (sample: TrainingSample) => string | null,
): Promise<void> {
  const gone: number[] = [];
  const back: number[] = [];
  const found: NewLook[] = [];
  const mended: number[] = [];
  const known = project.store.looks.changed();
  for (const sample of samples) {
    const { imageId } = sample;
    const { file, missing, unreadable, sha256 } = pictures[sample.row]!;
    const read = isRead(sample);
    const isThere = read || (await statOfFile(file)) !== null;
    if (isThere === missing) (isThere ? back : gone).push(imageId);
    const content = contentOf(sample);
    if (read && (unreadable || known.has(imageId)) && content === null) mended.push(imageId);
    if (isThere && !read && !unreadable) found.push({ imageId, sha256, state: 'unreadable' });
    if (content !== null && known.get(imageId) !== content)
      found.push({ imageId, sha256, state: 'changed', content });
  }
  const { files, looks } = project.store;
  const moved = files.markMissing(gone, true) + files.markMissing(back, false);
  looks.save(found);
  looks.forget(mended);
  if (moved + found.length + mended.length > 0) project.changed('images');
}

/** A data set whose pixels stay as they are until it is disposed of. */
export interface PreparedData extends Disposable {
  readonly dataset: TrainingDataset;
  /** By image, SHA-256 of the content that the pixels are of. */
  readonly contents: ReadonlyMap<number, string>;
  /** Said of images that are left out; null: none is. */
  readonly leftOut: LeftOut | null;
  /** Said of images whose content is other than that which was labelled; null: none is. */
  readonly changed: Sentence | null;
}

/**
 * Decodes the pictures into the project's cache, which later runs of the same input size find ready. Unreadable ones
 * become problems of the job and are left out.
 * @param splits whose images the work stands on: where more than a tenth of them is unreadable, it is refused
 * @throws TwinheadError `unusable-input` where no picture is readable, `cancelled`, `disk-full`
 */
export async function preparePixels(
  project: OpenProject,
  data: TrainingData,
  inputSize: number,
  job: JobContext,
  splits: readonly Split[] = SPLITS,
): Promise<PreparedData> {
  const pixels = await project.pixels();
  using decoding = await job.hold('pixels');
  const lease = await pixels.lease({
    images: data.pictures,
    size: inputSize,
    isPart: data.isPart ?? false,
    signal: job.signal,
    onProgress: (done, total) => job.progress(0, null, say('jobs.doing.decoding', { done, total })),
  });
  decoding[Symbol.dispose]();
  const isRead = ({ row }: { readonly row: number }): boolean => (lease.rows[row] ?? null) !== null;
  const used = data.samples
    .filter(({ split }) => splits.includes(split))
    .map(({ row, split }) => ({ row, split, ...data.pictures[row]! }));
  const usedFiles = new Set(used.map(({ file }) => file));
  for (const problem of lease.problems)
    if (splits.length === 0 || usedFiles.has(problem.file ?? '')) job.problem(problem);
  await noteFiles(project, data, isRead, ({ row }) => lease.changed[row] ?? null);
  const samples = data.samples.flatMap((sample) => {
    const row = lease.rows[sample.row] ?? null;
    return row === null ? [] : [{ ...sample, row }];
  });
  let leftOut: LeftOut | null;
  try {
    leftOut = tellLeftOut(
      used,
      isRead,
      data.pictures.map(({ file }) => file),
    );
  } catch (error) {
    lease[Symbol.dispose]();
    throw error;
  }
  if (samples.length === 0) {
    lease[Symbol.dispose]();
    throw new TwinheadError('unusable-input', say('services.noneReadable'), {
      file: data.pictures[0]?.file,
      remedy: say('services.noneReadable.remedy'),
    });
  }
  const { imageClasses, objectClasses } = data;
  return {
    dataset: { imageClasses, objectClasses, samples, pixelFile: lease.file, inputSize },
    contents: new Map(
      data.samples.map(({ imageId, row }) => [imageId, lease.changed[row] ?? data.pictures[row]!.sha256]),
    ),
    leftOut,
    changed: describeChanged(
      used.filter(({ row }) => (lease.changed[row] ?? null) !== null).map(({ file }) => file),
      data.pictures.map(({ file }) => file),
    ),
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  };
}
