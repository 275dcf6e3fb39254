import type { StreamMessage } from '../common/contract.ts';
import { toErrorReport } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import type { PortMessage } from '../hosting/window-messages.ts';

export interface StreamPort {
  postMessage(message: PortMessage): void;
  close(): void;
}

/** Sends a stream through a port until it ends or `signal` is aborted; then the port is closed. */
export async function sendOverPort(
  open: () => AsyncIterable<StreamMessage<unknown>>,
  port: StreamPort,
  signal: AbortSignal,
): Promise<void> {
  let error: ErrorReport | null = null;
  try {
    for await (const message of open()) {
      if (signal.aborted) break;
      port.postMessage({ type: 'event', message });
    }
  } catch (cause) {
    error = toErrorReport(cause);
  }
  if (!signal.aborted) port.postMessage({ type: 'end', error });
  port.close();
}
