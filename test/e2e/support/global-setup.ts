import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root, sampleProject, twinhead, WORK_FOLDER } from './command.ts';

/** Makes the sample project that every test gets a copy of. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (!existsSync(path.join(root, 'dist', 'renderer', 'index.html')))
    throw new Error('The interface is not built: run “npm run build -- interface” first.');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-e2e-'));
  process.env[WORK_FOLDER] = folder;
  await twinhead('sample', sampleProject(), '--train', '48', '--val', '12', '--test', '12', '--quiet');
  return () => rm(folder, { recursive: true, force: true });
}
