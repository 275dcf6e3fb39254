import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAppScheme } from '../../electron/main/app-scheme.ts';
import { CONTENT_SECURITY_POLICY } from '../../electron/hosting/security-headers.ts';
import { appOf } from '../support/handlers.ts';

let folder: string;
let answer: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-scheme-'));
  await writeFile(path.join(folder, 'index.html'), '<p>interface</p>');
  const serveImage = async ({ url }: Request): Promise<Response> =>
    new Response(new URL(url).pathname, { headers: { etag: '"1-256"' } });
  answer = createAppScheme(appOf({}, serveImage), folder);
});
afterAll(() => rm(folder, { recursive: true }));

it('serves the interface and pictures under its own host, with the policy of the web host', async () => {
  const page = await answer(new Request('app://twinhead/'));
  expect(await page.text()).toBe('<p>interface</p>');
  const picture = await answer(new Request('app://twinhead/image/7?size=256&v=1'));
  expect(await picture.text()).toBe('/image/7');
  expect(picture.headers.get('cache-control')).toContain('immutable');
  for (const response of [page, picture]) {
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

it('serves nothing else', async () => {
  expect((await answer(new Request('app://other/'))).status).toBe(403);
  expect((await answer(new Request('app://twinhead/..%2f..%2fetc%2fpasswd'))).status).toBe(404);
  expect((await answer(new Request('app://twinhead/', { method: 'POST' }))).status).toBe(405);
  expect((await answer(new Request('app://twinhead/image/7', { method: 'POST' }))).status).toBe(405);
});
