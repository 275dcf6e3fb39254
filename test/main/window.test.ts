import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { menuTemplate } from '../../electron/main/menu.ts';
import { MINIMUM_SIZE, windowOptions } from '../../electron/main/window-options.ts';
import { readWindowState, saveWindowState, visibleBounds } from '../../electron/main/window-state.ts';

describe('the window', () => {
  it('keeps its page in the sandbox, apart from Node and from the preload script', () => {
    expect(windowOptions('/app/preload.cjs', {}).webPreferences).toEqual({
      preload: '/app/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });

  it('comes back where it was, where that can still be seen', () => {
    const display = { x: 0, y: 0, width: 1920, height: 1080 };
    const bounds = { x: 100, y: 50, width: 1300, height: 800 };
    const at = (changes: Partial<typeof bounds>) =>
      visibleBounds({ bounds: { ...bounds, ...changes }, maximized: false }, [display]);
    expect(at({})).toEqual(bounds);
    expect(at({ x: 2000 })).toEqual({ width: 1300, height: 800 });
    expect(at({ y: -40 })).toEqual({ width: 1300, height: 800 });
    expect(at({ x: -1290 })).toEqual({ width: 1300, height: 800 });
    expect(at({ width: 10, height: 10 })).toEqual({ ...bounds, ...MINIMUM_SIZE });
    expect(visibleBounds(null, [display])).toEqual({});
  });

  it('is remembered between starts, and a damaged memory is none', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-window-'));
    try {
      expect(await readWindowState(folder)).toBeNull();
      const state = { bounds: { x: 1, y: 2, width: 1100, height: 700 }, maximized: true };
      await saveWindowState(path.join(folder, 'new'), state);
      expect(await readWindowState(path.join(folder, 'new'))).toEqual(state);
      await writeFile(path.join(folder, 'window.json'), '{"bounds":');
      expect(await readWindowState(folder)).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has the menus of its system, the application menu on macOS only', () => {
    const roles = (platform: NodeJS.Platform) =>
      menuTemplate(platform, 'en', () => undefined).map(({ role, label }) => role ?? label);
    expect(roles('linux')).toEqual(['fileMenu', 'editMenu', 'View', 'windowMenu']);
    expect(roles('darwin')).toEqual(['appMenu', 'fileMenu', 'editMenu', 'View', 'windowMenu']);
    const chinese = menuTemplate('darwin', 'zh-CN', () => undefined).flatMap(({ label, submenu }) => [
      label,
      ...(submenu as { readonly label?: string }[]).map((item) => item.label),
    ]);
    expect(chinese.filter((label) => label !== undefined && !/\p{Script=Han}/u.test(label))).toEqual([
      'Twinhead',
    ]);
  });
});
