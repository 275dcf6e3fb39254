import { onAbort } from '../../common/abort.ts';
import type { Prediction, Problem, Run, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { spread } from '../../common/spread.ts';
import { appVersion, TemporaryFolder } from '../../files/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import { engineFor } from '../base/engine.ts';
import type { Handlers } from '../scope/handlers.ts';
import { requireKnown } from '../runs/known-run.ts';
import type { JobContext } from '../scope/jobs.ts';
import { KeptPredictions, stampOf } from './kept-predictions.ts';
import { checkpointOf, describePrediction, kindsOf, leastScoreOf } from './prediction.ts';
import type { LeastScore } from './prediction.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { pathOfSystem } from '../base/paths.ts';
import { preparePixels, readTrainingData } from '../runs/training-data.ts';

type ModelCalls = 'predict.images' | 'predict.start' | 'predictions.list' | 'models.kinds' | 'models.export';

/** Score from which boxes are given of a run that has no thresholds of its own. */
export const LEAST_SHOWN = 0.05;
/** Images that an export is compared on, at most: those of one split. */
const MOST_VERIFIED = 64;
/** Where scores are compared as well. */
const MOST_SCORED = 256;
/** Images of the training split that ranges of integers are measured on, at most. */
const MOST_CALIBRATING = 100;
/** And at least, where the project has so many: of the next splits, too. */
const LEAST_VERIFIED = 20;

interface Picture {
  /** As the answer names it. */
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

/** Trained networks at work, here and elsewhere. */
export function modelHandlers(context: ServiceContext): Pick<Handlers, ModelCalls> {
  const { jobs, ports } = context;
  const kept = new KeptPredictions();
  return {
    'predict.images': async ({ runId, imageIds, minScore }, { project, signal }) => {
      const run = project.store.runs.find(runId);
      const checkpoint = await checkpointOf(project, run);
      const model = await stampOf(checkpoint);
      const images = await Promise.all(
        [...new Set(imageIds)].map(async (imageId) => {
          const { file, path: name, width, height, sha256 } = project.store.files.get(imageId);
          const content = await stampOf(file);
          const key = JSON.stringify([checkpoint, model, minScore, sha256, content, width, height]);
          const known = model === null || content === null ? undefined : kept.find(key);
          return { imageId, key, known, picture: { name, file, width, height } };
        }),
      );
      const unknown = new Map(
        images.filter(({ known }) => known === undefined).map((image) => [String(image.imageId), image]),
      );
      const found = new Map<number, Prediction>();
      if (unknown.size > 0) {
        // Two images may have one name.
        const pictures = [...unknown].map(([name, { picture }]) => ({ ...picture, name }));
        const job = quiet(signal);
        for (const one of await predictPictures(context, project, run, pictures, () => minScore, job)) {
          const { imageId, key, picture } = unknown.get(one.image)!;
          const prediction = { ...one, image: picture.name };
          kept.keep(key, prediction);
          found.set(imageId, prediction);
        }
      }
      return {
        predictions: images.flatMap(({ imageId, known = found.get(imageId) }) =>
          known === undefined ? [] : [{ imageId, prediction: known }],
        ),
      };
    },
    'predict.start': async ({ runId, ...input }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      const title = say('jobs.predict', { name: run.name });
      const jobId = jobs.start(
        project,
        'predict',
        { title, input: { runId: run.id, ...input } },
        async (job) => {
          const pictures = await findPictures(project, input, job);
          const predictions = await predictPictures(
            context,
            project,
            run,
            pictures,
            leastScoreOf(project, run, input.minScore, LEAST_SHOWN),
            job,
          );
          project.store.predictions.replace(run.id, predictions);
          return { run: run.id, images: predictions.length };
        },
      );
      return { jobId };
    },
    'predictions.list': async ({ runId, offset, limit }, { project: { store } }) => {
      return store.predictions.page(store.runs.find(runId).id, offset, limit);
    },
    'models.kinds': async ({ runId }, { project }) => {
      const { loadModel } = await import('../../learning/index.ts');
      const run = project.store.runs.find(runId);
      return { kinds: kindsOf(await loadModel(await checkpointOf(project, run))) };
    },
    'models.export': async ({ runId, format, options, language, ...named }, { project }) => {
      const out = pathOfSystem(named.out);
      // Before anything is decoded for it.
      const { chooseFormat, modelFormat } = await import('../../export/index.ts');
      const { largestDrop, calibrates } = chooseFormat(format, options);
      const most = largestDrop === null ? MOST_VERIFIED : MOST_SCORED;
      const { title: formatTitle } = modelFormat(format);
      const run = project.store.runs.find(runId);
      const checkpointFile = await checkpointOf(project, run);
      const title = say('jobs.exportModel', { name: run.name, format: formatTitle });
      const jobId = jobs.start(
        project,
        'export-model',
        { title, input: { runId: run.id, format, out, options, language } },
        async (job) => {
          const [{ loadModel }, { startExport }] = await Promise.all([
            import('../../learning/index.ts'),
            import('../../export/index.ts'),
          ]);
          const { inputSize } = await loadModel(checkpointFile);
          using held = new DisposableStack();
          const data = readTrainingData(project);
          const prepared = held.use(await preparePixels(project, data, inputSize, job, []));
          const { dataset, contents } = prepared;
          const { pixelFile, samples } = dataset;
          held.use(await job.hold('engine'));
          const withHashes = <Sample extends { readonly imageId: number }>(chosen: readonly Sample[]) =>
            chosen.map((sample) => ({ sample, sha256: contents.get(sample.imageId)! }));
          const exporting = startExport(
            {
              engine: await engineFor(ports),
              format,
              options,
              checkpointFile,
              outFolder: out,
              pixelFile,
              images: withHashes(imagesToVerify(samples, most)),
              calibration: calibrates ? withHashes(imagesToCalibrate(samples)) : [],
              run: run.name,
              appVersion: appVersion(),
              language,
              colors: Object.fromEntries(project.store.classes.list().map(({ id, color }) => [id, color])),
              thresholds: project.store.runs.thresholds(run.id)?.classes ?? [],
            },
            ({ message, done, total }) => job.progress(done, total, message),
          );
          held.defer(onAbort(job.signal, exporting.stop));
          const result = await exporting.done;
          project.store.exports.record(run.id, {
            format,
            folder: out,
            files: result.files,
            largestDifference: result.largestDifference,
            certificate: result.certificate,
          });
          project.changed('runs');
          return result;
        },
      );
      return { jobId };
    },
  };
}

/** Those that the run has not seen first: of the test split, then of validation. */
export function imagesToVerify<Sample extends { readonly split: Split }>(
  samples: readonly Sample[],
  most = MOST_VERIFIED,
): readonly Sample[] {
  const chosen: Sample[] = [];
  for (const wanted of ['test', 'val', 'none', 'train'] satisfies Split[]) {
    const room = (chosen.length === 0 ? most : LEAST_VERIFIED) - chosen.length;
    const more = samples.filter(({ split }) => split === wanted);
    chosen.push(...more.slice(0, Math.max(0, room)));
  }
  return chosen;
}

/** Spread over the training split as it is listed: neighbours there are often alike. */
export function imagesToCalibrate<Sample extends { readonly split: Split }>(
  samples: readonly Sample[],
): readonly Sample[] {
  const train = samples.filter(({ split }) => split === 'train');
  return spread(train, MOST_CALIBRATING);
}

/** A job for work that nobody watches: a page of images, which waits for nobody. */
export function quiet(signal: AbortSignal): JobContext {
  const nothing = (): undefined => undefined;
  const hold = () => Promise.resolve(new DisposableStack());
  return { jobId: '', signal, progress: nothing, problem: nothing, hold };
}

async function findPictures(
  { store }: OpenProject,
  wanted: {
    readonly imageFiles: readonly string[];
    readonly folder?: string | undefined;
    readonly split?: string | undefined;
  },
  job: JobContext,
): Promise<Picture[]> {
  const images = await import('../../images/index.ts');
  const pictures: Picture[] = [];
  let firstProblem: Problem | undefined;
  if (wanted.split !== undefined) {
    for (const image of store.trainingSnapshot().images) {
      if (image.split !== wanted.split) continue;
      pictures.push({
        name: store.files.get(image.id).path,
        file: image.file,
        width: image.width,
        height: image.height,
      });
    }
  }
  const files = wanted.imageFiles.map(pathOfSystem);
  if (wanted.folder !== undefined) {
    const options = { signal: job.signal, onProblem: job.problem };
    for await (const file of images.findImageFiles(pathOfSystem(wanted.folder), options)) files.push(file);
  }
  for await (const batch of images.scanFiles(files, { signal: job.signal })) {
    firstProblem ??= batch.problems[0];
    batch.problems.forEach(job.problem);
    for (const { file, width, height } of batch.images) pictures.push({ name: file, file, width, height });
  }
  if (pictures.length === 0 && firstProblem !== undefined) {
    const { message, ...details } = firstProblem;
    throw new TwinheadError('unusable-input', say('services.predict.first', { problem: message }), details);
  }
  if (pictures.length === 0) {
    throw new TwinheadError('unusable-input', say('services.predict.none'), {
      file: wanted.folder ?? wanted.imageFiles[0],
      remedy: say('services.predict.none.remedy'),
    });
  }
  return pictures;
}

/**
 * What the checkpoint of a run finds on pictures; unreadable ones become problems of the job and are left out.
 * @throws TwinheadError `not-found` without a checkpoint, `cancelled`
 */
export async function predictPictures(
  { ports }: ServiceContext,
  project: OpenProject,
  run: Run,
  pictures: readonly Picture[],
  minScore: LeastScore,
  job: JobContext,
): Promise<Prediction[]> {
  const checkpointFile = await checkpointOf(project, run);
  const [{ loadModel, startPrediction }, { PixelStore }] = await Promise.all([
    import('../../learning/index.ts'),
    import('../../images/index.ts'),
  ]);
  const model = await loadModel(checkpointFile);
  using held = new DisposableStack();
  const folder = held.use(new TemporaryFolder('twinhead-predict-'));
  const pixels = held.use(
    await new PixelStore(folder.path).lease({
      images: pictures,
      size: model.inputSize,
      signal: job.signal,
    }),
  );
  held.use(await job.hold('engine'));
  pixels.problems.forEach(job.problem);
  const usable = pictures.flatMap((picture, index) => {
    const row = pixels.rows[index] ?? null;
    return row === null ? [] : [{ picture, row }];
  });
  const lowest = Math.min(...model.objectClasses.map(({ id }) => minScore(id)), 1);
  const samples = usable.map(({ picture: { width, height }, row }) => ({ row, width, height }));
  const prediction = startPrediction(
    { engine: await engineFor(ports), checkpointFile, pixelFile: pixels.file, samples, minScore: lowest },
    (done) => job.progress(done, samples.length, say('jobs.doing.predicting')),
  );
  held.defer(onAbort(job.signal, prediction.stop));
  const raw = await prediction.done;
  job.signal.throwIfAborted();
  return raw.map((one, index) => describePrediction(usable[index]!.picture, one, model, minScore));
}
