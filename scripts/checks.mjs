// The checks of `npm test`, by suite; each static check counts as one test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { engineFolder, node24, root } from './setup/steps.mjs';

const environment = {
  ...process.env,
  PATH: `${path.dirname(node24)}${path.delimiter}${process.env.PATH}`,
  TWINHEAD_ENGINE_DIR: engineFolder(),
};
const bin = (name, file) => path.join(root, 'node_modules', name, file);

function tool(args) {
  return spawnSync(node24, args, { cwd: root, env: environment, stdio: 'inherit' }).status === 0;
}

function vitest(project) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-test-'));
  const output = path.join(folder, 'report.json');
  try {
    const ended = tool([bin('vitest', 'vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, '--passWithNoTests']);
    const report = JSON.parse(readFileSync(output, 'utf8'));
    const failed = report.numFailedTests + (report.success && ended ? 0 : Number(report.numFailedTests === 0));
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const one = (passed) => ({ passed: Number(passed), failed: Number(!passed), skipped: 0 });
const write = process.argv.includes('--write');

export const suites = {
  format: () => one(tool([bin('prettier', 'bin/prettier.cjs'), write ? '--write' : '--check', '--log-level=warn', 'electron', 'test', '*.{js,ts,cjs}', '--no-error-on-unmatched-pattern'])),
  lint: () => one(tool([bin('eslint', 'bin/eslint.js'), 'electron', 'test'])),
  arrows: () => one(tool([bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), '--config', '.dependency-cruiser.cjs', 'electron'])),
  types: () => one(tool([bin('typescript', 'bin/tsc'), '-p', '.'])),
  unit: () => vitest('unit'),
  integration: () => vitest('integration'),
};
