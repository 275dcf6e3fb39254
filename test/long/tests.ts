import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/** The test files of which `npm test` tries a part only, or the same random values each time. */
export function filesTriedInPart(): string[] {
  return readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join('test', name))
    .filter((name) => /support\/thorough\.ts'|'fast-check'/.test(readFileSync(path.join(root, name), 'utf8')))
    .sort();
}

/** Runs them with everything that they can try. @returns whether all passed */
export function runInFull(): boolean {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...filesTriedInPart()], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TWINHEAD_THOROUGH: '1' },
  });
  return status === 0;
}
