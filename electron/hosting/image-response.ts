import type { App } from '../app.ts';
import { secured } from './security-headers.ts';

/** How long the browser keeps a picture. */
function cacheControl(etag: string | null, version: string | null): string {
  // The services don't vouch for what they have sent.
  if (etag === null) return 'no-store';
  return version !== null && version !== '' && etag.startsWith(`"${version}`)
    ? 'private, max-age=31536000, immutable'
    : 'private, no-cache';
}

/**
 * A picture from the services, by id. An address whose `v` is the beginning of the picture's `etag` is kept for good;
 * with any other the browser asks each time.
 */
export async function imageResponse(app: Pick<App, 'serveImage'>, request: Request): Promise<Response> {
  const response = secured(await app.serveImage(request));
  if (!response.ok && response.status !== 304) {
    response.headers.set('cache-control', 'no-store');
    return response;
  }
  const etag = response.headers.get('etag');
  const version = new URL(request.url).searchParams.get('v');
  response.headers.set('cache-control', cacheControl(etag, version));
  if (etag !== null && request.headers.get('if-none-match') === etag) {
    await response.body?.cancel();
    return new Response(null, { status: 304, headers: response.headers });
  }
  return response;
}
