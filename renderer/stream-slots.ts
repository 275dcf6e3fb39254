/**
 * Streams that all windows of a browser have open to this host together: it opens six connections to a host over
 * HTTP/1.1, and calls and pictures need the others.
 */
const SLOTS = ['twinhead-stream-1', 'twinhead-stream-2', 'twinhead-stream-3', 'twinhead-stream-4'];

/** Milliseconds that a stream stays open at least while another window waits for its slot. */
const TURN = 1000;

const NONE = Symbol('no slot');

/**
 * Opens a stream once there is a slot for it. Where more windows want some than there are, they take turns: a stream
 * that is taken up again goes on where it was.
 * @param use opens the stream; its signal says that it is another one's turn
 * @param locks of all windows of this browser; undefined where it has none for this address
 * @throws the signal's reason where it is aborted while the stream waits
 */
export async function inTurn<Result>(
  use: (turnEnds: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  locks: LockManager | undefined,
): Promise<Result> {
  if (locks === undefined) return use(new AbortController().signal);
  const waiting = async (slot: string): Promise<number> => {
    const { pending = [] } = await locks.query();
    return pending.filter(({ name }) => name === slot).length;
  };
  const hold = async (slot: string): Promise<Result> => {
    const turn = new AbortController();
    const look = setInterval(() => {
      waiting(slot).then(
        (others) => others > 0 && turn.abort(),
        // No window is told of the others any more: whoever has the slot keeps it.
        () => clearInterval(look),
      );
    }, TURN);
    try {
      return await use(turn.signal);
    } finally {
      clearInterval(look);
    }
  };
  for (const slot of SLOTS) {
    const held = await locks.request(slot, { ifAvailable: true }, (lock) =>
      lock === null ? NONE : hold(slot),
    );
    if (held !== NONE) return held;
  }
  const lines = await Promise.all(SLOTS.map(waiting));
  const shortest = SLOTS[lines.indexOf(Math.min(...lines))]!;
  return locks.request(shortest, { signal }, () => hold(shortest));
}
