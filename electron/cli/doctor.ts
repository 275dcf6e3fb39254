import type { Command } from 'commander';
import { doctorVerdict, isDefect } from '../common/doctor-verdict.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { table } from './text.ts';

export function defineDoctor(program: Command, runner: CommandRunner): void {
  const command = program
    .command('doctor')
    .summary('check the installation')
    .description(
      'Print every part of the installation, where it comes from, and what to do if one is missing.',
    );
  withCommonOptions(command, 'twinhead doctor --json', { strict: true, engine: true }).action(
    runner.action<[], object>(async (session) => {
      const { parts } = await session.call('system.doctor', {});
      const lines = [
        inEnglish(doctorVerdict(parts)),
        '',
        ...table(
          ['part', 'state', 'version', 'from'],
          parts.map(({ name, state, version, source }) => [
            inEnglish(name),
            state,
            inEnglish(version),
            inEnglish(source),
          ]),
        ),
      ];
      const problems = parts.filter(isDefect).map(({ name, state, remedy }) => ({
        message: say('cli.doctor.problem', { name, state }),
        ...(remedy === '' ? {} : { remedy }),
      }));
      return { document: { parts, problems }, lines, problems };
    }),
  );
}
