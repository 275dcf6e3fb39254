import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Client } from '../../electron/common/contract.ts';
import { FolderCheck } from '../../renderer/start/folder-check.svelte.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

it('the check of a folder shows how far it is, and ends when it is stopped', async () => {
  const folder = path.join(app.folder, 'large');
  mkdirSync(folder);
  for (let index = 0; index < 600; index += 1) writeFileSync(path.join(folder, `${index}.dat`), 'x');
  const services: Pick<Client, 'call'> = { call: (name, input) => app.callAbout(null, name, input) };
  const check = new FolderCheck(services);
  let seen = 0;
  const stopping = new FolderCheck({
    call: async (name, input) => {
      // As a person who sees how far it is.
      if (stopping.job !== null && stopping.job.done > 0) {
        seen = stopping.job.done;
        stopping.stop();
      }
      return services.call(name, input);
    },
  });
  expect(await stopping.run(app.project, folder)).toBe(false);
  expect(seen).toBeGreaterThan(0);
  expect(stopping.job).toBeNull();
  await expect(check.run(app.project, folder)).rejects.toThrow(/no usable image/);
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#345' } })
    .png()
    .toFile(path.join(folder, '0.png'));
  expect(await check.run(app.project, folder)).toBe(true);
  expect(existsSync(app.project)).toBe(false);
});
