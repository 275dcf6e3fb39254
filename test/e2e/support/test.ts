import { cp, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { test as base } from '@playwright/test';
import type { Page } from '@playwright/test';
import { sampleProject, workFolder } from './command.ts';
import { Server } from './server.ts';

interface Fixtures {
  /** A folder of this test's own, removed afterwards. */
  folder: string;
  /** A fresh copy of the labelled sample. */
  project: string;
  /** The server process, with `project` open. */
  server: Server;
  /** The page with `project` open, watched for trouble. */
  app: Page;
  /** What went wrong on watched pages. Tests that provoke trouble clear it. */
  trouble: string[];
}

/** Notes every sign of something broken, and every request that leaves this machine. */
export function watch(page: Page, trouble: string[]): void {
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      trouble.push(`${message.type()}: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const local = hostname === '127.0.0.1' || ['data:', 'blob:'].includes(protocol);
    if (!local) trouble.push(`left this machine: ${request.url()}`);
  });
}

export const test = base.extend<Fixtures>({
  // Playwright reads a fixture's needs from its first parameter's pattern, empty where it has none.
  // eslint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(workFolder(), 'test-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  project: async ({ folder }, use) => {
    const project = path.join(folder, 'digits.twinhead');
    await cp(sampleProject(), project, { recursive: true });
    await use(project);
  },
  server: async ({ folder, project }, use) => {
    const server = await Server.start(project, path.join(folder, 'user'));
    await use(server);
    await server.stop();
  },
  // eslint-disable-next-line no-empty-pattern
  trouble: async ({}, use) => {
    await use([]);
  },
  app: async ({ page, server, trouble }, use) => {
    watch(page, trouble);
    await page.goto(server.url);
    await page.getByRole('navigation', { name: /Pages|页面/ }).waitFor();
    await use(page);
    base.expect(trouble).toEqual([]);
  },
});

export { expect } from '@playwright/test';
