import type { Writable } from 'node:stream';
import type { Problem, Severity } from '../common/entities.ts';
import type { ErrorReport } from '../common/errors.ts';
import { english } from '../common/sentences/en/catalogue.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { isSentence, say } from '../common/sentences/sentence.ts';
import type { Said, Sentence, SentenceKey } from '../common/sentences/sentence.ts';
import { plain } from './text.ts';

export interface OutputStreams {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Problems that are listed one by one; the document of `--json` has them all. */
const LISTED_PROBLEMS = 20;

/** Remedies that the page words for its dialogs: here the option that does the same. */
const OPTION_FOR: Partial<Record<SentenceKey, Sentence>> = {
  'exchange.encoding.found.remedy': say('cli.import.encoding.other'),
  'services.import.encoding.remedy': say('cli.import.encoding.undo'),
  'exchange.encoding.unknown.remedy': say('cli.import.encoding.right'),
  'exchange.encoding.remedy': say('cli.import.encoding'),
  'exchange.whereImages': say('cli.import.whereImages'),
  'services.leftOut.tooMany.remedy': say('cli.leftOut'),
  'export.noBoxes.remedy': say('cli.export.noBoxes'),
};

function inTerminal(said: Said): string {
  return inEnglish((isSentence(said) ? OPTION_FOR[said.key] : undefined) ?? said);
}

/**
 * What a command says: its result on standard output (with `--json` one document, and nothing else), everything
 * else on standard error.
 */
export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #streams: OutputStreams;
  readonly #clearLine: () => void;
  #documents = 0;

  /** `clearLine` takes a progress line away before something else is written. */
  constructor(options: { json: boolean; quiet: boolean; streams: OutputStreams; clearLine?: () => void }) {
    this.json = options.json;
    this.quiet = options.quiet;
    this.#streams = options.streams;
    this.#clearLine = options.clearLine ?? ((): void => undefined);
  }

  /** The result: `document` for programs, `lines` for people. */
  result(document: unknown, lines: readonly string[]): void {
    this.#clearLine();
    if (this.json) this.#document(document);
    else if (lines.length > 0) this.#streams.stdout.write(`${lines.join('\n')}\n`);
  }

  /** A message on the way. */
  note(message: string): void {
    if (this.quiet) return;
    this.#clearLine();
    this.#streams.stderr.write(`${message}\n`);
  }

  warn(message: string, severity: Severity = 'warning'): void {
    this.#clearLine();
    this.#streams.stderr.write(`${severity}: ${message}\n`);
  }

  problems(problems: readonly Problem[]): void {
    for (const problem of problems.slice(0, LISTED_PROBLEMS))
      this.warn(problemText(problem), problem.severity ?? 'error');
    const more = problems.length - LISTED_PROBLEMS;
    if (more > 0) this.warn(`${more} more ${more === 1 ? 'problem' : 'problems'}; --json lists them all.`);
  }

  failure(error: ErrorReport): void {
    this.#clearLine();
    this.#streams.stderr.write(`${errorLines(error).join('\n')}\n`);
    const { code, message, details } = error;
    this.problems(details.leftOut ?? []);
    if (this.json) this.#document({ error: { code, message, details } });
  }

  #document(document: unknown): void {
    // A failure after the result (while closing, say) is told by message and status; the document stays the only one.
    if (this.#documents > 0) return;
    this.#documents += 1;
    this.#streams.stdout.write(`${JSON.stringify(document, sentencesInEnglish, 2)}\n`);
  }
}

/** For JSON.stringify: programs read sentences as people do. */
function sentencesInEnglish(_name: string, value: unknown): unknown {
  return isSentence(value) && Object.hasOwn(english, value.key) ? inTerminal(value) : value;
}

/** `cells/a.jpg, line 3: The box has no width. Draw it again.` */
export function problemText({ file, place, message, remedy }: Problem): string {
  const where = whereText(file, place);
  const what = inEnglish(message);
  return plain(
    [where === '' ? what : `${where}: ${what}`, inTerminal(remedy ?? '')].filter(Boolean).join(' '),
  );
}

function whereText(file: string | undefined, place: Said | undefined): string {
  return [file, inEnglish(place ?? '')].filter((part) => part !== undefined && part !== '').join(', ');
}

function errorLines({ message, details }: ErrorReport): string[] {
  const lines = [`error: ${plain(message)}`];
  const where = whereText(details.file, details.place);
  if (where !== '' && !message.includes(where)) lines.push(`  where: ${plain(where)}`);
  if (details.remedy !== undefined) lines.push(`  ${plain(inTerminal(details.remedy))}`);
  return lines;
}
