import { createHash } from 'node:crypto';
import { labelsRevision } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { countedSums } from './label-sum.ts';

/** The labels of one moment. */
export interface LabelContent {
  /** The first known revision with these labels: equal labels have equal numbers, whatever came in between. */
  readonly revision: number;
  readonly checksum: string;
}

type ImageColumns = [id: number, sum: number | null, state: string, split: string, sha256: string];

const PAGE = 5000;

/** SHA-256 of all that a model learns from: classes and images that are looked at, with their labels and splits. */
function labelsChecksum(reader: Reader): string {
  const hash = createHash('sha256');
  const classes = reader.allRaw('SELECT id, kind, name FROM classes ORDER BY position, id');
  hash.update(JSON.stringify(classes));
  for (let after = 0; ;) {
    const rows = reader.allRaw<ImageColumns>(
      `SELECT id, label_sum, state, split, hex(sha256) FROM images
       WHERE id > ? AND removed = 0 AND state <> 'unseen' ORDER BY id LIMIT ?`,
      after,
      PAGE,
    );
    const uncounted = rows.flatMap(([id, sum]) => (sum === null ? [id] : []));
    const sums = countedSums(reader, uncounted);
    for (const row of rows) row[1] ??= sums.get(row[0]) ?? 0;
    hash.update(JSON.stringify(rows));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return hash.digest('hex');
    [after] = last;
  }
}

/** Reads every image that is looked at: about a tenth of a second for 100,000. Call it within one snapshot. */
export function labelContent(reader: Reader): LabelContent {
  const checksum = labelsChecksum(reader);
  const known = reader.get<{ revision: number }>(
    'SELECT revision FROM label_contents WHERE checksum = ? ORDER BY revision LIMIT 1',
    checksum,
  );
  return { revision: known?.revision ?? labelsRevision(reader), checksum };
}

/** Whoever keeps its revision calls it. */
export function noteLabelContent(writer: Writer, { revision, checksum }: LabelContent): void {
  writer.run(
    'INSERT INTO label_contents (revision, checksum) VALUES (?, ?) ON CONFLICT DO NOTHING',
    revision,
    checksum,
  );
}
