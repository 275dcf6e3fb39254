import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Client } from '../../electron/common/contract.ts';
import { ProcessJob } from '../../renderer/state/process-job.svelte.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

it('a job of no project shows how far it is, and ends when it is stopped', async () => {
  const folder = path.join(app.folder, 'large');
  mkdirSync(folder);
  for (let index = 0; index < 600; index += 1) writeFileSync(path.join(folder, `${index}.dat`), 'x');
  const services: Pick<Client, 'call'> = { call: (name, input) => app.callAbout(null, name, input) };
  const start = () => services.call('project.checkFolders', { path: app.project, folders: [folder] });
  const check = new ProcessJob(services);
  let seen = 0;
  const stopping = new ProcessJob({
    call: async (name, input) => {
      // As a person who sees how far it is.
      if (stopping.job !== null && stopping.job.done > 0) {
        seen = stopping.job.done;
        stopping.stop();
      }
      return services.call(name, input);
    },
  });
  expect(await stopping.run(start)).toBeNull();
  expect(seen).toBeGreaterThan(0);
  expect(stopping.job).toBeNull();
  await expect(check.run(start)).rejects.toThrow(/no usable image/);
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#345' } })
    .png()
    .toFile(path.join(folder, '0.png'));
  expect(await check.run(start)).toMatchObject({ state: 'done' });
  expect(existsSync(app.project)).toBe(false);
});
