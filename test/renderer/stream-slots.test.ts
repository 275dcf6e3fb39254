import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTurn } from '../../renderer/stream-slots.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** Windows of one browser, each of which wants a stream: those that are open, and what each has come to. */
class Windows {
  readonly open = new Set<number>();
  most = 0;
  readonly hadTurn = new Set<number>();
  readonly #leaving = new Map<number, AbortController>();

  /** Takes its stream up again whenever its turn has ended, until it is left. */
  async want(number: number, locks: LockManager | undefined): Promise<void> {
    const leaving = new AbortController();
    this.#leaving.set(number, leaving);
    const { signal } = leaving;
    const isLeft = (): boolean => signal.aborted;
    while (!isLeft())
      await inTurn(
        (turnEnds) => {
          this.open.add(number);
          this.hadTurn.add(number);
          this.most = Math.max(this.most, this.open.size);
          return new Promise<void>((resolve) =>
            AbortSignal.any([signal, turnEnds]).addEventListener('abort', () => {
              this.open.delete(number);
              resolve();
            }),
          );
        },
        signal,
        locks,
      ).catch(() => undefined);
  }

  leave(): void {
    for (const leaving of this.#leaving.values()) leaving.abort();
  }
}

/** Until the locks have settled, which they do between turns of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
}

it('more streams than a browser has connections take turns, and never are all open', async () => {
  const windows = new Windows();
  const wanted = Array.from({ length: 7 }, (_, number) => windows.want(number, navigator.locks));
  await settled();
  expect(windows.open.size).toBe(4);
  for (let turn = 0; turn < 3; turn++) {
    vi.advanceTimersByTime(1000);
    await settled();
  }
  expect(windows.most).toBe(4);
  expect([...windows.hadTurn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  windows.leave();
  await Promise.all(wanted);
  expect(windows.open.size).toBe(0);
});

it('nobody gives way where nobody waits', async () => {
  const windows = new Windows();
  const wanted = Array.from({ length: 4 }, (_, number) => windows.want(number, navigator.locks));
  await settled();
  const closed = vi.spyOn(windows.open, 'delete');
  vi.advanceTimersByTime(10_000);
  await settled();
  expect(closed).not.toHaveBeenCalled();
  windows.leave();
  await Promise.all(wanted);
});

it('a browser without locks for the address opens what is asked for', async () => {
  const windows = new Windows();
  const wanted = Array.from({ length: 6 }, (_, number) => windows.want(number, undefined));
  await settled();
  expect(windows.open.size).toBe(6);
  windows.leave();
  await Promise.all(wanted);
});
