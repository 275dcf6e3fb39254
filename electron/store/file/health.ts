import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { AREA, reachesOut } from '../rows/bounds.ts';
import { ATTRIBUTES, BOX_ATTRIBUTES, SOURCES } from '../rows/box-summary.ts';
import { changedLabels } from '../rows/label-sum.ts';
import { ProjectDatabase } from '../database/database.ts';
import type { Reader } from '../database/database.ts';
import { damageSaid } from '../database/damage.ts';
import { projectCorrupt, storeError } from '../database/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../common/sentences/sentence.ts';

export interface HealthReport {
  readonly ok: boolean;
  readonly problems: Problem[];
}

/** Most problems of one sort that are reported one by one. */
const SHOWN = 20;

const RESTORE = say('store.health.restore');
const REPORT = say('store.health.report');

/** What a row of a rule's query has: which image, class or box, its name, and what is said and found of it. */
interface Finding {
  readonly id: number;
  readonly name: string;
  readonly said: string | number;
  readonly found: number;
}

/** One sort of problem: a query whose rows are each one. */
interface Rule {
  readonly of: 'image' | 'class' | 'box';
  readonly message: (row: Finding) => Sentence;
  readonly remedy: Sentence;
  readonly sql: string;
}

const RULES: readonly Rule[] = [
  {
    of: 'image',
    message: ({ name: path, said, found }) => say('store.health.boxCount', { path, said, found }),
    remedy: REPORT,
    sql: `SELECT id, path AS name, box_count AS said, found
      FROM (SELECT id, path, box_count,
          (SELECT count(*) FROM boxes WHERE image_id = images.id) AS found FROM images)
      WHERE box_count <> found`,
  },
  {
    of: 'class',
    message: ({ name, said, found }) => say('store.health.uses', { name, said, count: found }),
    remedy: REPORT,
    sql: `SELECT id, name, uses AS said, found
      FROM (SELECT id, name, uses, CASE kind
          WHEN 'object' THEN (SELECT count(*) FROM boxes WHERE class_id = classes.id)
          ELSE (SELECT count(*) FROM image_classes WHERE class_id = classes.id) END AS found FROM classes)
      WHERE uses <> found`,
  },
  {
    of: 'image',
    message: ({ name: path, said: state, found }) =>
      say(found === 1 ? 'store.health.labelled' : 'store.health.notLabelled', { path, state }),
    remedy: REPORT,
    sql: `SELECT id, path AS name, state AS said, labelled AS found
      FROM (SELECT id, path, state, EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id)
          OR EXISTS (SELECT 1 FROM image_classes WHERE image_id = images.id) AS labelled FROM images)
      WHERE labelled <> (state = 'labelled')`,
  },
  {
    of: 'image',
    message: ({ name: path }) => say('store.health.boxSummary', { path }),
    remedy: REPORT,
    sql: `SELECT images.id, images.path AS name
      FROM images LEFT JOIN (SELECT image_id, min(${AREA}) AS smallest, max(${AREA}) AS largest,
          ${SOURCES} AS sources, ${ATTRIBUTES} AS found
        FROM boxes GROUP BY image_id) AS actual ON actual.image_id = images.id
      WHERE smallest_area IS NOT smallest OR largest_area IS NOT largest OR box_sources <> coalesce(sources, 0)
        OR attributes_loose = 0 AND box_attributes IS NOT found
        OR attributes_loose = 1 AND EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id
          AND attributes IS NOT NULL AND coalesce(instr(box_attributes, ${BOX_ATTRIBUTES}), 0) = 0)`,
  },
  {
    of: 'image',
    message: ({ name: path, said, found }) => say('store.health.suggestions', { path, said, found }),
    remedy: REPORT,
    sql: `SELECT images.id, images.path AS name, suggestion_count AS said, coalesce(n, 0) AS found
      FROM images LEFT JOIN (SELECT image_id, count(*) AS n, max(score) AS best FROM suggestions GROUP BY image_id)
        AS actual ON actual.image_id = images.id
      WHERE suggestion_count <> coalesce(n, 0) OR suggestion_score IS NOT best`,
  },
  {
    of: 'box',
    message: ({ name: path }) => say('store.health.outside', { path }),
    remedy: say('store.health.outside.remedy'),
    sql: `SELECT boxes.id, images.path AS name
      FROM boxes JOIN images ON images.id = boxes.image_id
      WHERE ${reachesOut('boxes', ['images.width', 'images.height'])}`,
  },
  {
    of: 'box',
    message: ({ name }) => say('store.health.boxClass', { name }),
    remedy: say('store.health.boxClass.remedy'),
    sql: `SELECT boxes.id, classes.name
      FROM boxes JOIN classes ON classes.id = boxes.class_id WHERE classes.kind <> 'object'`,
  },
  {
    of: 'image',
    message: ({ name }) => say('store.health.imageClass', { name }),
    remedy: say('store.health.imageClass.remedy'),
    sql: `SELECT image_id AS id, classes.name
      FROM image_classes JOIN classes ON classes.id = class_id WHERE classes.kind <> 'image'`,
  },
];

