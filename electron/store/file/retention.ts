/** A backup or snapshot as far as keeping it goes. */
export interface Kept {
  readonly name: string;
  readonly at: Date;
  /** auto; or what a backup was made before: schema-2, restore. */
  readonly reason: string;
}

export interface Retention {
  /** The newest ones, however close together. */
  readonly newest: number;
  /** The last one of each of so many days, weeks and months that have any. */
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
  /** Made before something that changes the file as a whole: kept for so many days. */
  readonly daysBefore: number;
}

export const RETENTION: Retention = { newest: 3, days: 7, weeks: 4, months: 6, daysBefore: 90 };

const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const DAYS_TO_MONDAY = 3;

const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);
const weekOf = (at: Date): number => Math.floor((dayOf(at) + DAYS_TO_MONDAY) / 7);
const monthOf = (at: Date): number => at.getUTCFullYear() * 12 + at.getUTCMonth();

/**
 * Names of those that may go, by UTC. The clock may have been wrong: those that seem to come from the future
 * count like any other, and the newest ones always stay.
 */
export function expired(backups: readonly Kept[], now: Date, rules: Retention = RETENTION): string[] {
  const newestFirst = backups.toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1),
  );
  const kept = new Set(newestFirst.slice(0, rules.newest));
  const keepLastOfEach = (period: (at: Date) => number, count: number): void => {
    const seen = new Set<number>();
    for (const backup of newestFirst) {
      const key = period(backup.at);
      if (seen.has(key)) continue;
      if (seen.size === count) return;
      seen.add(key);
      kept.add(backup);
    }
  };
  keepLastOfEach(dayOf, rules.days);
  keepLastOfEach(weekOf, rules.weeks);
  keepLastOfEach(monthOf, rules.months);
  const since = now.getTime() - rules.daysBefore * DAY_MS;
  for (const backup of newestFirst) {
    if (backup.reason.startsWith('before-') && backup.at.getTime() >= since) kept.add(backup);
  }
  return newestFirst.filter((backup) => !kept.has(backup)).map(({ name }) => name);
}
