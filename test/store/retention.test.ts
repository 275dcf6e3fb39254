import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupName, parseBackupName } from '../../electron/store/file/backup-files.ts';
import { expired } from '../../electron/store/file/retention.ts';
import type { Kept } from '../../electron/store/file/retention.ts';

const DAY_MS = 86_400_000;
const now = new Date('2026-11-24T12:00:00Z');

function backup(at: string, reason = 'auto'): Kept {
  const time = new Date(at);
  return { name: backupName(time, reason), at: time, reason };
}

const rules = { newest: 2, days: 2, weeks: 2, months: 2, daysBefore: 30 };

/** Each backup with what shall become of it. */
const table: [string, [at: string, fate: 'kept' | 'gone', reason?: string][]][] = [
  ['none', []],
  ['a single one, however old', [['2019-01-01T00:00:00Z', 'kept']]],
  [
    'the newest ones of one hour, and not the rest of it',
    [
      ['2026-11-24T11:59:00Z', 'kept'],
      ['2026-11-24T11:58:00Z', 'kept'],
      ['2026-11-24T11:57:00Z', 'gone'],
    ],
  ],
  [
    'the last of each of the two newest days, weeks and months',
    [
      ['2026-11-24T11:00:00Z', 'kept'],
      ['2026-11-24T10:00:00Z', 'kept'],
      ['2026-11-24T09:00:00Z', 'gone'],
      ['2026-11-23T23:00:00Z', 'kept'], // the second day
      ['2026-11-23T22:00:00Z', 'gone'],
      ['2026-11-22T23:00:00Z', 'kept'], // a Sunday: the second week
      ['2026-11-21T23:00:00Z', 'gone'],
      ['2026-10-31T23:00:00Z', 'kept'], // the second month
      ['2026-10-30T23:00:00Z', 'gone'],
      ['2026-09-30T23:00:00Z', 'gone'],
    ],
  ],
  [
    'the last of each period that has any, with gaps between them',
    [
      ['2026-11-24T11:00:00Z', 'kept'],
      ['2026-11-24T10:00:00Z', 'kept'],
      ['2026-03-03T10:00:00Z', 'kept'],
      ['2026-03-02T10:00:00Z', 'gone'],
      ['2025-01-01T10:00:00Z', 'gone'],
    ],
  ],
  [
    'those made before a change of the whole file, while they are young',
    [
      ['2026-11-24T11:00:00Z', 'kept'],
      ['2026-11-24T10:00:00Z', 'kept'],
      ['2026-11-24T09:00:00Z', 'kept', 'before-schema-2'],
      ['2026-11-24T08:00:00Z', 'gone'],
      ['2026-11-23T08:00:00Z', 'kept'],
      ['2026-11-16T08:00:00Z', 'kept'],
      ['2026-10-26T08:00:00Z', 'kept', 'before-schema-1'],
      ['2026-10-24T08:00:00Z', 'gone', 'before-schema-1'],
    ],
  ],
  [
    'those of a clock that was ahead, like any other',
    [
      ['2031-01-01T00:00:00Z', 'kept'],
      ['2026-11-24T11:00:00Z', 'kept'],
    ],
  ],
];

describe('keeping backups', () => {
  it.each(table)('keeps %s', (_, backups) => {
    const all = backups.map(([at, , reason]) => backup(at, reason));
    const gone = backups.flatMap(([, fate], place) => (fate === 'gone' ? [all[place]!.name] : []));
    expect(expired(all, now, rules).toSorted()).toEqual(gone.toSorted());
    expect(expired(all.toReversed(), now, rules).toSorted()).toEqual(gone.toSorted());
  });

  it('never lets the newest go, and has nothing more to let go after it has', () => {
    const ages = fc.array(fc.integer({ min: 0, max: 400 * DAY_MS }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(ages, (given) => {
        const all = given.map((age) => backup(new Date(now.getTime() - age).toISOString()));
        const gone = new Set(expired(all, now));
        const newest = all.reduce((best, one) => (one.at > best.at ? one : best));
        expect(gone.has(newest.name)).toBe(false);
        expect(
          expired(
            all.filter(({ name }) => !gone.has(name)),
            now,
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('the name of a backup', () => {
  it('says when and why, and sorts by time', () => {
    const at = new Date('2026-11-24T10:30:00.123Z');
    expect(backupName(at, 'auto')).toBe('2026-11-24T10-30-00-123Z-auto.db');
    expect(parseBackupName(backupName(at, 'before-schema-2'))).toEqual({ at, reason: 'before-schema-2' });
  });

  it.each([
    'notes.db',
    '2026-11-24T10-30-00-123Z-auto.db.tmp',
    '2026-99-24T10-30-00-123Z-auto.db',
    'x/../y.db',
  ])('is not %s', (name) => expect(parseBackupName(name)).toBeNull());
});
