import { TwinheadError } from '../common/errors.ts';
import type { Unknown } from '../common/dataset.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';
import { ProblemCollector } from './collector.ts';
import { readText } from './files.ts';
import type { TextEncoding } from './encoding.ts';

/** JavaScript's longest string is a little over this; COCO's train2017 has 470 MB. */
export const MOST_JSON_BYTES = 500_000_000;
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

/** What is wrong and where, as far as the parser's message tells the position: its words are English only. */
function slipOf(text: string, message: string): { readonly said: Sentence; readonly place?: Sentence } {
  const match = /position (\d+)/.exec(message);
  const position = match === null ? undefined : Number(match[1]);
  const isCutOff = message.startsWith('Unexpected end') || (position ?? 0) >= text.trimEnd().length;
  const said = say(isCutOff ? 'exchange.json.cutOff' : 'exchange.json');
  if (position === undefined) return { said };
  const before = text.slice(0, position);
  const line = String(before.split('\n').length);
  const column = String(before.length - before.lastIndexOf('\n'));
  return { said, place: say('exchange.lineColumn', { line, column }) };
}

/** Outside strings: Python's json writes them, and no other parser takes them. */
const NO_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** With null in the place of NaN and Infinity; each is a problem. */
function withoutNaN(text: string, file: string, problems: ProblemCollector): string {
  let line = 1;
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

interface JsonReading {
  /** Encoding of a file that is not UTF-8. */
  readonly encoding?: TextEncoding;
  readonly problems: ProblemCollector;
  /** Whole numbers that JavaScript would round become their text. Takes several times as long. */
  readonly exact?: boolean;
}

/** For JSON.parse. */
function exactly(_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  const rounded = typeof value === 'number' && !Number.isSafeInteger(value);
  return rounded && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

/** @throws TwinheadError `unusable-input` where the text is no JSON, or deeper than {@link DEEPEST_JSON} */
function parseJson(text: string, file: string, { problems, exact }: JsonReading): unknown {
  const reviver = exact === true ? exactly : undefined;
  if (depthOf(text) > DEEPEST_JSON) {
    throw new TwinheadError('unusable-input', say('exchange.json.deep', { levels: DEEPEST_JSON }), {
      file,
      remedy: say('exchange.json.deep.remedy'),
    });
  }
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = new ProblemCollector();
    const corrected = /\bNaN\b|\bInfinity\b/.test(text) ? withoutNaN(text, file, found) : text;
    if (corrected !== text) {
      try {
        const value: unknown = JSON.parse(corrected, reviver);
        found.list().forEach((one) => problems.take(one));
        return value;
      } catch {
        // It is wrong in other places too: those of the text as it is are told.
      }
    }
    const { said, place } = slipOf(text, message);
    const details = { file, place, remedy: say('exchange.json.remedy') };
    throw new TwinheadError('unusable-input', said, details, { cause: error });
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

/** @throws TwinheadError `not-found`, or `unusable-input` where the file is no JSON */
export async function readJson(file: string, reading: JsonReading): Promise<unknown> {
  return parseJson(await readText(file, MOST_JSON_BYTES, reading.encoding), file, reading);
}

/** @throws TwinheadError `not-found`, or `unusable-input` where the file is no JSON object */
export async function readJsonObject(file: string, reading: JsonReading): Promise<JsonObject> {
  const value = await readJson(file, reading);
  if (isObject(value)) return value;
  throw new TwinheadError('unusable-input', say('exchange.json.noObject'), {
    file,
    remedy: say('exchange.json.noObject.remedy'),
  });
}

/** The fields that nobody asked for. `__proto__` is left out: copied on, it would become something else. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): Unknown {
  const others: JsonObject = {};
  for (const key of Object.keys(object))
    if (!known.has(key) && key !== '__proto__') others[key] = object[key];
  return others;
}
