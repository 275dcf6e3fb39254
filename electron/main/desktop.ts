import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, Menu, protocol, screen, session } from 'electron';
import { createApp } from '../app.ts';
import type { App, AppPorts } from '../app.ts';
import { toErrorReport } from '../common/errors.ts';
import { chooseLanguage } from '../common/sentences/languages.ts';
import { createDispatch } from '../dispatch.ts';
import { interfaceFolder } from '../hosting/interface-folder.ts';
import { processPorts } from '../hosting/ports.ts';
import { userFolder } from '../hosting/user-folder.ts';
import { projectFolder } from '../services/projects/projects.ts';
import { projectId } from '../services/scope/scopes.ts';
import { createAppScheme } from './app-scheme.ts';
import { connectBridge } from './bridge.ts';
import { guardContents, guardSession } from './guard.ts';
import { fileLogger } from './log.ts';
import { menuTemplate } from './menu.ts';
import { atMost, reloadLimit } from './patience.ts';
import {
  APP_SCHEME,
  launchArguments,
  pageOf,
  readLaunchArguments,
  relaunchOptions,
  whatShows,
} from './requests.ts';
import { windowOptions } from './window-options.ts';
import { readWindowState, saveWindowState, visibleBounds } from './window-state.ts';

/** Bundled script of the page, beside the compiled main process. */
const preload = fileURLToPath(new URL('../preload/index.cjs', import.meta.url));

/** Opens a window, or hands over to the process that has one open already. */
export async function startDesktop(project: string | null): Promise<void> {
  const folder = userFolder(process.env);
  app.setPath('userData', path.join(folder, 'window'));
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  const ports = processPorts('desktop', fileLogger(path.join(folder, 'logs')));
  const services = createApp(ports);
  const dispatch = createDispatch(services, { logger: ports.logger });
  const quitting = closeServicesBeforeQuitting(services, ports);
  const open = (address: string): void => {
    openWindow(address, folder, ports).catch((error: unknown) =>
      ports.logger.error({ err: error }, 'a window could not be opened'),
    );
  };
  guardContents(open);

  app.on('second-instance', (_event, argv, workingFolder) => {
    const named = readLaunchArguments(argv, app.isPackaged, []).project;
    const wanted = named === null ? null : path.resolve(workingFolder, named);
    if (!quitting.startAfterwards(wanted)) void showProject(wanted, open);
  });
  // Only macOS: a project folder was opened from the file manager.
  app.on('open-file', (event, file) => {
    event.preventDefault();
    if (!quitting.startAfterwards(file)) void showProject(file, open);
  });

  await app.whenReady();
  guardSession(session.defaultSession);
  protocol.handle(APP_SCHEME, createAppScheme(services, interfaceFolder));
  connectBridge(dispatch);
  const language = chooseLanguage(app.getPreferredSystemLanguages());
  const menu = menuTemplate(process.platform, language, () => open(pageOf(null)));
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  // The page opens the project: it can say what is wrong, and offer its backups.
  await openWindow(pageOf(project === null ? null : projectFolder(project)), folder, ports);
  app.on('window-all-closed', () => app.quit());
}

/** A window shows one project, which its page names in its address; another window may show another one. */
async function openWindow(address: string, folder: string, ports: AppPorts): Promise<void> {
  const state = await readWindowState(folder);
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const bounds = visibleBounds(state, displays);
  const { width, height } = bounds;
  const first = BrowserWindow.getAllWindows().length === 0;
  // The system decides where a further one opens, not upon the first.
  const wanted = first || width === undefined || height === undefined ? bounds : { width, height };
  const window = new BrowserWindow(windowOptions(preload, wanted));
  if (first && state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const now = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    saveWindowState(folder, now).catch((error: unknown) =>
      ports.logger.warn({ err: error }, 'the position of the window could not be saved'),
    );
  });
  const mayReload = reloadLimit();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    if (mayReload()) {
      ports.logger.error({ reason }, 'the page ended unexpectedly and is loaded again');
      window.reload();
    } else {
      ports.logger.error({ reason }, 'the page ends again and again; the window is closed');
      window.close();
    }
  });
  await window.loadURL(address);
}

/** Brings a window to the front: one that shows the project, else one without any, else a new one. */
async function showProject(project: string | null, open: (address: string) => void): Promise<void> {
  await app.whenReady();
  const windows = BrowserWindow.getAllWindows();
  const focused = BrowserWindow.getFocusedWindow() ?? windows[0];
  if (project === null) {
    if (focused) bringToFront(focused);
    return;
  }
  const folder = projectFolder(project);
  const wanted = { id: projectId(folder), folder };
  const showing = (what: 'it' | 'none') =>
    windows.find((window) => whatShows(window.webContents.getURL(), wanted) === what);
  const its = showing('it');
  const free = showing('none');
  if (its) bringToFront(its);
  else if (free) {
    bringToFront(free);
    await free.loadURL(pageOf(folder));
  } else open(pageOf(folder));
}

function bringToFront(window: Pick<BrowserWindow, 'isMinimized' | 'restore' | 'focus'>): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Longer than a step of training and its checkpoint take; edits are durable in any case. */
const LONGEST_CLOSING_MS = 60_000;

/** What becomes of somebody who starts the app while it closes. */
interface Quitting {
  /** @returns whether it closes: then it is started again with the project once it has ended, as no window stays now */
  startAfterwards(project: string | null): boolean;
}

/** The process stays until training has reached a checkpoint and the project is closed; not for work that hangs. */
function closeServicesBeforeQuitting(services: App, { logger }: AppPorts): Quitting {
  let closing = false;
  let next: readonly string[] | null = null;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    atMost(LONGEST_CLOSING_MS, services.close())
      .then((end) => {
        if (end === 'given up') logger.error({}, 'closing took too long and was given up');
      })
      .catch((error: unknown) => logger.error({ err: error, report: toErrorReport(error) }, 'closing failed'))
      .finally(() => {
        if (next !== null) app.relaunch(relaunchOptions(next, process.env));
        app.exit(0);
      });
  });
  return {
    startAfterwards: (project) => {
      if (closing) next = launchArguments(project, process.argv, app.isPackaged);
      return closing;
    },
  };
}
