import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
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
    this.#file = path.join(ports.userFolder, 'settings.json');
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

  /** Puts the project at the top of the list. */
  async rememberProject(name: string, projectPath: string): Promise<void> {
    await this.#change((settings) => {
      const others = settings.recentProjects.filter((entry) => entry.path !== projectPath);
      const recentProjects = [{ name, path: projectPath }, ...others].slice(0, RECENT_PROJECTS);
      return { ...settings, recentProjects };
    });
  }

  /** One change after another, so that none is lost. A folder that can't be written to is logged, not an error. */
  #change(change: (settings: Settings) => Settings): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        const changed = change(await this.#read());
        await mkdir(this.#ports.userFolder, { recursive: true });
        const temporary = `${this.#file}.${process.pid}.tmp`;
        await writeFile(temporary, JSON.stringify(changed, null, 2));
        await rename(temporary, this.#file);
      } catch (error) {
        this.#ports.logger.warn({ err: error }, 'the settings could not be saved');
      }
    });
    return this.#writing;
  }

  async #read(): Promise<Settings> {
    try {
      return Settings.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        this.#ports.logger.warn({ err: error }, 'the settings file is unreadable and starts empty');
      }
      return Settings.parse({});
    }
  }
}
