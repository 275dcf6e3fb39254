/** Pages that crash this often within a minute are not loaded again: the cause comes back with them. */
const RELOADS = 3;
const WITHIN_MS = 60_000;

/** Says for each crash of the page whether to load it again. */
export function reloadLimit(now: () => number = () => performance.now()): () => boolean {
  let crashes: number[] = [];
  return () => {
    crashes = [...crashes.filter((at) => now() - at < WITHIN_MS), now()];
    return crashes.length <= RELOADS;
  };
}

/** Resolves with the work, or at the latest after so long: what hangs keeps nobody from leaving. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<'done' | 'given up'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'given up'>((resolve) => {
    timer = setTimeout(() => resolve('given up'), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
