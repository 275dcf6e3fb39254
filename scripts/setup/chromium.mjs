import { existsSync } from 'node:fs';
import path from 'node:path';
import { answers, lastLines, run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns a Chromium of this machine, null where there is none. `TWINHEAD_CHROMIUM` names one. */
export function findChromium(environment = process.env, platform = process.platform) {
  const given = environment.TWINHEAD_CHROMIUM;
  if (given) return existsSync(given) ? given : null;
  const folders = (environment.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  const windows = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA]
    .filter(Boolean)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'));
  const candidates = platform === 'darwin' ? [...onPath, ...MAC] : platform === 'win32' ? windows : onPath;
  return candidates.find((file) => existsSync(file)) ?? null;
}

/**
 * Finds Chromium for the browser tests, or installs it by apt where this process is root.
 * @returns {Promise<string | null>} null: the reason was said, the browser tests are skipped
 */
export async function provideChromium({ reporter, environment = process.env }) {
  const found = findChromium(environment);
  if (found) return found;
  const skipped = 'the browser tests will be skipped';
  if (environment.TWINHEAD_CHROMIUM) {
    reporter.line(
      `  Chromium: TWINHEAD_CHROMIUM names ${environment.TWINHEAD_CHROMIUM}, which is not there; ${skipped}.`,
    );
    return null;
  }
  const root = process.getuid?.() === 0;
  if (!root || !(await answers('apt-get'))) {
    reporter.line(`  Chromium is not here; ${skipped}. Install it, or name one in TWINHEAD_CHROMIUM.`);
    return null;
  }
  try {
    return await reporter.step('Chromium: apt-get install', async (progress) => {
      const options = { env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000 };
      progress('reading the list of packages');
      const update = await run('apt-get', ['update', '-qq'], options);
      progress('fetching and unpacking');
      const install = await run(
        'apt-get',
        ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
        options,
      );
      const file = findChromium(environment);
      // Ubuntu's package of that name is only a door to a snap; it shows by not running.
      if (file && (await answers(file))) return file;
      throw new Error(
        lastLines(install.status === 0 ? update : install) || 'it was installed but does not run',
      );
    });
  } catch (error) {
    reporter.line(`  Chromium could not be installed (${error.message}); ${skipped}.`);
    return null;
  }
}
