import { z } from 'zod';
import type { Reader } from '../database/database.ts';
import { valueIn } from './damaged.ts';

/** A test set is a setting of its own: its name stands behind this, its value is the list of its images. */
export const TEST_SET_KEY = 'testSet:';

export const testSetKey = (name: string): string => `${TEST_SET_KEY}${name}`;

const Ids = z.array(z.int());

/** By name. */
export function testSetNames(reader: Reader): string[] {
  return reader
    .values<string>(
      `SELECT substr(key, ${TEST_SET_KEY.length + 1}) FROM settings
       WHERE substr(key, 1, ${TEST_SET_KEY.length}) = '${TEST_SET_KEY}'`,
    )
    .sort((a, b) => a.localeCompare(b));
}

/** Its list, with images that are in another split by now; null where there is no set of that name. */
export function testSetIds(reader: Reader, name: string): number[] | null {
  const row = reader.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', testSetKey(name));
  return row === undefined ? null : valueIn(Ids, row.value, 'settings.value');
}

/** SQL: whether an image is in the list of the set whose key is the parameter. The split is asked for besides. */
export const IN_TEST_SET = `images.id IN (
  SELECT listed.value FROM settings, json_each(settings.value) AS listed WHERE settings.key = ?)`;
