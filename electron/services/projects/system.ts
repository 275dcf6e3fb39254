import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { OutputOf } from '../../common/contract.ts';
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
    'folders.list': async ({ path: folder, files }) => listFolder(folder ?? os.homedir(), files),
    'runs.configSchema': async () => {
      const { trainingConfigJsonSchema } = await import('../../learning/config/config.ts');
      return { schema: trainingConfigJsonSchema() };
    },
  };
}

/** Files that a list has: nobody chooses among more. */
const MOST_FILES = 1000;

async function listFolder(folder: string, withFiles: boolean): Promise<OutputOf<'folders.list'>> {
  const asked = pathOfSystem(folder);
  const full = withFiles && (await isFile(asked)) ? path.dirname(asked) : asked;
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
    .sort(byName);
  const files = withFiles ? await filesOf(full, entries) : [];
  const parent = path.dirname(full);
  return { path: full, parent: parent === full ? null : parent, folders, files };
}

/** Whether it is one that is there. */
async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}

async function filesOf(
  folder: string,
  entries: readonly Dirent[],
): Promise<{ name: string; path: string }[]> {
  const { hasImageExtension } = await import('../../images/index.ts');
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !hasImageExtension(entry.name))
    .map(({ name }) => ({ name, path: path.join(folder, name) }))
    .sort(byName)
    .slice(0, MOST_FILES);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}
