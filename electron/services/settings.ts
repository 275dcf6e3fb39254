import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { AppPorts } from './ports.ts';

const Settings = z.object({
  recentProjects: z.array(z.object({ name: z.string(), path: z.string() })).default([]),
});
type Settings = z.infer<typeof Settings>;

const RECENT_PROJECTS = 12;

/** What the app remembers between starts, per user. Losing it costs comfort only, so a damaged file counts as empty. */
export class UserSettings {
  readonly #ports: AppPorts;
  readonly #file: string;

  constructor(ports: AppPorts) {
    this.#ports = ports;
    this.#file = path.join(ports.userFolder, 'settings.json');
  }

  async recentProjects(): Promise<{ name: string; path: string; exists: boolean }[]> {
    const { recentProjects } = await this.#read();
    return recentProjects.map((entry) => ({
      ...entry,
      exists: existsSync(path.join(entry.path, 'project.db')),
    }));
  }

  /** Puts the project at the top of the list. A folder that can't be written to is logged, not an error. */
  async rememberProject(name: string, projectPath: string): Promise<void> {
    const settings = await this.#read();
    const others = settings.recentProjects.filter((entry) => entry.path !== projectPath);
    const recentProjects = [{ name, path: projectPath }, ...others].slice(0, RECENT_PROJECTS);
    try {
      await mkdir(this.#ports.userFolder, { recursive: true });
      const temporary = `${this.#file}.${process.pid}.tmp`;
      await writeFile(temporary, JSON.stringify({ ...settings, recentProjects }, null, 2));
      await rename(temporary, this.#file);
    } catch (error) {
      this.#ports.logger.warn({ err: error }, 'the list of recent projects could not be saved');
    }
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
