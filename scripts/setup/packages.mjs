import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './errors.mjs';
import { lastLines, npm } from './run.mjs';

const STAMP = '.twinhead-setup.json';

/**
 * What is wrong with node_modules: '' where it holds just what the lock file says. A stamp remembers the lock file that
 * it was compared with, so the common case reads one hash and looks for each package's folder: some 20 ms.
 */
export function packagesProblem(root) {
  const modules = path.join(root, 'node_modules');
  if (!existsSync(modules)) return 'they are not installed';
  const lockText = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const stamp = readJson(path.join(modules, STAMP));
  // npm writes this list last, so a half-done installation has none.
  const installed = readJson(path.join(modules, '.package-lock.json'))?.packages;
  if (!installed) return 'their installation was not finished';
  if (stamp?.lock !== hash(lockText)) {
    const difference = firstDifference(JSON.parse(lockText).packages, installed);
    if (difference) return difference;
  }
  const missing = Object.keys(installed).find(
    (folder) => !installed[folder].link && !existsSync(path.join(root, folder, 'package.json')),
  );
  return missing ? `${missing} is missing` : '';
}

/** @returns the first package of which the lock file wants another version than is there */
function firstDifference(wanted, installed) {
  for (const [folder, entry] of Object.entries(wanted)) {
    if (folder === '') continue;
    const found = installed[folder];
    // Packages for other systems are left out on purpose.
    if (!found && entry.optional) continue;
    if (found?.version !== entry.version)
      return `${folder} is ${found ? `at ${found.version}` : 'missing'}, not at ${entry.version}`;
  }
  return null;
}

/**
 * Installs the packages of the lock file with their install scripts off, unless they are there.
 * @returns {Promise<'kept' | 'installed'>}
 */
export async function installPackages({ root, reporter }) {
  const problem = packagesProblem(root);
  if (problem !== '') {
    reporter.line(`  Packages: ${problem}.`);
    await reporter.step('Packages: npm ci, install scripts off', async (progress) => {
      const result = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'], {
        cwd: root,
        onOutput: countFetched(progress),
      });
      if (result.status !== 0)
        throw new SetupError(
          `npm ci failed: ${lastLines({ stdout: '', stderr: withoutFetches(result.stderr) }, 4)}`,
          "Check the network and npm's settings (`npm config list`), then run `npm run setup` again.",
        );
    });
    const left = packagesProblem(root);
    if (left !== '')
      throw new SetupError(
        `npm ci ended well, but of the packages ${left}.`,
        'Delete node_modules and run `npm run setup`.',
      );
  }
  remember(root);
  return problem === '' ? 'kept' : 'installed';
}

function remember(root) {
  const file = path.join(root, 'node_modules', STAMP);
  const lock = hash(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  if (readJson(file)?.lock !== lock) writeFileSync(file, `${JSON.stringify({ lock })}\n`);
}

function countFetched(progress) {
  let count = 0;
  return (text) => {
    count += [...text.matchAll(/npm http fetch GET 200 \S+\.tgz /g)].length;
    if (count > 0) progress(`${count} packages fetched`);
  };
}

function withoutFetches(text) {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('npm http') && !line.includes('A complete log of this run'))
    .join('\n');
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