/** Up to this size every page is looked at when a project is opened: 0.1 to 0.2 seconds. */
const WHOLE_CHECK_BYTES = 32 * 1024 * 1024;

/** Tables that grow with boxes and edits: in a large project only the full check reads them through. */
const LARGE_TABLES = new Set([
  'boxes',
  'suggestions',
  'journal',
  'journal_images',
  'journal_boxes',
  'predictions',
  'answers',
]);

/** A row for each image or so: in a large project their pages are looked at, the rules of values in the full check only. */
const TABLES_OF_IMAGES = new Set(['images', 'image_classes']);

/**
 * The check at every opening, before anything is written: every page of a small project, and of a large one every table
 * whose damage would show on the first screen.
 * @throws TwinheadError `project-corrupt`
 */
export function checkAtOpen(connection: Database.Database, file: string): void {
  try {
    const tables =
      statSync(file).size <= WHOLE_CHECK_BYTES
        ? [null]
        : (connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .pluck()
            .all() as string[]);
    for (const table of tables) {
      if (table !== null && (LARGE_TABLES.has(table) || !/^[a-z_]+$/.test(table))) continue;
      const result = quickCheck(connection, table);
      if (result !== 'ok') throw projectCorrupt(file, String(result));
    }
  } catch (error) {
    throw storeError(error, file);
  }
}

/** @param table null: all */
function quickCheck(connection: Database.Database, table: string | null): unknown {
  const byPages = table !== null && TABLES_OF_IMAGES.has(table);
  if (byPages) connection.pragma('ignore_check_constraints = ON');
  try {
    return connection.pragma(`quick_check(${table ?? 1})`, { simple: true });
  } finally {
    if (byPages) connection.pragma('ignore_check_constraints = OFF');
  }
}

function shown(problems: Problem[], more: Said): Problem[] {
  if (problems.length <= SHOWN) return problems;
  return [...problems.slice(0, SHOWN), { message: say('store.health.more', { more }) }];
}

function damagedPages(reader: Reader, file: string): Problem[] {
  const rows = reader.all<{ integrity_check: string }>(`PRAGMA integrity_check(${SHOWN})`);
  return rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row) => ({
      file,
      message: say('store.health.damaged', { damage: damageSaid(row.integrity_check) }),
      remedy: RESTORE,
    }));
}

function brokenLinks(reader: Reader, file: string): Problem[] {
  const rows = reader.all<{ table: string; rowid: number | null; parent: string }>(
    `SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT ${SHOWN + 1}`,
  );
  const problems = rows.map(({ table, rowid, parent }) => ({
    file,
    place: `${table} ${rowid ?? ''}`.trim(),
    message: say('store.health.link', { table, parent }),
    remedy: RESTORE,
  }));
  return shown(problems, say('store.health.links'));
}

function brokenRule(reader: Reader, file: string, rule: Rule): Problem[] {
  const rows = reader.all<Finding>(`${rule.sql} LIMIT ${SHOWN + 1}`);
  const problems = rows.map((row): Problem => ({
    file,
    place: say(`store.place.${rule.of}`, { id: String(row.id) }),
    message: rule.message(row),
    remedy: rule.remedy,
  }));
  return shown(problems, rule.remedy);
}

/** Labels that are not those which were stored: a bit that a disk has lost, or another program. */
export function changedOnDisk(reader: Reader, file: string): Problem[] {
  const problems = changedLabels(reader, SHOWN + 1).map(({ id, path }) => ({
    file,
    place: say('store.place.image', { id: String(id) }),
    message: say('store.health.changed', { path }),
    remedy: say('store.health.changed.remedy'),
  }));
  return shown(problems, say('store.health.changedMore'));
}

/**
 * Every page, link, count and box, read from the disk through a connection of its own. Damage is reported, not thrown;
 * where pages are damaged, nothing that they hold is looked at any further.
 * @param entries what is wrong with the journal, one more than is shown at most
 */
export function fullCheck(
  file: string,
  entries: (reader: Reader, file: string, most: number) => Problem[],
): HealthReport {
  // SQLite leaves CHECK constraints out on a connection that was opened for reading.
  const connection = new Database(file, { fileMustExist: true });
  try {
    connection.pragma('query_only = ON');
    connection.pragma('trusted_schema = OFF');
    const problems = new ProjectDatabase(connection, file).snapshot((reader) => {
      const damaged = damagedPages(reader, file);
      if (damaged.length > 0) return damaged;
      return [
        ...brokenLinks(reader, file),
        ...changedOnDisk(reader, file),
        ...RULES.flatMap((rule) => brokenRule(reader, file, rule)),
        ...shown(entries(reader, file, SHOWN + 1), say('store.health.entries')),
      ];
    });
    return { ok: problems.length === 0, problems };
  } catch (error) {
    const known = storeError(error, file);
    if (!(known instanceof TwinheadError) || known.code !== 'project-corrupt') throw known;
    return { ok: false, problems: [{ file, message: known.said, remedy: RESTORE }] };
  } finally {
    connection.close();
  }
}
