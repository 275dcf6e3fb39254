import { annotationHandlers } from './services/annotations.ts';
import { classHandlers } from './services/classes.ts';
import { comparisonHandlers } from './services/comparison.ts';
import type { ServiceContext } from './services/context.ts';
import { datasetHandlers } from './services/datasets.ts';
import { evaluationHandlers } from './services/evaluation.ts';
import { exampleHandlers } from './services/examples.ts';
import type { Handlers } from './services/handlers.ts';
import { formatHandlers } from './services/formats.ts';
import { filterHandlers } from './services/filters.ts';
import { imageFileHandlers } from './services/image-files.ts';
import { createImageServer } from './services/image-server.ts';
import { imageHandlers } from './services/images.ts';
import { Jobs } from './services/jobs.ts';
import { modelHandlers } from './services/models.ts';
import type { AppPorts } from './services/ports.ts';
import { projectFolder, projectHandlers } from './services/projects.ts';
import { Session } from './services/session.ts';
import { UserSettings } from './services/settings.ts';
import { suggestionHandlers } from './services/suggestions.ts';
import { systemHandlers } from './services/system.ts';
import { createTrainingService } from './services/training.ts';
import { tryPictureHandlers } from './services/try-picture.ts';
import { videoHandlers } from './services/videos.ts';
import { Resources } from './services/work/resources.ts';
import { startAgain } from './services/work/start-again.ts';
import { createDispatch } from './dispatch.ts';

export type { Handlers } from './services/handlers.ts';
export type { AppPorts, Logger } from './services/ports.ts';

export interface App {
  readonly handlers: Handlers;
  /** Pictures by id, never by path: see services/image-server.ts. */
  serveImage(request: Request): Promise<Response>;
  /** Leaves it to the page to open a project that the host was started with and could not open: it can say why. */
  want(project: string): void;
  /** Stops training at a checkpoint, cancels jobs, closes the project. */
  close(): Promise<void>;
}

/** Puts the services together over the ports of one host. Nothing is opened or loaded until it is asked for. */
export function createApp(ports: AppPorts): App {
  const resources = new Resources();
  const session = new Session(ports);
  const jobs = new Jobs({ ports, resources, records: () => session.store?.jobs ?? null });
  const context: ServiceContext = { ports, jobs, resources, session, settings: new UserSettings(ports) };
  const training = createTrainingService(context);
  const close = async (): Promise<void> => {
    await training.close();
    await jobs.close();
    await session.backUp();
    session.close();
  };
  const handlers: Handlers = {
    ...systemHandlers(context),
    ...projectHandlers(context),
    ...imageHandlers(context),
    ...imageFileHandlers(context),
    ...videoHandlers(context),
    ...filterHandlers(context),
    ...annotationHandlers(context),
    ...classHandlers(context),
    ...suggestionHandlers(context),
    ...datasetHandlers(context),
    ...formatHandlers(),
    ...training.handlers,
    ...evaluationHandlers(context),
    ...comparisonHandlers(context, training),
    ...modelHandlers(context),
    ...tryPictureHandlers(context),
    ...exampleHandlers(context),
    'jobs.list': async () => ({ jobs: jobs.list() }),
    'jobs.get': async ({ jobId }) => jobs.get(jobId),
    'jobs.history': async () => ({ jobs: session.require().store.jobs.list() }),
    'jobs.startAgain': async ({ jobId }, { signal }) => {
      const records = session.require().store.jobs;
      const dispatch = createDispatch({ handlers }, ports);
      const started = await startAgain(records.find(jobId), (call, input) =>
        dispatch.call(call, input, signal),
      );
      records.delete(jobId);
      return started;
    },
    'jobs.cancel': async ({ jobId }) => {
      jobs.cancel(jobId);
      return {};
    },
    'jobs.events': (_input, reader) => jobs.events(reader),
  };
  return {
    handlers,
    serveImage: createImageServer(context),
    want: (project) => {
      session.wanted = projectFolder(project);
    },
    close,
  };
}
