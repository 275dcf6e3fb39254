/** `npm start [-- PROJECT]`: opens the app in a window, or where that can't be had, in the browser. */
import path from 'node:path';
import { build } from './builds.mjs';
import { hasDisplay, provideElectron } from './setup/electron.mjs';
import { becomeNode, callersFolder, runInForeground } from './setup/foreground.mjs';
import { main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const reporter = new Reporter();
  await setUp({ reporter });
  if (!(await build(['interface'], { reporter }))) return 1;
  const electron = await windowBinary(reporter);
  const cwd = callersFolder();
  if (electron === null)
    return becomeNode([path.join(root, 'electron', 'cli', 'index.ts'), 'serve', ...args], { cwd });
  if (!(await build(['app', 'preload'], { reporter }))) return 1;
  return runInForeground(electron, [root, ...args], { cwd });
});

/** @returns {Promise<string | null>} Electron's binary; null, with the reason said, where no window can be opened */
async function windowBinary(reporter) {
  const instead = 'opening Twinhead in the browser instead.';
  if (!hasDisplay()) {
    reporter.line(`No display found; ${instead}`);
    return null;
  }
  const { file, reason } = await provideElectron({ root, reporter });
  if (!file) reporter.line(`Electron's binary could not be fetched (${reason}); ${instead}`);
  return file;
}
