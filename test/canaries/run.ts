/**
 * Shows that each check can fail: in a copy of the checkout it passes over what is sound, then a breach is planted and
 * it must tell of it. `node test/canaries/run.ts REPORT.json`; the report counts passed, failed and skipped.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ARROWS, BREACHES } from './breaches.ts';
import type { Breach } from './breaches.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const modules = (...names: string[]): string => path.join(root, 'node_modules', ...names);

/** `electron/common` alone is copied: small, sound, and enough for a breach to stand in. */
const COPIED = [
  'package.json',
  'tsconfig.json',
  'eslint.config.js',
  'svelte.config.js',
  '.dependency-cruiser.cjs',
  '.prettierrc.json',
  '.prettierignore',
  'knip.json',
  'electron/common',
  'renderer/tsconfig.json',
];
const SOUND = {
  'test/sound.ts': 'export const sound = 1;\n',
  'renderer/sound.ts': 'export const sound = 1;\n',
  'renderer/Sound.svelte': '<hr />\n',
};

const COMMANDS = {
  eslint: [modules('eslint', 'bin', 'eslint.js'), 'electron', 'renderer', '--max-warnings=0'],
  prettier: [modules('prettier', 'bin', 'prettier.cjs'), '--check', 'electron', 'renderer'],
  tsc: [modules('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json'],
  'svelte-check': [
    modules('svelte-check', 'bin', 'svelte-check'),
    '--tsconfig=renderer/tsconfig.json',
    '--output=human',
  ],
  knip: [modules('knip', 'bin', 'knip.js'), '--no-progress'],
  arrows: [
    modules('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
    '--config=.dependency-cruiser.cjs',
    '--preserve-symlinks',
    '--exclude=\\.svelte$',
    'electron',
    'renderer',
  ],
} as const;

const counts = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] };

function record(name: string, problem: string | null): void {
  counts[problem === null ? 'passed' : 'failed']++;
  if (problem !== null) counts.failures.push(`${name}\n${problem}`);
  process.stdout.write(problem === null ? `✓ ${name}\n` : `✗ ${name}\n${problem}\n`);
}

function makeCopy(): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'twinhead-canary-'));
  for (const name of COPIED)
    if (existsSync(path.join(root, name)))
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(modules(), path.join(copy, 'node_modules'));
  plant(copy, SOUND);
  return copy;
}

function plant(copy: string, files: Breach['files']): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
    writeFileSync(path.join(copy, name), text);
  }
}

function check(copy: string, command: readonly string[]): { well: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: copy, encoding: 'utf8' });
  return { well: status === 0, output: `${stdout}${stderr}` };
}

/** The check passes before the breaches, and fails after, naming each of them. */
function prove(tool: keyof typeof COMMANDS, breaches: readonly Breach[]): void {
  const copy = makeCopy();
  try {
    // Knip judges a whole project: in the copy, whose entry files are missing, it has always something to say.
    if (tool !== 'knip') {
      const sound = check(copy, COMMANDS[tool]);
      record(`${tool} passes what is sound`, sound.well ? null : sound.output);
    }
    for (const { files } of breaches) plant(copy, files);
    const { well, output } = check(copy, COMMANDS[tool]);
    for (const { name, expected } of breaches)
      record(`${tool} finds ${name}`, !well && expected.test(output) ? null : output.slice(0, 4000));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function arrowBreaches(): Breach[] {
  const { forbidden } = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs')) as {
    forbidden: { name: string }[];
  };
  const without = forbidden.map(({ name }) => name).filter((name) => !(name in ARROWS));
  record('each arrow has its breach', without.length === 0 ? null : `none for ${without.join(', ')}`);
  return Object.entries(ARROWS).map(([name, files]) => ({
    name,
    files,
    expected: new RegExp(`error ${name}:`),
  }));
}

prove('arrows', arrowBreaches());
for (const tool of ['eslint', 'prettier', 'tsc', 'svelte-check', 'knip'] as const) {
  if (tool === 'knip' && !existsSync(path.join(root, 'knip.json'))) {
    counts.skipped++;
    process.stdout.write('- knip: there is no knip.json yet\n');
  } else prove(tool, BREACHES[tool]);
}
const [report] = process.argv.slice(2);
if (report !== undefined) writeFileSync(report, JSON.stringify(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
