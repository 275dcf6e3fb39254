import { nearDuplicates, Unions } from '../../common/near-duplicates.ts';
import type { KeepTogether, Split } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { CONTENT, LOOKED, readLooks } from '../rows/look-rows.ts';

interface KinRow {
  readonly id: number;
  readonly rootId: number;
  readonly path: string;
  readonly sha256: string;
  readonly group: string | null;
  readonly split: Split;
}

/** Why two images are kin: of the same content, pictures alike, or of one group (frames of a video, pages of a file). */
export type Kinship = 'same' | 'similar' | 'group';

/** Images of several splits that should be in one. */
export interface Leak {
  readonly kinship: Kinship;
  /** By id. */
  readonly images: readonly { readonly id: number; readonly split: Split }[];
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The name without extension and the number at its end: frames and series of photographs have it in common. */
const seriesOf = (path: string): string | null => {
  const stem = path.replace(/\.[^./]*$/, '');
  const series = stem.replace(/\d+$/, '');
  return series === stem ? null : series;
};

/** Pairs of images whose pictures are alike. Takes seconds for a hundred thousand: on a thread of its own. */
export function similarPairs(reader: Reader): [number, number][] {
  return nearDuplicates(readLooks(reader));
}

function kinRows(reader: Reader): KinRow[] {
  return reader.all<KinRow>(
    `SELECT images.id, root_id AS rootId, path, hex(${CONTENT}) AS sha256, split_group AS "group", split
     FROM images ${LOOKED} WHERE removed = 0 ORDER BY images.id`,
  );
}

/** Joins rows that have a key in common. */
function joinBy(unions: Unions, rows: readonly KinRow[], keyOf: (row: KinRow) => string | null): void {
  const first = new Map<string, number>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const known = first.get(key);
    if (known === undefined) first.set(key, row.id);
    else unions.join(known, row.id);
  }
}

/**
 * Which images stay together when splits are drawn, each with the id that stands for its unit: copies and groups
 * always, and what is asked for besides.
 */
export function splitUnits(
  reader: Reader,
  together: readonly KeepTogether[],
  similar: readonly (readonly [number, number])[],
): Unions {
  const unions = new Unions();
  const rows = kinRows(reader);
  joinBy(unions, rows, ({ sha256 }) => sha256);
  joinBy(unions, rows, ({ group }) => group);
  if (together.includes('folder')) joinBy(unions, rows, ({ rootId, path }) => `${rootId} ${folderOf(path)}`);
  if (together.includes('series')) {
    joinBy(unions, rows, ({ rootId, path }) => {
      const series = seriesOf(path);
      return series === null ? null : `${rootId} ${series}`;
    });
  }
  if (together.includes('similar')) for (const [one, other] of similar) unions.join(one, other);
  return unions;
}

/** Sets of images that are kin and lie in several splits, copies first. */
export function findLeaks(reader: Reader): Leak[] {
  const rows = kinRows(reader);
  const inSplits = rows.filter(({ split }) => split !== 'none').map(({ id, split }) => ({ id, split }));
  const kinships: [Kinship, (unions: Unions) => void][] = [
    ['same', (unions) => joinBy(unions, rows, ({ sha256 }) => sha256)],
    [
      'similar',
      (unions) => {
        joinBy(unions, rows, ({ sha256 }) => sha256);
        for (const [one, other] of similarPairs(reader)) unions.join(one, other);
      },
    ],
    ['group', (unions) => joinBy(unions, rows, ({ group }) => group)],
  ];
  const listed = new Set<string>();
  return kinships.flatMap(([kinship, join]) => {
    const unions = new Unions();
    join(unions);
    const sets = Map.groupBy(inSplits, ({ id }) => unions.find(id));
    return [...sets.values()].flatMap((images): Leak[] => {
      if (images.every(({ split }) => split === images[0]!.split)) return [];
      const key = images.map(({ id }) => id).join(' ');
      if (listed.has(key)) return [];
      listed.add(key);
      return [{ kinship, images }];
    });
  });
}
