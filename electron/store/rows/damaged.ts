import type { z } from 'zod';
import type { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { projectCorrupt } from '../database/errors.ts';

/** What a stranger or a damaged disk has put into a row, found where it is used. @param column with its table */
export function damagedValue(column: string): TwinheadError {
  return projectCorrupt('project.db', say('store.damage.type', { column }));
}

/** The object that a text of a row holds. @throws TwinheadError `project-corrupt` for any other value */
export function objectIn(json: string, column: string): Record<string, unknown> {
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damagedValue(column);
  return value as Record<string, unknown>;
}

/** The value that a text of a row holds. @throws TwinheadError `project-corrupt` where the schema refuses it */
export function valueIn<Value>(schema: z.ZodType<Value>, json: string, column: string): Value {
  const { success, data } = schema.safeParse(parsed(json));
  if (!success) throw damagedValue(column);
  return data;
}

/** The value of a JSON text; null where it is none. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
