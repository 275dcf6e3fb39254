import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('is still there for what it does at the end of the process, after the thread that loaded it has ended', () => {
  const script = fileURLToPath(new URL('./exit-after-loading.ts', import.meta.url));
  const { status, signal, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect({ status, signal }, stderr).toEqual({ status: 3, signal: null });
});
