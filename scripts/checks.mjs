import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from './builds.mjs';
import { programEnvironment, runInForeground } from './setup/foreground.mjs';
import { pinnedNode, root } from './setup/paths.mjs';
import { run } from './setup/run.mjs';
import { Reporter } from './setup/terminal.mjs';

/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 * @typedef {{name: string, run: (extra: string[], options: {chromium: string | null}) => Promise<Counts>}} Check
 */

const modules = (...names) => path.join(root, 'node_modules', ...names);
const here = (name) => existsSync(path.join(root, name));
const one = (well) => ({ passed: well ? 1 : 0, failed: well ? 0 : 1, skipped: 0 });

/** A tool that says by its status whether all is well; it counts as one test. What it prints matters if it fails. */
function tool(name, command, { needs = [] } = {}) {
  return {
    name,
    quiet: true,
    run: async (extra) => {
      const missing = needs.find((file) => !here(file));
      if (missing) {
        process.stdout.write(`${missing} is not here: ${name} is skipped.\n`);
        return { passed: 0, failed: 0, skipped: 1 };
      }
      const result = await run(pinnedNode(), [...command, ...extra], {
        cwd: root,
        env: programEnvironment(),
      });
      if (result.status !== 0) process.stdout.write(`\n── ${name}\n${result.stdout}${result.stderr}\n`);
      return one(result.status === 0);
    },
  };
}

const eslint = tool('eslint', [modules('eslint', 'bin', 'eslint.js'), '.', '--max-warnings=0']);
const prettier = (mode) =>
  tool('prettier', [modules('prettier', 'bin', 'prettier.cjs'), mode, '.', '--log-level=warn', '--cache']);
const arrows = tool('dependency-cruiser', [
  modules('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
  '--config=.dependency-cruiser.cjs',
  'electron',
  'renderer',
]);
const knip = tool('knip', [modules('knip', 'bin', 'knip.js'), '--no-progress'], { needs: ['knip.json'] });
const tsc = (name, project) => tool(name, [modules('typescript', 'bin', 'tsc'), '--noEmit', '-p', project]);
const svelte = tool('svelte-check', [
  modules('svelte-check', 'bin', 'svelte-check'),
  '--tsconfig=renderer/tsconfig.json',
  '--fail-on-warnings',
  '--output=human',
]);

function buildOf(name, needs) {
  return {
    name: `build of ${name}`,
    quiet: true,
    run: async () =>
      needs.every(here)
        ? one(await build([name], { reporter: new Reporter() }))
        : { passed: 0, failed: 0, skipped: 1 },
  };
}

/** @returns {Check} a project of vitest, its own output on the screen */
function vitest(project) {
  return {
    name: `vitest ${project}`,
    run: (extra) =>
      withReport(async (report) => {
        const status = await runInForeground(
          pinnedNode(),
          [
            modules('vitest', 'vitest.mjs'),
            'run',
            `--project=${project}`,
            '--reporter=default',
            '--reporter=json',
            `--outputFile.json=${report}`,
            '--passWithNoTests',
            ...extra,
          ],
          { cwd: root },
        );
        return vitestCounts(readReport(report), status);
      }),
  };
}

/** A file that can't be loaded has no tests that could fail: then the run itself counts as the failed one. */
export function vitestCounts(report, status) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.testResults.filter(brokenFile).length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function brokenFile({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}

const canaries = {
  name: 'canaries',
  run: () =>
    withReport(async (report) => {
      await runInForeground(pinnedNode(), ['test/canaries/run.ts', report], { cwd: root });
      return readReport(report) ?? one(false);
    }),
};

const PLAYWRIGHT_CONFIG = ['playwright.config.ts', 'test/e2e/playwright.config.ts'];

const browser = {
  name: 'playwright',
  run: async (extra, { chromium }) => {
    const config = PLAYWRIGHT_CONFIG.find(here);
    if (!config) {
      process.stdout.write('playwright.config.ts is not here: there are no browser tests to run.\n');
      return { passed: 0, failed: 0, skipped: 1 };
    }
    const command = [modules('@playwright', 'test', 'cli.js'), 'test', `--config=${config}`];
    if (!chromium) {
      const list = await run(pinnedNode(), [...command, '--list', ...extra], {
        cwd: root,
        env: programEnvironment(),
      });
      process.stdout.write('Chromium is not here: the browser tests are skipped.\n');
      return { passed: 0, failed: 0, skipped: Number(/Total: (\d+) test/.exec(list.stdout)?.[1] ?? 1) };
    }
    return withReport(async (report) => {
      const env = {
        ...programEnvironment(),
        TWINHEAD_CHROMIUM: chromium,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      };
      const status = await runInForeground(pinnedNode(), [...command, '--reporter=list,json', ...extra], {
        cwd: root,
        env,
      });
      return playwrightCounts(readReport(report), status);
    });
  },
};

export function playwrightCounts(report, status) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, flaky, unexpected, skipped } = report.stats;
  const failed = unexpected + report.errors.length;
  return { passed: expected + flaky, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

async function withReport(work) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-report-'));
  try {
    return await work(path.join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/**
 * Everything that must hold, in the order in which it is checked: the fast and the fundamental first.
 * @type {Record<string, Check[]>}
 */
export const suites = {
  lint: [eslint, prettier('--check'), arrows, knip],
  types: [tsc('tsc', 'tsconfig.json'), tsc('tsc of the interface', 'renderer/tsconfig.json'), svelte],
  build: [
    buildOf('interface', ['renderer/index.html']),
    buildOf('app', ['electron/app.ts']),
    buildOf('preload', ['electron/preload/index.ts']),
  ],
  canaries: [canaries],
  unit: [vitest('unit')],
  integration: [vitest('integration')],
  e2e: [buildOf('interface', ['renderer/index.html']), browser],
};

/** What `npm run format` does instead of checking. */
export const format = prettier('--write');

/** @param {Counts[]} counts */
export function sum(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(total)) total[key] += count[key];
  return total;
}

/** The line by which other programs know the result. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
