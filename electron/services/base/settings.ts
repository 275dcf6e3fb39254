import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalPath, makeFolder, readWhole, sweep, writeAtomically } from '../../files/index.ts';
import type { AppPorts } from './ports.ts';

/** A small picture as an address of its own; longer ones are none of ours. */
const Picture = z
  .string()
  .regex(/^data:image\/webp;base64,[A-Za-z0-9+/]+=*$/)
  .max(40_000);
const figure = z.int().nonnegative().nullable().catch(null).default(null);

/** A project as it was when it was last open; figures are null where it was remembered before they were kept. */
const RecentProject = z.object({
  name: z.string(),
  path: z.string(),
  openedAt: z.iso.datetime().nullable().catch(null).default(null),
  images: figure,
  boxes: figure,
  picture: Picture.nullable().catch(null).default(null),
});
export type RecentProject = z.infer<typeof RecentProject>;

const Settings = z.object({
  recentProjects: z.array(RecentProject).default([]),
  /** The interface's own: looks, language, keys. It checks them itself when it reads them. */
  preferences: z.record(z.string(), z.unknown()).default({}),
});
type Settings = z.infer<typeof Settings>;

/** Most that are kept of those that exist, and of those not found: one that is gone takes no other's place. */
const RECENT_PROJECTS = 12;

/** A folder without its project file may have backups: opening it says. */
const exists = (entry: RecentProject): boolean => existsSync(entry.path);

function newest(projects: readonly RecentProject[]): RecentProject[] {
  const kept = [true, false].flatMap((there) =>
    projects.filter((entry) => exists(entry) === there).slice(0, RECENT_PROJECTS),
  );
  return projects.filter((entry) => kept.includes(entry));
}

/** What the app remembers between starts, per user. Losing it costs comfort only, so a damaged file counts as empty. */
export class UserSettings {
  readonly #ports: AppPorts;
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: AppPorts) {
    this.#ports = ports;
    this.#file = path.join(canonicalPath(ports.userFolder), 'settings.json');
  }

  async recentProjects(): Promise<(RecentProject & { exists: boolean })[]> {
    const { recentProjects } = await this.#read();
    return recentProjects.map((entry) => ({ ...entry, exists: exists(entry) }));
  }

  async preferences(): Promise<Record<string, unknown>> {
    return (await this.#read()).preferences;
  }

  /** Changes what the interface remembers for this person; what is not named stays, as another window chose it. */
  async setPreferences(changed: Record<string, unknown>): Promise<void> {
    await this.#change((settings) => ({
      ...settings,
      preferences: { ...settings.preferences, ...changed },
    }));
  }

  /** Puts the project at the top of the list. @returns whether there is a picture of it, which is kept */
  async rememberProject(
    project: Pick<RecentProject, 'name' | 'path' | 'images' | 'boxes'>,
  ): Promise<{ pictured: boolean }> {
    const openedAt = this.#ports.clock().toISOString();
    const kept: Pick<RecentProject, 'picture'> = { picture: null };
    await this.#changeRecent((recent) => {
      kept.picture = recent.find(({ path: known }) => known === project.path)?.picture ?? null;
      const others = recent.filter(({ path: known }) => known !== project.path);
      return newest([{ ...project, openedAt, ...kept }, ...others]);
    });
    return { pictured: kept.picture !== null };
  }

  /** What is to be said of a project from now on; one that is not in the list stays out of it. */
  async updateProject(
    projectPath: string,
    now: Partial<Pick<RecentProject, 'images' | 'boxes' | 'picture'>>,
  ): Promise<void> {
    await this.#changeRecent((recent) =>
      recent.map((entry) => (entry.path === projectPath ? { ...entry, ...now } : entry)),
    );
  }

  /** Takes projects out of the list; the projects themselves are not touched. */
  async forgetProjects(paths: readonly string[]): Promise<void> {
    await this.#change((settings) => ({
      ...settings,
      recentProjects: settings.recentProjects.filter((entry) => !paths.includes(entry.path)),
    }));
  }

  /** A list that can't be written is logged: it costs comfort only. */
  async #changeRecent(change: (recent: readonly RecentProject[]) => RecentProject[]): Promise<void> {
    try {
      await this.#change((settings) => ({ ...settings, recentProjects: change(settings.recentProjects) }));
    } catch (error) {
      this.#ports.logger.warn({ err: error }, 'the list of recent projects could not be saved');
    }
  }

  /** One change after another, so that none is lost. @throws what the system says (disk full) */
  #change(change: (settings: Settings) => Settings): Promise<void> {
    const written = this.#writing.then(async () => {
      const changed = change(await this.#read());
      makeFolder(path.dirname(this.#file));
      sweep(path.dirname(this.#file));
      await writeAtomically(this.#file, JSON.stringify(changed, null, 2));
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #read(): Promise<Settings> {
    try {
      return Settings.parse(JSON.parse((await readWhole(this.#file)).toString('utf8')));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        this.#ports.logger.warn({ err: error }, 'the settings file is unreadable and starts empty');
      }
      return Settings.parse({});
    }
  }
}
