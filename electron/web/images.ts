import type { App } from '../app.ts';
import { secured } from './security.ts';

/**
 * A picture from the services, by id. An address with `v` (the image's content or revision) never changes its
 * picture and is kept for good; without it the browser asks each time and is told when nothing has changed.
 */
export async function imageResponse(app: Pick<App, 'serveImage'>, request: Request): Promise<Response> {
  const response = secured(await app.serveImage(request));
  if (!response.ok && response.status !== 304) {
    response.headers.set('cache-control', 'no-store');
    return response;
  }
  const versioned = new URL(request.url).searchParams.has('v');
  response.headers.set(
    'cache-control',
    versioned ? 'private, max-age=31536000, immutable' : 'private, no-cache',
  );
  const etag = response.headers.get('etag');
  if (etag !== null && request.headers.get('if-none-match') === etag) {
    await response.body?.cancel();
    return new Response(null, { status: 304, headers: response.headers });
  }
  return response;
}
