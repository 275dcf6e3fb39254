import type { App } from '../app.ts';
import { say } from '../common/sentences/sentence.ts';
import { imageResponse } from '../hosting/image-response.ts';
import { languageOf, page } from '../hosting/pages.ts';
import { createStaticFiles } from '../hosting/static-files.ts';
import { APP_HOST } from './requests.ts';

/** Answers the window's requests: the files of the interface and pictures, as the web host does, with its policy. */
export function createAppScheme(
  app: Pick<App, 'serveImage'>,
  rendererFolder: string,
): (request: Request) => Promise<Response> {
  const files = createStaticFiles(rendererFolder);
  return async (request) => {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== APP_HOST) {
      const language = languageOf(request.headers.get('accept-language'));
      return page(403, language, say('web.refused'), say('web.notFound.text'));
    }
    if (pathname.startsWith('/image/') && request.method === 'GET') return imageResponse(app, request);
    return files(request);
  };
}
