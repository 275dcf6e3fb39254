import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode } from './paths.mjs';
import { lastLines, run } from './run.mjs';

/** @returns Electron's binary, null where its package has not fetched it. */
export function findElectron(root) {
  const folder = path.join(root, 'node_modules', 'electron');
  try {
    const name = readFileSync(path.join(folder, 'path.txt'), 'utf8').trim();
    const file = path.join(folder, 'dist', name);
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** Whether a window could be shown: always on macOS and Windows, elsewhere where X or Wayland is. */
export function hasDisplay(environment = process.env, platform = process.platform) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * Fetches Electron's binary by its package's own install script.
 * @returns {Promise<{file: string | null, reason: string}>} null with the reason where it is refused
 */
export async function provideElectron({ root, reporter, timeout = 180_000 }) {
  const found = findElectron(root);
  if (found) return { file: found, reason: '' };
  const script = path.join(root, 'node_modules', 'electron', 'install.js');
  try {
    await reporter.step('Electron: fetching its binary', async () => {
      const result = await run(pinnedNode(root), [script], { cwd: path.dirname(script), timeout });
      if (result.timedOut) throw new Error(`nothing came within ${Math.round(timeout / 1000)} seconds`);
      if (result.status !== 0) throw new Error(firstReason(result));
      if (!findElectron(root)) throw new Error('its script ended without it');
    });
  } catch (error) {
    return { file: null, reason: error.message };
  }
  return { file: findElectron(root), reason: '' };
}

/** The message of a thrown error, without its stack. */
function firstReason(result) {
  const message = /^\w*Error:? ?(.*)$/m.exec(result.stderr)?.[1];
  return message ? message.slice(0, 200) : lastLines(result, 1);
}
