import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { say } from '../common/sentences/sentence.ts';
import { languageOf, page } from './pages.ts';
import { secured } from './security-headers.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export function contentTypeOf(file: string): string {
  return CONTENT_TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
}

/**
 * Turns the path of an address into the path of a file under a root, by its letters alone: percent escapes are
 * decoded once, and what could leave the root or mean something else on some system is null.
 */
export function relativeFilePath(pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (!decoded.startsWith('/')) return null;
  const segments = (decoded === '/' ? '/index.html' : decoded).slice(1).split('/');
  return segments.every(isPlainName) ? segments.join('/') : null;
}

/** No hidden file, no step up, no backslash, drive, stream or control character. */
function isPlainName(segment: string): boolean {
  return segment !== '' && !segment.startsWith('.') && !/[\\:\p{Cc}]/u.test(segment);
}

/**
 * Serves the files of one folder, to the browser and to the desktop window alike. Only plain files whose real path,
 * letter by letter, is the one asked for: no symbolic link, no other case, no folder listing.
 *
 * @param root folder of the built interface; it may not exist yet
 */
export function createStaticFiles(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
    }
    const wanted = relativeFilePath(new URL(request.url).pathname);
    const file = wanted === null ? null : await locate(root, wanted);
    if (file === null) {
      const language = languageOf(request.headers.get('accept-language'));
      return wanted === 'index.html'
        ? page(503, language, say('web.notBuilt'), say('web.notBuilt.text'))
        : page(404, language, say('web.notFound'), say('web.notFound.text'));
    }
    const { size, mtimeMs } = await stat(file);
    const etag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`;
    const headers = {
      'content-type': contentTypeOf(file),
      etag,
      // Names under assets/ carry a hash of their content.
      'cache-control': wanted?.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.headers.get('if-none-match') === etag)
      return secured(new Response(null, { status: 304, headers }));
    const content = request.method === 'HEAD' ? null : new Uint8Array(await readFile(file));
    return secured(new Response(content, { headers: { ...headers, 'content-length': String(size) } }));
  };
}

async function locate(root: string, wanted: string): Promise<string | null> {
  try {
    const base = await realpath(root);
    const file = await realpath(path.join(base, wanted));
    if (path.relative(base, file) !== wanted.split('/').join(path.sep)) return null;
    return (await stat(file)).isFile() ? file : null;
  } catch {
    // Missing, or not ours to read: the same answer, so that nothing is learnt from the difference.
    return null;
  }
}
