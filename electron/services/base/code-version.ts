import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { appVersion, packageFolder, readTextSync } from '../../files/index.ts';

let known: Promise<string> | null = null;

/**
 * What exactly runs, as semantic versioning writes builds: "0.1.0+f1b6551a2b3c", with "-dirty" where files differ. From the
 * git checkout that the program lies in, else from what the build wrote, else the version alone.
 */
export function codeVersion(): Promise<string> {
  known ??= commitOf(packageFolder).then((commit) =>
    commit === null ? appVersion() : `${appVersion()}+${commit}`,
  );
  return known;
}

/** @param folder of a package; a checkout around it, in which it is merely installed, says nothing of its source */
export async function commitOf(folder: string): Promise<string | null> {
  if (existsSync(path.join(folder, '.git'))) {
    try {
      const wanted = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
      const { stdout } = await promisify(execFile)('git', ['-C', folder, ...wanted], { timeout: 5000 });
      return stdout.trim();
    } catch {
      // Without git, or in a checkout that it refuses to read, there is only what a build wrote.
    }
  }
  const written = path.join(folder, 'dist', 'electron', 'commit.txt');
  return existsSync(written) ? readTextSync(written).trim() : null;
}
