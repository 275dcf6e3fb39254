import { TwinheadError } from '../../common/errors.ts';
import { sentenceText } from '../../common/sentences/index.ts';
import type { Language } from '../../common/sentences/languages.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Reader } from '../database/database.ts';

/** Ids are never given twice, not even that of a deleted run, and sort by age up to 9999 of them. */
export const RUN_ID = /^r\d{4,}$/;
export const runId = (number: number): string => `r${String(number).padStart(4, '0')}`;

const LONGEST_NAME = 200;

/** What `find` understands as something else than a name. */
function isReserved(name: string): boolean {
  return name === 'last' || name === 'best' || RUN_ID.test(name);
}

export function requireRunName(given: string): string {
  const name = given.normalize('NFC').trim();
  const refuse = (message: Sentence): never => {
    throw new TwinheadError('invalid-input', message, { place: 'name', remedy: say('store.anotherName') });
  };
  if (name === '') refuse(say('store.run.noName'));
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) refuse(say('store.run.oneLine'));
  if (name.length > LONGEST_NAME) refuse(say('store.run.long', { most: LONGEST_NAME }));
  if (isReserved(name)) refuse(say('store.run.reserved', { name }));
  return name;
}

export function requireFreeName(reader: Reader, name: string, exceptId: string | null): void {
  const taken = reader.get<{ id: string }>('SELECT id FROM runs WHERE name = ?', name);
  if (taken !== undefined && taken.id !== exceptId) {
    throw new TwinheadError('invalid-input', say('store.run.taken', { name }), {
      place: 'name',
      remedy: say('store.run.taken.remedy'),
    });
  }
}

export function freeName(reader: Reader, number: number, language: Language): string {
  const taken = new Set(reader.all<{ name: string }>('SELECT name FROM runs').map((run) => run.name));
  for (let next = number; ; next += 1) {
    const name = sentenceText(say('store.run.name', { number: String(next) }), language);
    if (!taken.has(name)) return name;
  }
}
