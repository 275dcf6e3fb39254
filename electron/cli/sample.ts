import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted, plural } from './counts.ts';
import { wholeNumber } from './numbers.ts';

interface SampleOptions {
  readonly train?: number;
  readonly val?: number;
  readonly test?: number;
  readonly seed?: number;
}

export function defineSample(program: Command, runner: CommandRunner): void {
  const command = program
    .command('sample')
    .summary('create a labelled sample project')
    .description(
      'Create a project of scenes of handwritten digits, with exact boxes; the image class is the largest digit.',
    )
    .argument('<PROJECT>', 'its folder; created if missing')
    .option('--train <N>', 'training scenes (3000)', wholeNumber)
    .option('--val <N>', 'validation scenes (500)', wholeNumber)
    .option('--test <N>', 'test scenes (500)', wholeNumber)
    .option('--seed <S>', 'the same seed makes the same scenes (1)', wholeNumber);
  withCommonOptions(command, 'twinhead sample digits --train 300 --val 50 --test 50').action(
    runner.action<[string], SampleOptions>(async (session, [path], { train, val, test, seed }) => {
      const jobId = await session.sample({ path, train, val, test, seed });
      const { problems } = await session.follow('sample', jobId);
      const project = await session.call('project.get', {});
      return {
        document: { project, problems },
        lines: [
          `Created ${project.path} with ${plural(project.images, 'scene')} and ${counted('boxes', project.boxes)}.`,
          `Next: twinhead train ${path}`,
        ],
        problems,
      };
    }),
  );
}
