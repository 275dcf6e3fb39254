import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { StreamMessage } from '../common/contract.ts';
import { toErrorReport } from '../common/errors.ts';
import { SECURITY_HEADERS } from '../hosting/security-headers.ts';

/** Silence after which a comment is sent, so that proxies keep the connection and a dead one is noticed. */
const HEARTBEAT = 15_000;

/**
 * Sends a stream as server-sent events: `id` is the event's number; an event `end` (null or an error report) says that it
 * is over. A stream that `signal` aborts just breaks off: its reader may come back.
 */
export async function sendStream(
  messages: AsyncIterable<StreamMessage<unknown>>,
  target: ServerResponse,
  signal: AbortSignal,
  heartbeat = HEARTBEAT,
): Promise<void> {
  target.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  // Head and first bytes at once: the reader learns that it is connected before anything happens.
  target.write('retry: 1000\n\n');
  const timer = setInterval(() => target.write(':\n\n'), heartbeat);
  try {
    let end = 'null';
    try {
      for await (const message of messages) {
        if (signal.aborted) break;
        const text = `id: ${message.sequence}\ndata: ${JSON.stringify(message)}\n\n`;
        // A slow reader slows its stream down instead of filling the memory.
        if (!target.write(text)) await once(target, 'drain', { signal });
      }
    } catch (error) {
      end = JSON.stringify(toErrorReport(error));
    }
    if (!signal.aborted) target.write(`event: end\ndata: ${end}\n\n`);
  } finally {
    clearInterval(timer);
    target.end();
  }
}
