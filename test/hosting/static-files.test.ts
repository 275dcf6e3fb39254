import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../electron/hosting/security-headers.ts';
import { createStaticFiles, relativeFilePath } from '../../electron/hosting/static-files.ts';

let folder: string;
let serve: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-static-'));
  const root = path.join(folder, 'site');
  await mkdir(path.join(root, 'assets'), { recursive: true });
  await mkdir(path.join(folder, 'site-of-another'));
  await writeFile(path.join(root, 'index.html'), '<p>hello</p>');
  await writeFile(path.join(root, 'assets', 'main-1a2b.js'), 'let a;');
  await writeFile(path.join(root, 'strange.xyz'), '?');
  await writeFile(path.join(root, '.env'), 'secret');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(folder, 'site-of-another', 'a.txt'), 'secret');
  await symlink(path.join(folder, 'secret.txt'), path.join(root, 'link.txt'));
  await symlink(folder, path.join(root, 'up'));
  serve = createStaticFiles(root);
});

afterAll(() => rm(folder, { recursive: true }));

const get = (pathname: string, init?: RequestInit): Promise<Response> =>
  serve(new Request(`http://localhost${pathname}`, init));

describe('a file', () => {
  it('is served with its exact type, the policy and no guessing', async () => {
    const response = await get('/');
    expect(await response.text()).toBe('<p>hello</p>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('/strange.xyz')).headers.get('content-type')).toBe('application/octet-stream');
  });

  it('is kept for good where its name carries its hash, and checked each time elsewhere', async () => {
    expect((await get('/assets/main-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    const first = await get('/index.html');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await get('/index.html', { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('is only read', async () => {
    expect((await get('/index.html', { method: 'POST' })).status).toBe(405);
    const head = await get('/index.html', { method: 'HEAD' });
    expect(await head.text()).toBe('');
    expect(head.headers.get('content-length')).toBe('12');
  });
});

describe('what is outside', () => {
  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e%5csecret.txt',
    '/..%5csecret.txt',
    '/../site-of-another/a.txt',
    '/..%2fsite-of-another/a.txt',
    '/link.txt',
    '/up/secret.txt',
    '/up/site/index.html',
    '/.env',
    '/index.html%00.js',
    '/assets',
    '/assets/',
    '/INDEX.html',
    '/%5c%5cserver/share/a.txt',
    '/c:%5csecret.txt',
    '/index.html::$DATA',
    '/%252e%252e/secret.txt',
    '/%',
  ])('is not served for %s', async (pathname) => {
    const response = await get(pathname);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  it('is never named, for any path', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath()), (text) => {
        const relative = relativeFilePath(`/${text}`);
        if (relative === null) return;
        expect(path.relative('/root', path.resolve('/root', relative))).toBe(relative);
      }),
    );
  });
});

it('says in words that the interface has not been built', async () => {
  const response = await createStaticFiles(path.join(folder, 'nowhere'))(new Request('http://localhost/'));
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('npm run build');
});
