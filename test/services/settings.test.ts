import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserSettings } from '../../electron/services/settings.ts';
import { testPorts } from '../support/ports.ts';

let userFolder: string;
beforeEach(async () => (userFolder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-settings-'))));
afterEach(() => rm(userFolder, { recursive: true, force: true }));

const open = () => new UserSettings(testPorts({ userFolder }));

describe('what is remembered for a person', () => {
  it('is there after a restart, preferences beside the recent projects', async () => {
    const settings = open();
    await settings.rememberProject('cells', '/data/cells.twinhead');
    await settings.setPreferences({ theme: 'dark', ownKeys: { 'box.draw': ['j'] } });
    await settings.rememberProject('parts', '/data/parts.twinhead');
    const again = open();
    expect(await again.preferences()).toEqual({ theme: 'dark', ownKeys: { 'box.draw': ['j'] } });
    expect((await again.recentProjects()).map(({ name }) => name)).toEqual(['parts', 'cells']);
  });

  it('loses nothing of changes made at the same time', async () => {
    const settings = open();
    await Promise.all([
      ...['a', 'b', 'c'].map((name) => settings.rememberProject(name, `/data/${name}.twinhead`)),
      settings.setPreferences({ theme: 'light' }),
    ]);
    expect((await open().recentProjects()).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(await open().preferences()).toEqual({ theme: 'light' });
  });

  it('is not said to be kept where it could not be written', async () => {
    await rm(userFolder, { recursive: true });
    await writeFile(userFolder, 'a file where the folder should be');
    const settings = open();
    await expect(settings.setPreferences({ theme: 'dark' })).rejects.toThrow();
    await settings.rememberProject('cells', '/data/cells.twinhead');
  });

  it.each(['', '{', '[]', '{"preferences":3}'])('starts empty where the file holds “%s”', async (text) => {
    await writeFile(path.join(userFolder, 'settings.json'), text);
    expect(await open().preferences()).toEqual({});
    await open().setPreferences({ theme: 'dark' });
    expect(JSON.parse(await readFile(path.join(userFolder, 'settings.json'), 'utf8'))).toMatchObject({
      preferences: { theme: 'dark' },
    });
  });
});
