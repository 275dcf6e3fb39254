import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Answer, StreamMessage } from '../common/contract.ts';
import type { ErrorReport } from '../common/errors.ts';
import { CHANNELS } from '../hosting/window-messages.ts';
import type { PortMessage } from '../hosting/window-messages.ts';

/** All that the page can reach. It can name calls of the contract, and the other side checks each. */
const bridge = {
  call: (scope: string | null, name: string, input: unknown): Promise<Answer<unknown>> =>
    ipcRenderer.invoke(CHANNELS.call, { scope, name, input }) as Promise<Answer<unknown>>,

  subscribe: (
    scope: string | null,
    name: string,
    input: unknown,
    onMessage: (message: StreamMessage<unknown>) => void,
    onEnd: (error: ErrorReport | null) => void,
  ): (() => void) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', (event) => {
      const { data } = event as Event & { readonly data: PortMessage };
      if (data.type === 'event') {
        onMessage(data.message);
        return;
      }
      port1.close();
      onEnd(data.error);
    });
    port1.start();
    ipcRenderer.postMessage(CHANNELS.subscribe, { scope, name, input }, [port2]);
    return () => port1.close();
  },

  chooseFolder: (title: string): Promise<string | null> =>
    ipcRenderer.invoke(CHANNELS.chooseFolder, title) as Promise<string | null>,

  chooseFiles: (title: string): Promise<string[]> =>
    ipcRenderer.invoke(CHANNELS.chooseFiles, title) as Promise<string[]>,

  pathOf: (file: File): string => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('twinhead', bridge);
