import { stat } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { TwinheadError } from '../common/errors.ts';
import { readWhole } from '../files/index.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';

/** A configuration is a page long. */
const MAX_BYTES = 1024 * 1024;
/** Separators in it: what the parser takes for each grows with their number. */
const MAX_SEPARATORS = 4000;

export interface ConfigFile {
  readonly file: string;
  readonly config: Record<string, unknown>;
  /** Line of a setting, `optimizer.learningRate`, from 1; null where the file doesn't have it. */
  readonly lineOf: (setting: string) => number | null;
}

/**
 * Reads a training configuration in YAML.
 *
 * @throws TwinheadError `unusable-input` where the file can't be read, `invalid-input` with the line where it isn't
 * YAML or no list of settings.
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const text = await readText(file);
  if (text.replace(/[^:,?[{-]/g, '').length > MAX_SEPARATORS)
    throw wrong(file, undefined, say('cli.config.many'));
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const said = say(error.code === 'DUPLICATE_KEY' ? 'cli.config.twice' : 'cli.config.notYaml');
    throw wrong(file, line, said);
  }
  if (document.contents !== null && !isMap(document.contents)) {
    throw wrong(file, 1, say('cli.config.noList'));
  }
  let config: unknown;
  try {
    config = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw wrong(file, undefined, say('cli.config.aliases'), cause);
  }
  return {
    file,
    config: config as Record<string, unknown>,
    lineOf: (setting) => lineOf(document, lines, setting),
  };
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw wrong(file, undefined, say('cli.config.large'));
    return new TextDecoder('utf-8', { fatal: true }).decode(await readWhole(file));
  } catch (cause) {
    if (cause instanceof TwinheadError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const said = say(missing ? 'cli.config.missing' : 'cli.config.notText', { file });
    throw new TwinheadError('unusable-input', said, { file, remedy: say('cli.config.remedy') }, { cause });
  }
}

const placeOf = (line: number): Sentence => say('cli.config.line', { line: String(line) });

function wrong(file: string, line: number | undefined, said: Sentence, cause?: unknown): TwinheadError {
  const details = { file, ...(line === undefined ? {} : { place: placeOf(line) }) };
  return new TwinheadError('invalid-input', said, details, { cause });
}

function lineOf(document: Document.Parsed, lines: LineCounter, setting: string): number | null {
  let node: unknown = document.contents;
  let line: number | null = null;
  for (const part of setting.split('.')) {
    if (!isMap(node)) return line;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
    if (!pair || !isScalar(pair.key) || !pair.key.range) return null;
    line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}

/** Adds file and line to an error about a setting that the file has. */
export function locateInFile(
  error: unknown,
  { file, lineOf: find }: ConfigFile,
  overridden: readonly string[],
): unknown {
  if (!(error instanceof TwinheadError) || error.code !== 'invalid-input') return error;
  const setting = /^setting (.+)$/.exec(inEnglish(error.details.place ?? ''))?.[1];
  if (setting === undefined || overridden.some((text) => text.split('=')[0]?.trim() === setting))
    return error;
  const line = find(setting);
  if (line === null) return error;
  return error.with({ file, place: placeOf(line), setting });
}
