import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserSettings } from '../../electron/services/base/settings.ts';
import { testPorts } from '../support/ports.ts';

let userFolder: string;
beforeEach(async () => (userFolder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-settings-'))));
afterEach(() => rm(userFolder, { recursive: true, force: true }));

const open = () => new UserSettings(testPorts({ userFolder }));

const project = (name: string) => ({ name, path: `/data/${name}.twinhead`, images: 3, boxes: 5 });

describe('what is remembered for a person', () => {
  it('is there after a restart, preferences beside the recent projects', async () => {
    const settings = open();
    await settings.rememberProject(project('cells'));
    await settings.setPreferences({ theme: 'dark', ownKeys: { 'box.draw': ['j'] } });
    await settings.rememberProject(project('parts'));
    const again = open();
    expect(await again.preferences()).toEqual({ theme: 'dark', ownKeys: { 'box.draw': ['j'] } });
    expect((await again.recentProjects()).map(({ name }) => name)).toEqual(['parts', 'cells']);
  });

  it('keeps what one window chose where another chooses something else', async () => {
    const [one, other] = [open(), open()];
    await one.setPreferences({ language: 'zh-CN' });
    await other.setPreferences({ theme: 'dark' });
    expect(await open().preferences()).toEqual({ language: 'zh-CN', theme: 'dark' });
  });

  it('loses nothing of changes made at the same time', async () => {
    const settings = open();
    await Promise.all([
      ...['a', 'b', 'c'].map((name) => settings.rememberProject(project(name))),
      settings.setPreferences({ theme: 'light' }),
    ]);
    expect((await open().recentProjects()).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(await open().preferences()).toEqual({ theme: 'light' });
  });

  it('has a project as it was when it was closed, until it is taken out of the list', async () => {
    const settings = open();
    const picture = 'data:image/webp;base64,UklGRg==';
    await settings.rememberProject(project('cells'));
    await settings.updateProject('/data/cells.twinhead', { images: 4, boxes: 6, picture });
    await settings.rememberProject(project('parts'));
    await settings.rememberProject(project('cells'));
    expect(await open().recentProjects()).toMatchObject([
      { name: 'cells', images: 3, boxes: 5, picture, exists: false },
      { name: 'parts', picture: null },
    ]);
    await settings.forgetProjects(['/data/cells.twinhead']);
    await settings.updateProject('/data/cells.twinhead', { images: 9 });
    expect((await open().recentProjects()).map(({ name }) => name)).toEqual(['parts']);
  });

  it('keeps as many projects that exist, however many are gone', async () => {
    const settings = open();
    const real = path.join(userFolder, 'real.twinhead');
    await mkdir(real);
    await settings.rememberProject({ ...project('real'), path: real });
    for (let index = 0; index < 20; index += 1) await settings.rememberProject(project(`gone${index}`));
    const recent = await open().recentProjects();
    expect(recent.find(({ exists }) => exists)).toMatchObject({ name: 'real' });
    expect(recent.filter(({ exists }) => !exists).map(({ name }) => name)).toEqual(
      Array.from({ length: 12 }, (_, index) => `gone${19 - index}`),
    );
  });

  it('keeps the list of an older version, and of a damaged entry what is whole', async () => {
    const recentProjects = [
      { name: 'old', path: '/data/old.twinhead' },
      { ...project('odd'), picture: 'https://example.org/spy.png', images: -1 },
    ];
    await writeFile(path.join(userFolder, 'settings.json'), JSON.stringify({ recentProjects }));
    expect(await open().recentProjects()).toMatchObject([
      { name: 'old', openedAt: null, images: null, boxes: null, picture: null },
      { name: 'odd', images: null, boxes: 5, picture: null },
    ]);
  });

  it('is not said to be kept where it could not be written', async () => {
    await rm(userFolder, { recursive: true });
    await writeFile(userFolder, 'a file where the folder should be');
    const settings = open();
    await expect(settings.setPreferences({ theme: 'dark' })).rejects.toThrow();
    await settings.rememberProject(project('cells'));
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
