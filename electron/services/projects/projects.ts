import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ProjectInfo } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { canonicalPath, makeNewFolder, remove } from '../../files/index.ts';
import { isHeldHere, listBackups, projectInUse, readBackup, restoreBackup } from '../../store/index.ts';
import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { RescueTask } from './rescue.ts';
import type { Handlers } from '../scope/handlers.ts';
import { importDataset } from '../exchange/import.ts';
import { requireFree, requireImages, requireThere } from './new-project.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { packProject } from './pack.ts';
import { archiveOfSystem, pathOfSystem } from '../base/paths.ts';
import { keepPictureSoon } from './recent-project.ts';
import { unpackProject } from './unpack.ts';

type ProjectCalls =
  | 'project.get'
  | 'project.open'
  | 'project.checkFolders'
  | 'project.create'
  | 'project.hold'
  | 'project.close'
  | 'project.sample'
  | 'project.backups'
  | 'project.restore'
  | 'project.rescue'
  | 'project.pack'
  | 'project.unpack'
  | 'project.check'
  | 'project.labelsChanged'
  | 'project.updateSettings'
  | 'project.changes'
  | 'project.history'
  | 'project.stepImages'
  | 'project.undo'
  | 'project.redo';

const SUFFIX = '.twinhead';

/**
 * Project folders end in `.twinhead`; a name without it means the folder with it, unless there is one without. A link
 * to a project stands for it.
 * @throws TwinheadError `invalid-input` for a path of another system
 */
export function projectFolder(name: string): string {
  const full = pathOfSystem(name);
  const named = full.endsWith(SUFFIX) || existsSync(path.join(full, 'project.db'));
  return canonicalPath(named ? full : full + SUFFIX);
}

