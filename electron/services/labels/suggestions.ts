import type { Prediction, Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import { requireKnown } from '../runs/known-run.ts';
import type { JobContext } from '../scope/jobs.ts';
import { predictPictures } from '../models/models.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { leastScoreOf } from '../models/prediction.ts';

type SuggestionCalls = 'suggestions.start' | 'suggestions.sources' | 'suggestions.clear';

/** Score from which something is suggested by a run that has no thresholds of its own. */
const LEAST_SUGGESTED = 0.3;

/** What models and imports have proposed. Accepting and rejecting single ones are edits of their image. */
export function suggestionHandlers(context: ServiceContext): Pick<Handlers, SuggestionCalls> {
  return {
    'suggestions.start': async ({ runId, minScore, imageIds, editId }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      const title = say('jobs.suggest', { name: run.name });
      const jobId = context.jobs.start(
        project,
        'suggest',
        { title, input: { runId: run.id, minScore, imageIds }, editId },
        (job) => suggest(context, project, run, { minScore, imageIds }, job),
      );
      return { jobId };
    },
    'suggestions.sources': async (_input, { project }) => ({ sources: project.store.suggestions.sources() }),
    'suggestions.clear': async ({ sourceId, editId }, { project }) => {
      const cleared = project.store.suggestions.clear(sourceId, { editId });
      project.changed('images');
      return cleared;
    },
  };
}

/** @throws TwinheadError `unusable-input` where every image has been looked at, or all files of those named are missing */
async function suggest(
  context: ServiceContext,
  project: OpenProject,
  run: Run,
  {
    minScore,
    imageIds,
  }: { readonly minScore: number | undefined; readonly imageIds: readonly number[] | undefined },
  job: JobContext,
): Promise<{ run: string; images: number; suggestions: number }> {
  const { store } = project;
  const wanted = imageIds && new Set(imageIds);
  const pictures = store
    .trainingSnapshot()
    .images.filter(({ id, state, missing }) => !missing && (wanted?.has(id) ?? state === 'unseen'))
    .map(({ id, file, width, height }) => ({ name: String(id), file, width, height }));
  if (pictures.length === 0) {
    const why = wanted === undefined ? 'none' : 'missing';
    throw new TwinheadError('unusable-input', say(`services.suggest.${why}`), {
      remedy: say(`services.suggest.${why}.remedy`),
    });
  }
  const least = leastScoreOf(project, run, minScore, LEAST_SUGGESTED);
  const predictions = await predictPictures(context, project, run, pictures, least, job);
  const { images, suggestions } = await store.importAnnotations({
    title: run.name,
    editId: job.jobId,
    suggestedBy: { kind: 'model', name: run.name },
    images: predictions.map((prediction) => suggested(prediction, minScore ?? LEAST_SUGGESTED)),
    signal: job.signal,
    onProgress: (done) => job.progress(done, predictions.length, say('jobs.doing.savingLabels')),
  });
  project.changed('images');
  project.changed('classes');
  return { run: run.id, images, suggestions };
}

function suggested({ image, imageClass, boxes }: Prediction, minScore: number) {
  const classes = imageClass.filter(({ present, score }) => present && score >= minScore);
  return {
    imageId: Number(image),
    boxes: boxes.map(({ class: className, score, x, y, width, height }) => ({
      className,
      x,
      y,
      width,
      height,
      score,
      attributes: {},
      extra: null,
    })),
    imageClassNames: classes.map(({ name }) => name),
    imageClassScores: classes.map(({ score }) => score),
    split: null,
    verifiedEmpty: false,
  };
}
