import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ProjectInfo } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { canonicalPath, makeNewFolder, remove } from '../files/index.ts';
import { listBackups, readBackup, restoreBackup } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { rescue } from './rescue.ts';
import type { Handlers } from './handlers.ts';
import { importDataset } from './import.ts';

type ProjectCalls =
  | 'project.get'
  | 'project.open'
  | 'project.close'
  | 'project.sample'
  | 'project.backups'
  | 'project.restore'
  | 'project.rescue'
  | 'project.check'
  | 'project.updateSettings'
  | 'project.changes'
  | 'project.history'
  | 'project.undo'
  | 'project.redo';

const SUFFIX = '.twinhead';

/**
 * Project folders end in `.twinhead`; a name without it means the folder with it, unless there is one without. A link
 * to a project stands for it.
 */
export function projectFolder(name: string): string {
  const full = path.resolve(name);
  const named = full.endsWith(SUFFIX) || existsSync(path.join(full, 'project.db'));
  return canonicalPath(named ? full : full + SUFFIX);
}

export function projectHandlers(context: ServiceContext): Pick<Handlers, ProjectCalls> {
  const { session, settings, jobs } = context;

  /** What comes before a project is closed. */
  const leave = async (): Promise<void> => {
    await jobs.cancelAll();
    await session.backUp();
  };

  const open = async (name: string, create: boolean): Promise<ProjectInfo> => {
    const folder = projectFolder(name);
    const { store } = await session.open(folder, { create, leave });
    const info = store.info();
    await settings.rememberProject(info.name, folder);
    return info;
  };

  return {
    'project.get': async () => session.require().store.info(),
    'project.open': async ({ path: name, create }) => open(name, create),
    'project.close': async () => {
      await leave();
      session.close();
      return {};
    },
    'project.sample': async ({ path: name, ...options }) => {
      const folder = projectFolder(name);
      const info = await open(name, true);
      if (info.images > 0) {
        throw new TwinheadError(
          'unusable-input',
          say('services.sample.images', { name: info.name, count: info.images }),
          { file: folder, remedy: say('services.sample.images.remedy') },
        );
      }
      const sampleFolder = path.join(session.require().store.folder, 'sample');
      if (!makeNewFolder(sampleFolder)) {
        throw new TwinheadError('unusable-input', say('services.sample.folder', { name: info.name }), {
          file: sampleFolder,
          remedy: say('services.sample.folder.remedy'),
        });
      }
      const jobId = jobs.start('sample', { title: say('jobs.sample'), input: null }, async (job) => {
        const { buildDigitScenes } = await import('../images/index.ts');
        const { dataset, folder: imageFolder } = await buildDigitScenes({
          ...options,
          folder: sampleFolder,
          signal: job.signal,
          onProgress: (done, total) => job.progress(done, total, say('jobs.doing.drawing')),
        }).catch(async (error: unknown) => {
          await remove(sampleFolder);
          throw error;
        });
        return importDataset(context, job, {
          dataset,
          imageFolders: [imageFolder],
          title: 'sample',
          source: imageFolder,
        });
      });
      return { jobId };
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
      if (session.folder === folder) {
        await jobs.cancelAll();
        session.close();
      }
      return restoreBackup(folder, backup);
    },
    'project.rescue': async ({ source, path: name }) => rescue(path.resolve(source), projectFolder(name)),
    'project.updateSettings': async (changes) => {
      const { store } = session.require();
      store.settings.update(changes);
      session.changed('classes');
      return store.info();
    },
    'project.check': async () => session.require().store.fullCheck(),
    'project.changes': (_input, reader) => session.require().changes.read(reader),
    'project.history': async ({ limit }) => ({ steps: session.require().store.journal.steps(limit) }),
    'project.undo': async () => {
      const { journal } = session.require().store;
      const { undo } = journal.projectSteps();
      const undone = journal.undoProject();
      session.changed('images');
      return { undone: undone === null ? null : undo };
    },
    'project.redo': async () => {
      const { journal } = session.require().store;
      const { redo } = journal.projectSteps();
      const redone = journal.redoProject();
      session.changed('images');
      return { redone: redone === null ? null : redo };
    },
  };
}
