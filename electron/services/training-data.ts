import path from 'node:path';
import { SPLITS } from '../common/entities.ts';
import type { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import type { NamedClass, TrainingDataset, TrainingSample } from '../learning/index.ts';
import type { JobContext } from './jobs.ts';
import type { TrainingSnapshot } from '../store/index.ts';
import type { OpenProject } from './open-project.ts';
import { indicesOf, sampleOf } from './training-sample.ts';

/** The labels of a project at one moment, as learning wants them, and where the pictures are. */
export interface TrainingData {
  readonly labels: TrainingSnapshot['labels'];
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
  }[];
}

/** Reads what is labelled. Images that nobody has looked at are left out: their missing boxes say nothing. */
export function readTrainingData({ store }: OpenProject): TrainingData {
  const { labels, imageClasses, objectClasses, images } = store.trainingSnapshot();
  const imageIndices = indicesOf(imageClasses);
  const objectIndices = indicesOf(objectClasses);
  const labelled = images.filter(({ state }) => state !== 'unseen');
  const samples = labelled.map((image, row) => sampleOf(image, row, imageIndices, objectIndices));
  const pictures = labelled.map(({ file, sha256, width, height }) => ({ file, sha256, width, height }));
  return { labels, images: images.length, imageClasses, objectClasses, samples, pictures };
}

/** @throws TwinheadError `not-trainable` where the project has images but nobody has labelled one */
export function requireLabels({ images, samples }: TrainingData): void {
  if (images === 0 || samples.length > 0) return;
  throw new TwinheadError('not-trainable', say('services.noLabels', { count: images }), {
    remedy: say('services.noLabels.remedy'),
  });
}

/** Share of the images of a work that may be unreadable. */
const MOST_LEFT_OUT = 0.1;
/** Files that a sentence names. */
const NAMED_FILES = 3;

function describeLeftOut(
  leftOut: readonly TrainingSample[],
  used: readonly TrainingSample[],
  { pictures }: TrainingData,
): Sentence {
  const names = leftOut.slice(0, NAMED_FILES).map(({ row }) => path.basename(pictures[row]!.file));
  const values = { count: leftOut.length, total: used.length, files: names.join(', ') };
  const more = leftOut.length - names.length;
  return more > 0 ? say('services.leftOut.more', { ...values, more }) : say('services.leftOut', values);
}

/** A data set whose pixels stay as they are until it is disposed of. */
export interface PreparedData extends Disposable {
  readonly dataset: TrainingDataset;
  /** Said of images that are left out; null: none is. */
  readonly leftOut: Sentence | null;
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
    signal: job.signal,
    onProgress: (done, total) => job.progress(0, null, say('jobs.doing.decoding', { done, total })),
  });
  decoding[Symbol.dispose]();
  lease.problems.forEach(job.problem);
  const samples = data.samples.flatMap((sample) => {
    const row = lease.rows[sample.row] ?? null;
    return row === null ? [] : [{ ...sample, row }];
  });
  const used = data.samples.filter(({ split }) => splits.includes(split));
  const leftOut = used.filter(({ row }) => (lease.rows[row] ?? null) === null);
  if (leftOut.length > used.length * MOST_LEFT_OUT) {
    lease[Symbol.dispose]();
    throw new TwinheadError(
      'unusable-input',
      say('services.leftOut.tooMany', { leftOut: describeLeftOut(leftOut, used, data) }),
      {
        file: data.pictures[leftOut[0]!.row]?.file,
        remedy: say('services.leftOut.tooMany.remedy'),
      },
    );
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
    leftOut: leftOut.length === 0 ? null : describeLeftOut(leftOut, used, data),
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  };
}
