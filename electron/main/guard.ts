import { app } from 'electron';
import type { Session } from 'electron';
import { isOwnAddress, isOwnPage } from './requests.ts';

/**
 * Every page that this process ever makes stays on our own address, and opens nothing itself.
 * @param openPage makes the window for a page of ours that another one asks for
 */
export function guardContents(openPage: (address: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      if (isOwnPage(url)) openPage(url);
      return { action: 'deny' };
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      contents.on(name as 'will-navigate', (event) => {
        if (!isOwnPage(event.url)) event.preventDefault();
      });
    }
  });
}

/** No permission, no device, no download, no network. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwnAddress(details.url) }));
}
