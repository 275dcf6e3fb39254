import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, Menu, protocol, screen, session } from 'electron';
import { createApp } from '../app.ts';
import type { App, AppPorts } from '../app.ts';
import { userFolder } from '../cli/user-folder.ts';
import { toErrorReport } from '../common/errors.ts';
import { createDispatch } from '../dispatch.ts';
import { createAppScheme } from './app-scheme.ts';
import { connectBridge } from './bridge.ts';
import { guardContents, guardSession } from './guard.ts';
import { fileLogger } from './log.ts';
import { menuTemplate } from './menu.ts';
import { atMost, reloadLimit } from './patience.ts';
import { APP_SCHEME, APP_URL, readLaunchArguments } from './requests.ts';
import { windowOptions } from './window-options.ts';
import { readWindowState, saveWindowState, visibleBounds } from './window-state.ts';

/** Both lie beside the compiled main process: dist/electron/preload/, dist/renderer/. */
const preload = fileURLToPath(new URL('../preload/index.cjs', import.meta.url));
const rendererFolder = fileURLToPath(new URL('../../renderer', import.meta.url));

/** Opens the window, or hands over to the one that is open already. */
export async function startDesktop(project: string | null): Promise<void> {
  const folder = userFolder(process.env);
  app.setPath('userData', path.join(folder, 'window'));
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  const ports: AppPorts = {
    host: 'desktop',
    clock: () => new Date(),
    logger: fileLogger(path.join(folder, 'logs')),
    userFolder: folder,
    engine: undefined,
    environment: process.env,
  };
  const services = createApp(ports);
  const dispatch = createDispatch(services, { logger: ports.logger });
  closeServicesBeforeQuitting(services, ports);
  guardContents();

  const openProject = async (name: string): Promise<void> => {
    const answer = await dispatch.call('project.open', { path: name });
    if (answer.ok) return;
    ports.logger.warn({ error: answer.error }, 'the project that was asked for was not opened');
    services.want(name);
  };
  app.on('second-instance', (_event, argv, workingFolder) => {
    const named = readLaunchArguments(argv, app.isPackaged, []).project;
    void showProject(named === null ? null : path.resolve(workingFolder, named), openProject);
  });
  // Only macOS: a project folder was opened from the file manager.
  app.on('open-file', (event, file) => {
    event.preventDefault();
    void showProject(file, openProject);
  });

  await app.whenReady();
  guardSession(session.defaultSession);
  protocol.handle(APP_SCHEME, createAppScheme(services, rendererFolder));
  connectBridge(dispatch);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)));
  if (project !== null) await openProject(project);
  await openWindow(folder, ports);
  app.on('window-all-closed', () => app.quit());
}

async function openWindow(folder: string, ports: AppPorts): Promise<void> {
  const state = await readWindowState(folder);
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow(windowOptions(preload, visibleBounds(state, displays)));
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const now = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    saveWindowState(folder, now).catch((error: unknown) =>
      ports.logger.warn({ err: error }, 'the place of the window could not be saved'),
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
  await window.loadURL(APP_URL);
}

/** Brings the window to the front, on another project where one was named. */
async function showProject(project: string | null, open: (name: string) => Promise<void>): Promise<void> {
  await app.whenReady();
  if (project !== null) await open(project);
  const [window] = BrowserWindow.getAllWindows();
  if (!window) return;
  if (project !== null) window.reload();
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Longer than a step of training and its checkpoint take; edits are durable in any case. */
const LONGEST_CLOSING_MS = 60_000;

/** The process stays until training has reached a checkpoint and the project is closed; not for work that hangs. */
function closeServicesBeforeQuitting(services: App, { logger }: AppPorts): void {
  let closing = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    atMost(LONGEST_CLOSING_MS, services.close())
      .then((end) => {
        if (end === 'given up') logger.error({}, 'closing took too long and was given up');
      })
      .catch((error: unknown) => logger.error({ err: error, report: toErrorReport(error) }, 'closing failed'))
      .finally(() => app.exit(0));
  });
}
