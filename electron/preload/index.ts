import { contextBridge, ipcRenderer } from 'electron';
import type { Answer, StreamMessage } from '../common/contract.ts';
import type { ErrorReport } from '../common/errors.ts';
import type { CHANNELS } from '../main/requests.ts';
import type { PortMessage } from '../main/stream-port.ts';

/** Written out and checked by type: in a sandbox nothing but types may be imported from the main process. */
const channels: typeof CHANNELS = {
  call: 'twinhead:call',
  subscribe: 'twinhead:subscribe',
  chooseFolder: 'twinhead:choose-folder',
};

/** All that the page can reach. It can name calls of the contract, and the other side checks each. */
const bridge = {
  call: (scope: string | null, name: string, input: unknown): Promise<Answer<unknown>> =>
    ipcRenderer.invoke(channels.call, { scope, name, input }) as Promise<Answer<unknown>>,

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
    ipcRenderer.postMessage(channels.subscribe, { scope, name, input }, [port2]);
    return () => port1.close();
  },

  chooseFolder: (title: string): Promise<string | null> =>
    ipcRenderer.invoke(channels.chooseFolder, title) as Promise<string | null>,
};

contextBridge.exposeInMainWorld('twinhead', bridge);
