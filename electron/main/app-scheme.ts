import type { App } from '../app.ts';
import { imageResponse } from '../web/images.ts';
import { page } from '../web/pages.ts';
import { createStaticFiles } from '../web/static-files.ts';
import { APP_HOST } from './requests.ts';

/** Answers the window's requests: the files of the interface and pictures, as the web host does, with its policy. */
export function createAppScheme(
  app: Pick<App, 'serveImage'>,
  rendererFolder: string,
): (request: Request) => Promise<Response> {
  const files = createStaticFiles(rendererFolder);
  return async (request) => {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== APP_HOST) return page(403, 'Refused', 'There is nothing at this address.');
    if (pathname.startsWith('/image/') && request.method === 'GET') return imageResponse(app, request);
    return files(request);
  };
}
