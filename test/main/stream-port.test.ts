import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { sendOverPort } from '../../electron/main/stream-port.ts';
import type { StreamPort } from '../../electron/main/stream-port.ts';
import type { PortMessage } from '../../electron/hosting/window-messages.ts';

class RecordingPort implements StreamPort {
  readonly sent: PortMessage[] = [];
  closed = false;
  postMessage(message: PortMessage): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

async function* count(to: number) {
  for (let sequence = 1; sequence <= to; sequence += 1) yield { sequence, event: { n: sequence } };
}

describe('a stream over a port', () => {
  it('sends its events in order, then its end, and closes the port', async () => {
    const port = new RecordingPort();
    await sendOverPort(() => count(2), port, new AbortController().signal);
    expect(port.sent).toEqual([
      { type: 'event', message: { sequence: 1, event: { n: 1 } } },
      { type: 'event', message: { sequence: 2, event: { n: 2 } } },
      { type: 'end', error: null },
    ]);
    expect(port.closed).toBe(true);
  });

  it('says why it failed, at its start or on the way', async () => {
    const failure = new TwinheadError('not-found', 'There is no run x.');
    const atStart = new RecordingPort();
    await sendOverPort(
      () => {
        throw failure;
      },
      atStart,
      new AbortController().signal,
    );
    const onTheWay = new RecordingPort();
    await sendOverPort(
      async function* () {
        yield* count(1);
        throw failure;
      },
      onTheWay,
      new AbortController().signal,
    );
    for (const port of [atStart, onTheWay]) {
      expect(port.sent.at(-1)).toEqual({ type: 'end', error: failure.toReport() });
      expect(port.closed).toBe(true);
    }
  });

  it('sends nothing more once its reader has gone', async () => {
    const port = new RecordingPort();
    const reader = new AbortController();
    await sendOverPort(
      async function* () {
        yield* count(1);
        reader.abort();
        yield* count(1);
      },
      port,
      reader.signal,
    );
    expect(port.sent).toHaveLength(1);
    expect(port.closed).toBe(true);
  });
});
