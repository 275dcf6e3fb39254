import type { BrowserWindowConstructorOptions, Rectangle, WebPreferences } from 'electron';

/** The page runs as any page of the web would: sandboxed, apart from the preload script, without Node. */
export const WEB_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  // Dictionaries would be fetched from the network.
  spellcheck: false,
} as const satisfies WebPreferences;

/** Smallest window that the interface is laid out for. */
export const MINIMUM_SIZE = { width: 1024, height: 640 } as const;

/** Options of the one window. `preload` is the bundled script; without `bounds` the system places it. */
export function windowOptions(preload: string, bounds: Partial<Rectangle>): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    ...bounds,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    // Shown with its first picture, on the ground of the dark theme: no white flash.
    show: false,
    backgroundColor: '#14161A',
    title: 'Twinhead',
    webPreferences: { ...WEB_PREFERENCES, preload },
  };
}
