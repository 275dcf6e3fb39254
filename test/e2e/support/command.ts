import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The checkout's own Node, whichever one runs Playwright. */
export const node = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
export const command = path.join(root, 'electron', 'cli', 'index.ts');

/** One folder a run of the tests: the global set-up makes it and hands it to Playwright's workers in this variable. */
export const WORK_FOLDER = 'TWINHEAD_E2E_FOLDER';

/** For whatever tests need. */
export function workFolder(): string {
  const folder = process.env[WORK_FOLDER];
  if (folder === undefined) throw new Error('The global set-up of the browser tests has not run.');
  return folder;
}

/** A labelled sample of 72 images, copied before it is used. */
export function sampleProject(): string {
  return path.join(workFolder(), 'sample.twinhead');
}

/** Settings of the tests' own, so that no person's list of recent projects is touched. */
export function environmentOf(userFolder: string): NodeJS.ProcessEnv {
  // What a Python of this machine has makes no difference.
  return { ...process.env, TWINHEAD_USER_DIR: userFolder, TWINHEAD_PYTHON: 'no-python-in-tests' };
}

/** Runs `twinhead …`; throws with what it printed where it fails. */
export async function twinhead(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(node, [command, ...args], {
    env: environmentOf(path.join(workFolder(), 'user')),
  });
  return stdout;
}
