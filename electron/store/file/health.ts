import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { EDGE_TOLERANCE } from '../../common/labels/kits.ts';
import { ATTRIBUTES, BOX_ATTRIBUTES, SOURCES } from '../tables/box-summary.ts';
import { changedLabels } from '../tables/label-sum.ts';
import { ProjectDatabase } from '../database.ts';
import type { Reader } from '../database.ts';
import { projectCorrupt, storeError } from '../errors.ts';

export interface HealthReport {
  readonly ok: boolean;
  readonly problems: Problem[];
}

/** How many problems of one sort are told one by one. */
const SHOWN = 20;

const RESTORE = 'Restore a backup.';
const REPORT = 'Nothing is lost, but report this as a defect, with the project file.';

/** One sort of problem: a query whose rows are each one, with a place and a message of their own. */
interface Rule {
  readonly remedy: string;
  readonly sql: string;
}

const RULES: readonly Rule[] = [
  {
    remedy: REPORT,
    sql: `SELECT 'image ' || id AS place,
        path || ' is said to have ' || box_count || ' boxes, but has ' || boxes || '.' AS message
      FROM (SELECT id, path, box_count,
          (SELECT count(*) FROM boxes WHERE image_id = images.id) AS boxes FROM images)
      WHERE box_count <> boxes`,
  },
  {
    remedy: REPORT,
    sql: `SELECT 'class ' || id AS place,
        name || ' is said to be used ' || uses || ' times, but is used ' || actual || ' times.' AS message
      FROM (SELECT id, name, uses, CASE kind
          WHEN 'object' THEN (SELECT count(*) FROM boxes WHERE class_id = classes.id)
          ELSE (SELECT count(*) FROM image_classes WHERE class_id = classes.id) END AS actual FROM classes)
      WHERE uses <> actual`,
  },
  {
    remedy: REPORT,
    sql: `SELECT 'image ' || id AS place,
        path || ' counts as ' || state || ', but is ' || iif(labelled, 'labelled.', 'not labelled.') AS message
      FROM (SELECT id, path, state, EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id)
          OR EXISTS (SELECT 1 FROM image_classes WHERE image_id = images.id) AS labelled FROM images)
      WHERE labelled <> (state = 'labelled')`,
  },
  {
    remedy: REPORT,
    sql: `SELECT 'image ' || images.id AS place,
        images.path || ' says of its boxes what they are not.' AS message
      FROM images LEFT JOIN (SELECT image_id, min(width * height) AS smallest, max(width * height) AS largest,
          ${SOURCES} AS sources, ${ATTRIBUTES} AS found
        FROM boxes GROUP BY image_id) AS actual ON actual.image_id = images.id
      WHERE smallest_area IS NOT smallest OR largest_area IS NOT largest OR box_sources <> coalesce(sources, 0)
        OR attributes_loose = 0 AND box_attributes IS NOT found
        OR attributes_loose = 1 AND EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id
          AND attributes IS NOT NULL AND coalesce(instr(box_attributes, ${BOX_ATTRIBUTES}), 0) = 0)`,
  },
  {
    remedy: REPORT,
    sql: `SELECT 'image ' || images.id AS place,
        images.path || ' is said to have ' || suggestion_count || ' suggestions, but has ' || coalesce(n, 0) || '.'
          AS message
      FROM images LEFT JOIN (SELECT image_id, count(*) AS n, max(score) AS best FROM suggestions GROUP BY image_id)
        AS actual ON actual.image_id = images.id
      WHERE suggestion_count <> coalesce(n, 0) OR suggestion_score IS NOT best`,
  },
  {
    remedy: 'Correct or delete the box.',
    sql: `SELECT 'box ' || boxes.id AS place, 'A box reaches outside ' || images.path || '.' AS message
      FROM boxes JOIN images ON images.id = boxes.image_id
      WHERE boxes.x < -${EDGE_TOLERANCE} OR boxes.y < -${EDGE_TOLERANCE}
        OR boxes.x + boxes.width > images.width + ${EDGE_TOLERANCE}
        OR boxes.y + boxes.height > images.height + ${EDGE_TOLERANCE}`,
  },
  {
    remedy: 'Give the label a class of the right kind.',
    sql: `SELECT 'box ' || boxes.id AS place, 'A box has the image class ' || classes.name || '.' AS message
      FROM boxes JOIN classes ON classes.id = boxes.class_id WHERE classes.kind <> 'object'`,
  },
  {
    remedy: 'Give the image a class of the right kind.',
    sql: `SELECT 'image ' || image_id AS place, 'An image has the object class ' || classes.name || '.' AS message
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
]);

/**
 * The check at every opening, before anything is written: SQLite itself refuses a file that is shorter than it says;
 * here every page of a small project is looked at, and of a large one every table whose damage would show on the
 * first screen.
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
      const result: unknown = connection.pragma(`quick_check(${table ?? 1})`, { simple: true });
      if (result !== 'ok') throw projectCorrupt(file, String(result));
    }
  } catch (error) {
    throw storeError(error, file);
  }
}

function shown(problems: Problem[], more: string): Problem[] {
  if (problems.length <= SHOWN) return problems;
  return [...problems.slice(0, SHOWN), { message: `… and more of the same: ${more}` }];
}

function damagedPages(reader: Reader, file: string): Problem[] {
  const rows = reader.all<{ integrity_check: string }>(`PRAGMA integrity_check(${SHOWN})`);
  return rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row) => ({
      file,
      message: `The project file is damaged: ${row.integrity_check}`,
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
    message: `A row of ${table} points to one of ${parent} that is not there.`,
    remedy: RESTORE,
  }));
  return shown(problems, 'broken links');
}

function brokenRule(reader: Reader, file: string, rule: Rule): Problem[] {
  const rows = reader.all<{ place: string; message: string }>(`${rule.sql} LIMIT ${SHOWN + 1}`);
  const problems = rows.map((row) => ({ file, ...row, remedy: rule.remedy }));
  return shown(problems, rule.remedy);
}

/** Labels that are not those which were stored: a bit that a disk has lost, or another program. */
export function changedOnDisk(reader: Reader, file: string): Problem[] {
  const problems = changedLabels(reader, SHOWN + 1).map(({ id, path }) => ({
    file,
    place: `image ${id}`,
    message: `The labels of ${path} are not those that were stored.`,
    remedy: 'Look at the image and verify it, which takes its labels as they are, or restore a backup.',
  }));
  return shown(problems, 'changed labels');
}

/**
 * Every page, every link, every count and every box, read from the disk through a connection of its own: pages that
 * the project holds in memory would hide what has become of them. A damaged file is reported, not thrown; where its
 * pages are damaged, nothing that they hold is looked at any further.
 */
export function fullCheck(file: string): HealthReport {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    connection.pragma('trusted_schema = OFF');
    const problems = new ProjectDatabase(connection, file).snapshot((reader) => {
      const damaged = damagedPages(reader, file);
      if (damaged.length > 0) return damaged;
      return [
        ...brokenLinks(reader, file),
        ...changedOnDisk(reader, file),
        ...RULES.flatMap((rule) => brokenRule(reader, file, rule)),
      ];
    });
    return { ok: problems.length === 0, problems };
  } catch (error) {
    const known = storeError(error, file);
    if (!(known instanceof TwinheadError) || known.code !== 'project-corrupt') throw known;
    return { ok: false, problems: [{ file, message: known.message, remedy: RESTORE }] };
  } finally {
    connection.close();
  }
}
