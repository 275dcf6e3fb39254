import { TwinheadError } from '../common/errors.ts';
import type { Unknown } from '../common/dataset.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';
import { ProblemCollector } from './collector.ts';
import { readText } from './files.ts';
import type { TextEncoding } from './encoding.ts';

/** Longest file that is read as one text: JavaScript's longest string is a little over this. */
const MOST_JSON_BYTES = 500_000_000;
/** Annotations need five levels. */
export const DEEPEST_JSON = 64;

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How deep the brackets go, without parsing: a bomb is refused before it costs anything. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/** Where a text begins or is wrong, counted from 1. */
export interface JsonPlace {
  readonly line: number;
  readonly column: number;
}

export const placeWords = ({ line, column }: JsonPlace): Sentence =>
  say('exchange.lineColumn', { line: String(line), column: String(column) });

/** @param place null for a file that ends too early */
export function noJson(file: string, place: JsonPlace | null, cause?: unknown): TwinheadError {
  return new TwinheadError(
    'unusable-input',
    say(place === null ? 'exchange.json.cutOff' : 'exchange.json'),
    { file, ...(place === null ? {} : { place: placeWords(place) }), remedy: say('exchange.json.remedy') },
    { cause },
  );
}

export function notAnObject(file: string): TwinheadError {
  return new TwinheadError('unusable-input', say('exchange.json.noObject'), {
    file,
    remedy: say('exchange.json.noObject.remedy'),
  });
}

export function tooDeep(file: string): TwinheadError {
  return new TwinheadError('unusable-input', say('exchange.json.deep', { levels: DEEPEST_JSON }), {
    file,
    remedy: say('exchange.json.deep.remedy'),
  });
}

/** Where the parser's message says that a text is wrong: its words are English only. null where the text ends too early. */
function slipOf(text: string, message: string, begin: JsonPlace): JsonPlace | null {
  const match = /position (\d+)/.exec(message);
  const position = match === null ? undefined : Number(match[1]);
  if (message.startsWith('Unexpected end') || (position ?? 0) >= text.trimEnd().length) return null;
  if (position === undefined) return begin;
  const before = text.slice(0, position);
  const lines = before.split('\n').length - 1;
  const column = lines === 0 ? begin.column + position : before.length - before.lastIndexOf('\n');
  return { line: begin.line + lines, column };
}

/** Outside strings: Python's json writes them, and no other parser takes them. */
const NO_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** With null in the place of NaN and Infinity; each is a problem. */
function withoutNaN(text: string, file: string, problems: ProblemCollector, begin: JsonPlace): string {
  let { line } = begin;
  let counted = 0;
  return text.replace(NO_NUMBERS, (token, position: number) => {
    if (token.startsWith('"')) return token;
    for (; counted < position; counted++) if (text.charCodeAt(counted) === 0x0a) line++;
    problems.warn(
      file,
      say('exchange.line', { line: String(line) }),
      say('exchange.json.noNumber', { token }),
      say('exchange.correct'),
    );
    return 'null';
  });
}

export interface JsonReading {
  /** Encoding of a file that is not UTF-8. */
  readonly encoding?: TextEncoding | undefined;
  readonly problems: ProblemCollector;
}

/** For JSON.parse: whole numbers that JavaScript would round become their text. */
function exactly(_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  const rounded = typeof value === 'number' && !Number.isSafeInteger(value);
  return rounded && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

interface PartReading extends JsonReading {
  /** Whole numbers that JavaScript would round become their text. Takes several times as long. */
  readonly exact?: boolean | undefined;
}

/**
 * Parses a text, or a value out of one that begins elsewhere, which is no deeper than {@link DEEPEST_JSON}.
 * @throws TwinheadError `unusable-input` where it is no JSON
 */
export function parsePart(
  text: string,
  file: string,
  { problems, exact }: PartReading,
  begin: JsonPlace = { line: 1, column: 1 },
): unknown {
  const reviver = exact === true ? exactly : undefined;
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = new ProblemCollector();
    const corrected = /\bNaN\b|\bInfinity\b/.test(text) ? withoutNaN(text, file, found, begin) : text;
    if (corrected !== text) {
      try {
        const value: unknown = JSON.parse(corrected, reviver);
        found.list().forEach((one) => problems.take(one));
        return value;
      } catch {
        // It is wrong in other places too: those of the text as it is are told.
      }
    }
    throw noJson(file, slipOf(text, message, begin), error);
  }
}

/** An object of a file that has one a line; null, with a problem, where the line is none. */
export function parseJsonLine(
  text: string,
  file: string,
  place: Said,
  problems: ProblemCollector,
): JsonObject | null {
  let value: unknown = null;
  try {
    value = depthOf(text) > DEEPEST_JSON ? null : (JSON.parse(text) as unknown);
  } catch {
    // Told below.
  }
  if (isObject(value)) return value;
  problems.add(file, place, say('formats.noJsonLine'), say('formats.correct'));
  return null;
}

/** @throws TwinheadError `not-found`, or `unusable-input` where the file is no JSON, or deeper than {@link DEEPEST_JSON} */
export async function readJson(file: string, reading: JsonReading): Promise<unknown> {
  const text = await readText(file, MOST_JSON_BYTES, reading.encoding);
  if (depthOf(text) > DEEPEST_JSON) throw tooDeep(file);
  return parsePart(text, file, reading);
}

/** @throws TwinheadError `not-found`, or `unusable-input` where the file is no JSON object */
export async function readJsonObject(file: string, reading: JsonReading): Promise<JsonObject> {
  const value = await readJson(file, reading);
  if (isObject(value)) return value;
  throw notAnObject(file);
}

/** The fields that nobody asked for. `__proto__` is left out: copied on, it would become something else. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): Unknown {
  const others: JsonObject = {};
  for (const key of Object.keys(object))
    if (!known.has(key) && key !== '__proto__') others[key] = object[key];
  return others;
}
