import os from 'node:os';
import path from 'node:path';

/**
 * Folder of this user's settings, the same for the window, the browser host and the command line: where the system
 * keeps such folders, or `TWINHEAD_USER_DIR`.
 */
export function userFolder(
  environment: NodeJS.ProcessEnv,
  platform = process.platform,
  home = os.homedir(),
): string {
  const forced = environment['TWINHEAD_USER_DIR'];
  if (forced) return path.resolve(forced);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Twinhead');
  if (platform === 'win32')
    return path.join(environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Twinhead');
  // The XDG specification: a relative path is to be ignored.
  const configured = environment['XDG_CONFIG_HOME'];
  const base = configured && path.isAbsolute(configured) ? configured : path.join(home, '.config');
  return path.join(base, 'twinhead');
}
