import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import { appVersion } from '../../files/index.ts';
import { engineFor } from '../base/engine.ts';
import type { Handlers } from '../scope/handlers.ts';
import { pathOfSystem } from '../base/paths.ts';
import { projectId } from '../scope/scopes.ts';

type SystemCalls =
  | 'system.info'
  | 'system.forgetProjects'
  | 'system.doctor'
  | 'system.preferences'
  | 'system.setPreferences'
  | 'folders.list'
  | 'runs.configSchema';

/** What can be asked without a project. */
export function systemHandlers({ ports, scopes, settings }: ServiceContext): Pick<Handlers, SystemCalls> {
  return {
    'system.info': async () => {
      const { kind, why } = await engineFor(ports);
      return {
        version: appVersion(),
        host: ports.host,
        engine: { kind, why },
        recentProjects: (await settings.recentProjects()).map((one) => {
          const id = projectId(one.path);
          const open = scopes.isOpen(id);
          if (!open) return { ...one, id, open };
          const { images, boxes } = scopes.find(id).info();
          return { ...one, images, boxes, id, open };
        }),
        startProject: scopes.startProject,
      };
    },
    'system.forgetProjects': async ({ paths }) => {
      await settings.forgetProjects(paths);
      return {};
    },
    'system.doctor': async () => {
      const { examineInstallation } = await import('../../engine/index.ts');
      return examineInstallation({ environment: ports.environment, forced: ports.engine });
    },
    'system.preferences': async () => ({ preferences: await settings.preferences() }),
    'system.setPreferences': async ({ preferences }) => {
      await settings.setPreferences(preferences);
      return {};
    },
    'folders.list': async ({ path: folder }) => listFolders(folder ?? os.homedir()),
    'runs.configSchema': async () => {
      const { trainingConfigJsonSchema } = await import('../../learning/config/config.ts');
      return { schema: trainingConfigJsonSchema() };
    },
  };
}

async function listFolders(folder: string): Promise<{
  path: string;
  parent: string | null;
  folders: { name: string; path: string; project: boolean }[];
}> {
  const full = pathOfSystem(folder);
  const entries = await readdir(full, { withFileTypes: true }).catch((error: unknown) => {
    throw new TwinheadError(
      'unusable-input',
      say('services.folder', { folder: full }),
      { file: full, remedy: say('services.folder.remedy') },
      { cause: error },
    );
  });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => ({ name, path: path.join(full, name), project: name.endsWith('.twinhead') }))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const parent = path.dirname(full);
  return { path: full, parent: parent === full ? null : parent, folders };
}
