import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from './builds.mjs';
import { programEnvironment, runInForeground } from './setup/foreground.mjs';
import { pinnedNode, root } from './setup/paths.mjs';
import { run } from './setup/run.mjs';
import { Reporter } from './setup/terminal.mjs';

/**
 * `failures`: names of what failed, each with what was said of it. A quiet check prints only where it fails.
 * @typedef {{passed: number, failed: number, skipped: number, failures?: string[]}} Counts
 * @typedef {{name: string, quiet?: boolean, run: (extra: string[], options: {chromium: string | null}) => Promise<Counts>}} Check
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
      if (result.status === 0) return one(true);
      const said = `${result.stdout}${result.stderr}`;
      process.stdout.write(`\n── ${name}\n${said}\n`);
      return { ...one(false), failures: [`${name}\n${said}`] };
    },
  };
}

/** What renderer/tsconfig.json includes: each of the two programs is built once. */
const INTERFACE = ['renderer', 'test/renderer', 'test/bench/page'];
const eslint = (name, ...which) =>
  tool(name, [modules('eslint', 'bin', 'eslint.js'), ...which, '--max-warnings=0']);
const prettier = (mode) =>
  tool('prettier', [modules('prettier', 'bin', 'prettier.cjs'), mode, '.', '--log-level=warn', '--cache']);
const arrows = tool('dependency-cruiser', [
  modules('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
  '--config=.dependency-cruiser.cjs',
  'electron',
  'renderer',
]);
const knip = tool('knip', [modules('knip', 'bin', 'knip.js'), '--no-progress'], { needs: ['knip.json'] });
const tsc = tool('tsc', [modules('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']);
/** Looks at the interface's TypeScript files too. */
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
            '--reporter=test/support/errors-beside-tests.ts',
            '--passWithNoTests',
            ...extra,
          ],
          { cwd: root, env: { ...programEnvironment(), TWINHEAD_TEST_ERRORS: `${report}.errors` } },
        );
        return vitestCounts(readReport(report), status, readReport(`${report}.errors`) ?? []);
      }),
  };
}

/**
 * A file that can't be loaded has no tests that could fail: then the run itself counts as the failed one.
 * @param errors what went wrong outside tests, such as the end of a process that ran them
 */
export function vitestCounts(report, status, errors = []) {
  if (!report) return { ...one(false), failures: ['vitest left no report'] };
  const broken = report.testResults.filter(brokenFile);
  const failed = report.numFailedTests + broken.length;
  const failures = [
    ...broken.map(({ name, message, assertionResults }) =>
      [fileName(name), message || unfinished(assertionResults)].join('\n'),
    ),
    ...errors.map((error) => `outside tests\n${error}`),
    ...report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter((test) => test.status === 'failed')
        .map(
          ({ fullName, failureMessages }) => `${fileName(name)}: ${fullName}\n${failureMessages.join('\n')}`,
        ),
    ),
  ];
  const bad = failed === 0 && status !== 0;
  return {
    passed: report.numPassedTests,
    failed: bad ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: bad ? [`vitest ended with ${status}, and no test failed`, ...failures] : failures,
  };
}

/** Which test a process was at when it ended, in place of the words that there are none of. */
function unfinished(tests) {
  const first = tests.find(({ status }) => status !== 'passed' && status !== 'skipped' && status !== 'todo');
  return first ? `ended before or in: ${first.fullName}` : '';
}

const fileName = (name) => (name ? path.relative(root, name) : '');

function brokenFile({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}

const canaries = {
  name: 'canaries',
  quiet: true,
  run: () =>
    withReport(async (report) => {
      const { status, stdout, stderr } = await run(pinnedNode(), ['test/canaries/run.ts', report], {
        cwd: root,
        env: programEnvironment(),
      });
      if (status !== 0) process.stdout.write(`\n── canaries\n${stdout}${stderr}\n`);
      return readReport(report) ?? { ...one(false), failures: [`canaries\n${stderr}`] };
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
  if (!report) return { ...one(false), failures: ['playwright left no report'] };
  const { expected, flaky, unexpected, skipped } = report.stats;
  const failed = unexpected + report.errors.length;
  const bad = failed === 0 && status !== 0;
  return {
    passed: expected + flaky,
    failed: bad ? 1 : failed,
    skipped,
    failures: bad
      ? [`playwright ended with ${status}, and no test failed`]
      : [
          ...report.errors.map(({ message }) => String(message)),
          ...(report.suites ?? []).flatMap(failedSpecs),
        ],
  };
}

function failedSpecs({ suites: inner = [], specs = [] }) {
  const failed = specs.filter(({ ok }) => !ok);
  const said = ({ tests }) =>
    tests.flatMap(({ results }) => results.flatMap(({ error }) => error?.message ?? []));
  return [
    ...failed.map((spec) => `${spec.file}:${spec.line}: ${spec.title}\n${said(spec).join('\n')}`),
    ...inner.flatMap(failedSpecs),
  ];
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
  lint: [
    eslint('eslint', '.', ...INTERFACE.map((folder) => `--ignore-pattern=${folder}`)),
    eslint('eslint of the interface', ...INTERFACE),
    prettier('--check'),
    arrows,
    knip,
  ],
  types: [tsc, svelte],
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
  return { ...total, failures: counts.flatMap(({ failures }) => failures ?? []) };
}

/** The line by which other programs know the result. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
