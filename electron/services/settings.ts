import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalPath, makeFolder, readWhole, writeAtomically } from '../files/index.ts';
import type { AppPorts } from './ports.ts';

const Settings = z.object({
  recentProjects: z.array(z.object({ name: z.string(), path: z.string() })).default([]),
  /** The interface's own: looks, language, keys. It checks them itself when it reads them. */
  preferences: z.record(z.string(), z.unknown()).default({}),
});
type Settings = z.infer<typeof Settings>;

const RECENT_PROJECTS = 12;

/** What the app remembers between starts, per user. Losing it costs comfort only, so a damaged file counts as empty. */
export class UserSettings {
  readonly #ports: AppPorts;
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: AppPorts) {
    this.#ports = ports;
    this.#file = path.join(canonicalPath(ports.userFolder), 'settings.json');
  }

  async recentProjects(): Promise<{ name: string; path: string; exists: boolean }[]> {
    const { recentProjects } = await this.#read();
    // A folder without its project file may have backups: opening it says.
    return recentProjects.map((entry) => ({ ...entry, exists: existsSync(entry.path) }));
  }

  async preferences(): Promise<Record<string, unknown>> {
    return (await this.#read()).preferences;
  }

  /** Replaces what the interface remembers for this person. */
  async setPreferences(preferences: Record<string, unknown>): Promise<void> {
    await this.#change((settings) => ({ ...settings, preferences }));
  }

  /** Puts the project at the top of the list. Where that can't be written, it is logged: the project is open. */
  async rememberProject(name: string, projectPath: string): Promise<void> {
    try {
      await this.#change((settings) => {
        const others = settings.recentProjects.filter((entry) => entry.path !== projectPath);
        const recentProjects = [{ name, path: projectPath }, ...others].slice(0, RECENT_PROJECTS);
        return { ...settings, recentProjects };
      });
    } catch (error) {
      this.#ports.logger.warn({ err: error }, 'the list of recent projects could not be saved');
    }
  }

  /** One change after another, so that none is lost. @throws what the system says (disk full) */
  #change(change: (settings: Settings) => Settings): Promise<void> {
    const written = this.#writing.then(async () => {
      const changed = change(await this.#read());
      makeFolder(path.dirname(this.#file));
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
