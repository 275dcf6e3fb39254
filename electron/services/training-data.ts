import path from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import type { NamedClass, TrainingDataset, TrainingSample } from '../learning/index.ts';
import type { JobContext } from './jobs.ts';
import type { OpenProject } from './session.ts';

/** The labels of a project at one moment, as learning wants them, and where the pictures are. */
export interface TrainingData {
  readonly revision: number;
  /** Images of the project, labelled or not. */
  readonly images: number;
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
  /** `row` is the place in `pictures`. */
  readonly samples: readonly TrainingSample[];
  readonly pictures: readonly { readonly file: string; readonly width: number; readonly height: number }[];
}

/** Reads what is labelled. Images that nobody has looked at are left out: their missing boxes say nothing. */
export function readTrainingData({ store }: OpenProject): TrainingData {
  const { revision, imageClasses, objectClasses, images } = store.trainingSnapshot();
  const places = (classes: readonly NamedClass[]) => new Map(classes.map(({ id }, place) => [id, place]));
  const imagePlaces = places(imageClasses);
  const objectPlaces = places(objectClasses);
  const labelled = images.filter(({ state }) => state !== 'unseen');
  const samples = labelled.map((image, row): TrainingSample => {
    const [imageClass = null, ...furtherClasses] = image.imageClassIds.flatMap(
      (id) => imagePlaces.get(id) ?? [],
    );
    return {
      row,
      imageId: image.id,
      split: image.split,
      width: image.width,
      height: image.height,
      imageClass,
      furtherClasses: furtherClasses.length === 0 ? undefined : furtherClasses,
      // An image that has a class but no box was not necessarily looked at for boxes; "empty" says that it was.
      boxes:
        image.boxes.length === 0 && image.state !== 'empty'
          ? null
          : image.boxes.map(({ classId, x, y, width, height, crowd }) => ({
              x,
              y,
              width,
              height,
              classIndex: objectPlaces.get(classId)!,
              crowd,
            })),
    };
  });
  const pictures = labelled.map(({ file, width, height }) => ({ file, width, height }));
  return { revision, images: images.length, imageClasses, objectClasses, samples, pictures };
}

/** @throws TwinheadError `not-trainable` where the project has images but nobody has labelled one */
export function requireLabels({ images, samples }: TrainingData): void {
  if (images === 0 || samples.length > 0) return;
  throw new TwinheadError('not-trainable', `None of the ${images} images has a label yet.`, {
    remedy: 'Open the project, give images a class or draw boxes on them, then train.',
  });
}

/**
 * Decodes the pictures into the project's cache, which later runs of the same input size find ready. Unreadable ones
 * become problems of the job and are left out.
 * @throws TwinheadError `unusable-input` where no picture is readable, `cancelled`, `disk-full`
 */
export async function preparePixels(
  { folder }: OpenProject,
  data: TrainingData,
  inputSize: number,
  job: JobContext,
): Promise<TrainingDataset> {
  const { buildPixelCache } = await import('../images/index.ts');
  const pixelFile = path.join(folder, 'cache', `pixels-${inputSize}.bin`);
  const { problems, failedRows } = await buildPixelCache({
    images: data.pictures,
    size: inputSize,
    cacheFile: pixelFile,
    signal: job.signal,
    onProgress: (done, total) => job.progress(0, null, `decoding image ${done} of ${total}`),
  });
  problems.forEach(job.problem);
  const failed = new Set(failedRows);
  const samples = data.samples.filter(({ row }) => !failed.has(row));
  if (samples.length === 0) {
    throw new TwinheadError('unusable-input', 'None of the labelled images can be read.', {
      file: data.pictures[0]?.file,
      remedy: 'Look whether their folder was moved or its disk is not connected.',
    });
  }
  const { imageClasses, objectClasses } = data;
  return { imageClasses, objectClasses, samples, pixelFile, inputSize };
}
