import type { Command } from 'commander';
import type { Problem } from '../common/entities.ts';
import { toErrorReport, TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import type { ExitStatus } from './exit-status.ts';
import { Interrupt } from './interrupt.ts';
import { Output } from './output.ts';
import type { OutputStreams } from './output.ts';
import { ProgressLine } from './progress.ts';
import type { CommandSession } from './session.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly strict?: boolean;
  readonly engine?: string;
}

export interface CommandResult {
  /** For `--json`. */
  readonly document: unknown;
  /** For people. */
  readonly lines: readonly string[];
  /** Parts of the input that were passed over: warnings, or the failure of the whole with `--strict`. */
  readonly problems?: readonly Problem[];
}

/** The work of one command. Without a result it has said everything itself. */
export type CommandBody<Arguments extends unknown[], Options> = (
  session: CommandSession,
  args: Arguments,
  options: Options & CommonOptions,
) => Promise<CommandResult | undefined>;

/** Runs the body of a command and keeps the status that the process should end with. */
export class CommandRunner {
  readonly #streams: OutputStreams;
  #status: ExitStatus = EXIT.done;

  constructor(streams: OutputStreams) {
    this.#streams = streams;
  }

  get status(): ExitStatus {
    return this.#status;
  }

  /** An action for commander, which passes the arguments, then the options, then the command itself. */
  action<Arguments extends unknown[], Options>(
    body: CommandBody<Arguments, Options>,
    host: 'web' | 'cli' = 'cli',
  ): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
      const options = given.at(-2) as Options & CommonOptions;
      const args = given.slice(0, -2) as Arguments;
      this.#status = await this.#run((session) => body(session, args, options), options, host);
    };
  }

  async #run(
    body: (session: CommandSession) => Promise<CommandResult | undefined>,
    { json = false, quiet = false, strict = false, engine }: CommonOptions,
    host: 'web' | 'cli',
  ): Promise<ExitStatus> {
    const progress = new ProgressLine(this.#streams.stderr, quiet);
    const output = new Output({ json, quiet, streams: this.#streams, clearLine: () => progress.clear() });
    const interrupt = new Interrupt({
      onFirst: () => output.note('Stopping where nothing is lost; press Ctrl-C again to end at once.'),
      onSecond: () => {
        output.failure(new TwinheadError('cancelled', say('cli.ended')).toReport());
        process.exit(EXIT.killed);
      },
    });
    let session: CommandSession | undefined;
    try {
      // Loaded only now: help and wrong usage need none of it.
      const { CommandSession } = await import('./session.ts');
      session = new CommandSession({ host, engine, output, progress, signal: interrupt.signal });
      const result = await body(session);
      const problems = result?.problems ?? [];
      if (strict && problems.length > 0) throw strictError(problems);
      await session.close(true);
      output.problems(problems);
      if (result) output.result(result.document, result.lines);
      return EXIT.done;
    } catch (error) {
      const report = toErrorReport(error);
      output.failure(report);
      return exitStatusOf(report.code);
    } finally {
      // After a success this has been done already; a failure here must not hide the one that was reported.
      await session?.close(false).catch((error: unknown) => output.warn(toErrorReport(error).message));
      interrupt.release();
    }
  }
}

function strictError(problems: readonly Problem[]): TwinheadError {
  const [first] = problems;
  const said = say('cli.strict', { count: problems.length, problem: first?.message ?? '' });
  return new TwinheadError('unusable-input', said, {
    file: first?.file,
    place: first?.place,
    remedy: first?.remedy ?? say('cli.strict.remedy'),
    problems,
  });
}

/** Adds the options that every command has, and an example to its help. */
export function withCommonOptions(
  command: Command,
  example: string,
  { strict = false, engine = false }: { strict?: boolean; engine?: boolean } = {},
): Command {
  command.option('--json', 'print one JSON document, for programs');
  command.option('--quiet', 'print no progress');
  if (strict) command.option('--strict', 'treat any problem in the input as an error');
  if (engine) command.option('--engine <KIND>', 'cuda12, cpu or js, instead of the fastest that works');
  return command.addHelpText('after', `\nExample:\n  ${example}`);
}
