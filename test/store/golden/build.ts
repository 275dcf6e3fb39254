import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { NEWEST_SCHEMA } from '../../../electron/store/file/migrations/index.ts';
import { openProject } from '../../../electron/store/index.ts';
import { fillGolden } from './content.ts';

/**
 * Makes the golden database of the newest schema, once, when that schema is released: `node test/store/golden/build.ts`.
 * It is never made again: later versions have to open what this one wrote.
 */
const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-golden-'));
const store = openProject(folder, { create: true, clock: () => new Date('2026-11-24T10:00:00Z') });
await fillGolden(store, NEWEST_SCHEMA);
store.close();
const file = path.join(folder, 'project.db');
const connection = new Database(file);
connection.pragma('journal_mode = DELETE');
connection.exec('VACUUM');
connection.close();
renameSync(file, path.join(import.meta.dirname, `schema-${NEWEST_SCHEMA}.db`));
rmSync(folder, { recursive: true });
