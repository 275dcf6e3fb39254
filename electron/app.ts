import { assistHandlers } from './services/assist/assist.ts';
import { annotationHandlers } from './services/labels/annotations.ts';
import { classHandlers } from './services/labels/classes.ts';
import { comparisonHandlers } from './services/evaluation/comparison.ts';
import type { ServiceContext } from './services/scope/context.ts';
import { datasetHandlers } from './services/exchange/datasets.ts';
import { evaluationHandlers } from './services/evaluation/evaluation.ts';
import { resourceHandlers } from './services/evaluation/resources.ts';
import { robustnessHandlers } from './services/evaluation/robustness.ts';
import { exampleHandlers } from './services/runs/examples.ts';
import type { Handlers } from './services/scope/handlers.ts';
import { formatHandlers } from './services/exchange/formats.ts';
import { filterHandlers } from './services/labels/filters.ts';
import { imageFileHandlers } from './services/images/image-files.ts';
import { missingImageHandlers } from './services/images/missing-images.ts';
import { createImageServer } from './services/images/image-server.ts';
import { imageHandlers } from './services/images/images.ts';
import { Jobs } from './services/scope/jobs.ts';
import { lookHandlers } from './services/images/looks.ts';
import { createExplaining } from './services/models/explain.ts';
import { modelHandlers } from './services/models/models.ts';
import type { AppPorts } from './services/base/ports.ts';
import { projectFolder, projectHandlers } from './services/projects/projects.ts';
import { projectPicture } from './services/projects/recent-project.ts';
import { Scopes } from './services/scope/scopes.ts';
import { UserSettings } from './services/base/settings.ts';
import { snapshotHandlers } from './services/labels/snapshots.ts';
import { splitHandlers } from './services/labels/splits.ts';
import { suggestionHandlers } from './services/labels/suggestions.ts';
import { systemHandlers } from './services/projects/system.ts';
import { createTrainingService } from './services/runs/training.ts';
import { tryPictureHandlers } from './services/models/try-picture.ts';
import { videoHandlers } from './services/images/videos.ts';
import { Resources } from './services/work/resources.ts';
import { startAgain } from './services/work/start-again.ts';
import { createDispatch } from './dispatch.ts';
import type { Services } from './dispatch.ts';

export type { Handlers } from './services/scope/handlers.ts';
export type { AppPorts, Logger } from './services/base/ports.ts';

export interface App extends Services {
  /** Pictures by id, never by path: see services/image-server.ts. */
  serveImage(request: Request): Promise<Response>;
  /** What the host was started with: pages without a project of their own open it, and say why where they can't. */
  startWith(project: string): void;
  /** Stops training at a checkpoint, cancels jobs, closes the projects. */
  close(): Promise<void>;
}

/** Puts the services together over the ports of one host. Nothing is opened or loaded until it is asked for. */
export function createApp(ports: AppPorts): App {
  const resources = new Resources();
  const jobs = new Jobs({ ports, resources });
  const settings = new UserSettings(ports);
  const scopes = new Scopes({
    ports,
    jobs,
    beforeClose: async (project) => {
      const { images, boxes } = project.info();
      // A command ends sooner without loading what decodes pictures.
      const picture = ports.host === 'cli' ? {} : { picture: await projectPicture(project) };
      await settings.updateProject(project.folder, { images, boxes, ...picture });
    },
  });
  const context: ServiceContext = { ports, jobs, resources, scopes, settings };
  const training = createTrainingService(context);
  const explaining = createExplaining(context);
  const close = async (): Promise<void> => {
    await training.close();
    explaining.close();
    await jobs.close();
    await scopes.closeAll();
  };
  const findProject: App['findProject'] = (id) => scopes.find(id);
  const handlers: Handlers = {
    ...systemHandlers(context),
    ...projectHandlers(context),
    ...imageHandlers(context),
    ...imageFileHandlers(context),
    ...missingImageHandlers(context),
    ...lookHandlers(context),
    ...splitHandlers(),
    ...snapshotHandlers(),
    ...videoHandlers(context),
    ...filterHandlers(),
    ...annotationHandlers(),
    ...classHandlers(),
    ...suggestionHandlers(context),
    ...assistHandlers(context),
    ...datasetHandlers(context),
    ...formatHandlers(),
    ...training.handlers,
    ...evaluationHandlers(context),
    ...robustnessHandlers(context),
    ...resourceHandlers(context),
    ...comparisonHandlers(context, training),
    ...modelHandlers(context),
    ...tryPictureHandlers(context),
    ...explaining.handlers,
    ...exampleHandlers(context),
    'jobs.list': async (_input, { project }) => ({ jobs: jobs.list(project?.id ?? null) }),
    'jobs.get': async ({ jobId }, { project }) => jobs.get(project?.id ?? null, jobId),
    'jobs.history': async (_input, { project }) => ({ jobs: project.store.jobs.list() }),
    'jobs.startAgain': async ({ jobId }, { project, signal }) => {
      const records = project.store.jobs;
      const dispatch = createDispatch({ handlers, findProject }, ports);
      const started = await startAgain(records.find(jobId), (call, input) =>
        dispatch.call(project.id, call, input, signal),
      );
      records.delete(jobId);
      return started;
    },
    'jobs.dismiss': async ({ jobId }, { project }) => {
      project.store.jobs.dismiss(jobId);
      return {};
    },
    'jobs.cancel': async ({ jobId }, { project }) => {
      jobs.cancel(project?.id ?? null, jobId);
      return {};
    },
    'jobs.events': (_input, { project, ...reader }) => jobs.events(project?.id ?? null, reader),
  };
  return {
    handlers,
    serveImage: createImageServer(context),
    findProject,
    startWith: (project) => {
      scopes.startProject = projectFolder(project);
    },
    close,
  };
}
