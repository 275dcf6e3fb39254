import { BrowserWindow, dialog, ipcMain } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, OpenDialogOptions } from 'electron';
import type { Answer } from '../common/contract.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Dispatch } from '../dispatch.ts';
import { CHANNELS } from '../hosting/window-messages.ts';
import { isOwnFrame, readCallMessage } from './requests.ts';
import type { MessageSender } from './requests.ts';
import { WindowPages } from './window-pages.ts';
import { sendOverPort } from './stream-port.ts';

const REFUSED: Answer<never> = {
  ok: false,
  error: new TwinheadError('not-allowed', say('desktop.refused')).toReport(),
};

/** The page's way to the services. Whatever comes is checked before it reaches them. */
export function connectBridge(dispatch: Dispatch): void {
  const pages = new WindowPages(dispatch);
  ipcMain.handle(CHANNELS.call, async (event, message: unknown): Promise<Answer<unknown>> => {
    const call = isOwnFrame(senderOf(event)) ? readCallMessage(message) : null;
    if (call === null) return REFUSED;
    const answer = await dispatch.call(call.scope, call.name, call.input);
    pages.follow(event.sender, call, answer);
    return answer;
  });

  ipcMain.on(CHANNELS.subscribe, (event, message: unknown) => {
    const [port] = event.ports;
    if (!port) return;
    const call = isOwnFrame(senderOf(event)) ? readCallMessage(message) : null;
    if (call === null) {
      port.close();
      return;
    }
    const controller = new AbortController();
    // Closed by the page, or with it.
    port.on('close', () => controller.abort());
    port.start();
    const { signal } = controller;
    void sendOverPort(() => dispatch.subscribe(call.scope, call.name, call.input, 0, signal), port, signal);
  });

  const choose = async (
    event: IpcMainInvokeEvent,
    title: unknown,
    properties: OpenDialogOptions['properties'],
  ): Promise<string[]> => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!isOwnFrame(senderOf(event)) || typeof title !== 'string' || !window) return [];
    return (await dialog.showOpenDialog(window, { title: title.slice(0, 200), properties })).filePaths;
  };
  ipcMain.handle(CHANNELS.chooseFolder, async (event, title: unknown): Promise<string | null> => {
    const [folder = null] = await choose(event, title, ['openDirectory', 'createDirectory']);
    return folder;
  });
  ipcMain.handle(CHANNELS.chooseFiles, (event, title: unknown) =>
    choose(event, title, ['openFile', 'multiSelections']),
  );
}

function senderOf({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): MessageSender | null {
  if (senderFrame === null) return null;
  return { isMainFrame: senderFrame.parent === null, origin: senderFrame.origin };
}