export function projectHandlers({
  ports,
  scopes,
  settings,
  jobs,
}: ServiceContext): Pick<Handlers, ProjectCalls> {
  const open = async (
    name: string,
    options: { readonly create: boolean; readonly page: string | null },
  ): Promise<{ readonly project: OpenProject; readonly info: ProjectInfo }> => {
    const folder = projectFolder(name);
    const project = await scopes.open(folder, options);
    const info = project.info();
    const { name: title, images, boxes } = info;
    const { pictured } = await settings.rememberProject({ name: title, path: folder, images, boxes });
    // A command ends sooner without loading what decodes pictures; a page asks for some as soon as it has the answer.
    if (images === 0 || ports.host === 'cli') return { project, info };
    setImmediate(() => {
      // Whoever asks for a picture hears of a failure.
      if (project.isOpen) project.pixels().catch(() => undefined);
    });
    if (!pictured)
      keepPictureSoon(settings, project, (error) =>
        ports.logger.warn({ err: error, project: folder }, 'no picture of a project could be made'),
      );
    return { project, info };
  };

  return {
    'project.get': async (_input, { project }) => project.info(),
    'project.open': async ({ path: name, ...options }) => (await open(name, options)).info,
    'project.checkFolders': async (input) => {
      requireFree(projectFolder(input.path));
      const title = say('jobs.checkFolders', { folders: { list: input.folders } });
      const jobId = jobs.start(null, 'check-folders', { title, input }, async (job) => {
        await requireImages(input.folders, job);
        return {};
      });
      return { jobId };
    },
    'project.create': async ({ path: name, page, dataset }) => {
      requireFree(projectFolder(name));
      for (const one of dataset) await requireThere(one);
      return (await open(name, { create: true, page })).info;
    },
    'project.hold': async ({ page }, { project }) => {
      scopes.hear(project, page);
      return {};
    },
    'project.close': async ({ page, pageEnds }, { project }) => {
      if (pageEnds && page !== null) scopes.leaveSoon(project, page);
      else await scopes.leave(project, page);
      return {};
    },
    'project.sample': async ({ path: name, page, editId, ...options }) => {
      const { project, info } = await open(name, { create: true, page });
      const started = jobs.started(project, 'sample', editId);
      if (started !== undefined) return { jobId: started, projectId: project.id };
      const { folder } = project;
      if (info.images > 0) {
        throw new TwinheadError(
          'unusable-input',
          say('services.sample.images', { name: info.name, count: info.images }),
          { file: folder, project: folder, remedy: say('services.sample.images.remedy') },
        );
      }
      const sampleFolder = path.join(folder, 'sample');
      if (!makeNewFolder(sampleFolder)) {
        throw new TwinheadError('unusable-input', say('services.sample.folder', { name: info.name }), {
          file: sampleFolder,
          remedy: say('services.sample.folder.remedy'),
        });
      }
      const title = say('jobs.sample');
      const jobId = jobs.start(project, 'sample', { title, input: null, editId }, async (job) => {
        const { buildDigitScenes } = await import('../../images/index.ts');
        const { dataset, folder: imageFolder } = await buildDigitScenes({
          ...options,
          folder: sampleFolder,
          signal: job.signal,
          onProgress: (done, total) => job.progress(done, total, say('jobs.doing.drawing')),
        }).catch(async (error: unknown) => {
          await remove(sampleFolder);
          throw error;
        });
        return importDataset(project, job, {
          dataset,
          imageFolders: [imageFolder],
          title: 'sample',
          source: imageFolder,
        });
      });
      return { jobId, projectId: project.id };
    },
    'project.backups': async ({ path: name }) => ({
      backups: listBackups(projectFolder(name)).map((backup) => ({
        name: backup.name,
        at: backup.at.toISOString(),
        reason: backup.reason,
        ...readBackup(backup),
      })),
    }),
    'project.restore': async ({ path: name, backup }) => {
      const folder = projectFolder(name);
      return scopes.whileClosed(folder, () => restoreBackup(folder, backup));
    },
    'project.rescue': async ({ source, path: name }) => {
      const input = { source: pathOfSystem(source), folder: projectFolder(name) };
      for (const held of [input.source, path.dirname(input.source)])
        if (isHeldHere(held)) throw projectInUse(held);
      return startOnThread<RescueTask>(moduleBeside(import.meta.url, 'rescue-worker'), input).done;
    },
    'project.pack': async (input) => {
      const { path: name, out, images, runs } = input;
      const folder = projectFolder(name);
      const title = say('jobs.pack', { name: path.basename(folder) });
      const request = { folder, out: pathOfSystem(out), images, runs };
      return { jobId: jobs.start(null, 'pack', { title, input }, (job) => packProject(request, job)) };
    },
    'project.unpack': async (input) => {
      const file = archiveOfSystem(input.file);
      const title = say('jobs.unpack', { name: path.basename(file) });
      const request = { file, folder: projectFolder(input.path) };
      return { jobId: jobs.start(null, 'unpack', { title, input }, (job) => unpackProject(request, job)) };
    },
    'project.updateSettings': async ({ editId, ...changes }, { project }) => {
      project.store.settings.update(changes, { editId });
      project.changed('classes');
      return project.info();
    },
    'project.check': async (_input, { project }) => project.store.fullCheck(),
    'project.labelsChanged': async ({ since }, { project }) => ({
      changed: project.store.labelsChanged(since),
    }),
    'project.changes': (_input, { project, ...reader }) => project.changes.read(reader),
    'project.history': async ({ limit }, { project }) => ({ steps: project.store.journal.steps(limit) }),
    'project.stepImages': async ({ stepId }, { project }) => ({
      imageIds: project.store.journal.imagesOf(stepId),
    }),
    'project.undo': async (input, { project }) => {
      const undone = await project.store.journal.undoProjectInTurns(input);
      project.changed('images');
      return { undone };
    },
    'project.redo': async (input, { project }) => {
      const redone = await project.store.journal.redoProjectInTurns(input);
      project.changed('images');
      return { redone };
    },
  };
}
