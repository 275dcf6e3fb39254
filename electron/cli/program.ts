import { Command, CommanderError } from 'commander';
import { appVersion } from '../files/index.ts';
import { CommandRunner } from './command.ts';
import { defineAdd } from './add.ts';
import { defineCompare } from './compare.ts';
import { defineCompareRuns } from './compare-runs.ts';
import { defineDiff } from './diff.ts';
import { defineDoctor } from './doctor.ts';
import { defineEvaluate } from './evaluate.ts';
import { say } from '../common/sentences/sentence.ts';
import { EXIT } from './exit-status.ts';
import type { ExitStatus } from './exit-status.ts';
import { defineExportData } from './export-data.ts';
import { defineExportModel } from './export-model.ts';
import { defineFormats } from './formats.ts';
import { defineHealth } from './health.ts';
import { defineImport } from './import.ts';
import { defineLearnExamples } from './learn-examples.ts';
import { defineNew } from './new.ts';
import { Output } from './output.ts';
import type { OutputStreams } from './output.ts';
import { definePack, defineUnpack } from './pack.ts';
import { defineExplain } from './explain.ts';
import { definePredict } from './predict.ts';
import { defineRescue } from './rescue.ts';
import { defineResources } from './resources.ts';
import { defineRestore } from './restore.ts';
import { defineRobustness } from './robustness.ts';
import { defineSample } from './sample.ts';
import { defineServe } from './serve.ts';
import { defineSnapshot } from './snapshot.ts';
import { defineSplit } from './split.ts';
import { defineStatus } from './status.ts';
import { defineSuggestions } from './suggestions.ts';
import { defineSuspects } from './suspects.ts';
import { defineThresholds } from './thresholds.ts';
import { defineTrain } from './train.ts';

/** The order of the help: as one works. */
const COMMANDS = [
  defineNew,
  defineSample,
  defineAdd,
  defineImport,
  defineFormats,
  defineStatus,
  defineSuggestions,
  defineSplit,
  defineSnapshot,
  defineDiff,
  defineHealth,
  defineTrain,
  defineEvaluate,
  defineSuspects,
  defineThresholds,
  defineRobustness,
  defineResources,
  defineCompare,
  defineCompareRuns,
  definePredict,
  defineExplain,
  defineExportData,
  defineExportModel,
  defineServe,
  definePack,
  defineUnpack,
  defineRestore,
  defineRescue,
  defineLearnExamples,
  defineDoctor,
];

function buildProgram(runner: CommandRunner, streams: OutputStreams): Command {
  const program = new Command('twinhead')
    .description('Label images, train one network with two heads, find its mistakes, export the model.')
    .version(appVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      // Wrong usage is told by `runCommandLine`, as every other failure is.
      writeErr: () => undefined,
    })
    .addHelpText(
      'after',
      '\nExample:\n  twinhead sample digits && twinhead train digits && twinhead serve digits',
    );
  for (const define of COMMANDS) define(program, runner);
  return program;
}

/** Names of the commands, by which the desktop app knows that it was called as one. */
export function commandNames(): string[] {
  const streams = { stdout: process.stdout, stderr: process.stderr };
  return buildProgram(new CommandRunner(streams), streams).commands.map((command) => command.name());
}

/**
 * Runs one command line to its end.
 *
 * @param args what follows the program's name
 * @returns the exit status, of `EXIT`
 */
export async function runCommandLine(args: readonly string[], streams: OutputStreams): Promise<ExitStatus> {
  const runner = new CommandRunner(streams);
  const program = buildProgram(runner, streams);
  try {
    if (args.length === 0)
      throw new CommanderError(
        EXIT.usage,
        'twinhead.none',
        `A command is missing: ${program.commands.map((one) => one.name()).join(', ')}.`,
      );
    await program.parseAsync(args, { from: 'user' });
    return runner.status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    const end = args.indexOf('--');
    const json = (end < 0 ? args : args.slice(0, end)).includes('--json');
    new Output({ json, quiet: false, streams }).failure({
      code: 'invalid-input',
      message: sentence(error.message),
      details: { remedy: say('cli.see', { command: helpOf(program, args) }) },
    });
    return EXIT.usage;
  }
}

/** Commander's "error: unknown option '--seeed'\n(Did you mean --seed?)" as the other messages are written. */
function sentence(message: string): string {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function helpOf(program: Command, args: readonly string[]): string {
  const command = program.commands.find((one) => one.name() === args[0]);
  return `twinhead ${command ? `${command.name()} ` : ''}--help`;
}
