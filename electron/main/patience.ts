/** Pages that crash oftener than one of these are not loaded again: the cause comes back with them. */
const RELOADS = [
  { most: 3, withinMs: 60_000 },
  { most: 10, withinMs: 3_600_000 },
] as const;

/** Says for each crash of the page whether to load it again. */
export function reloadLimit(now: () => number = () => performance.now()): () => boolean {
  let crashes: number[] = [];
  return () => {
    const at = now();
    const within = (ms: number): number[] => crashes.filter((crash) => at - crash < ms);
    crashes = [...within(Math.max(...RELOADS.map(({ withinMs }) => withinMs))), at];
    return RELOADS.every(({ most, withinMs }) => within(withinMs).length <= most);
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
