import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './errors.mjs';
import { pinnedNode } from './paths.mjs';
import { lastLines, npm, run } from './run.mjs';

/** The version that package.json pins. */
export function pinnedVersion(root) {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).devDependencies.node;
}

/**
 * Makes sure that the pinned Node is there and runs. npm's package `node` fetches its binary by an install script, so
 * that one script is run, by name.
 * @returns {Promise<{state: 'kept' | 'installed', version: string, file: string}>}
 */
export async function installNode({ root, reporter }) {
  const version = pinnedVersion(root);
  const file = pinnedNode(root);
  if ((await versionOf(file)) === version) return { state: 'kept', version, file };
  await reporter.step(`Node ${version}: fetching it`, async () => {
    const result = await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], {
      cwd: root,
    });
    const found = await versionOf(file);
    if (found !== version)
      throw new SetupError(
        `The pinned Node ${version} could not be fetched: ${found ? `it is ${found}` : lastLines(result)}`,
        "Check the network and npm's settings (`npm config list`), then run `npm run setup` again.",
      );
  });
  return { state: 'installed', version, file };
}

async function versionOf(file) {
  if (!existsSync(file)) return null;
  const result = await run(file, ['--version'], { timeout: 20_000 });
  return result.status === 0 ? result.stdout.trim().replace(/^v/, '') : null;
}
