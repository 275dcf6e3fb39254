import type { Command } from 'commander';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted, plural } from './counts.ts';
import { plain } from './text.ts';
import { wholePath } from './whole-path.ts';

interface PackOptions {
  /** False by --without-images. */
  readonly withoutImages?: boolean;
  readonly withoutRuns?: boolean;
}

export function definePack(program: Command, runner: CommandRunner): void {
  const command = program
    .command('pack')
    .summary('pack a project into one zip archive')
    .description(
      'Pack labels, history, images (wherever they lie) and runs of a project into one zip archive. The project stays ' +
        'as it is and may be open meanwhile.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<FILE.zip>', 'the new archive')
    .option('--without-images', 'refer to the images where they are, without copying them')
    .option('--without-runs', 'leave out the files of trained models');
  withCommonOptions(command, 'twinhead pack cells cells.zip --without-runs').action(
    runner.action<[string, string], PackOptions>(async (session, [project, out], options) => {
      const { withoutImages = false, withoutRuns = false } = options;
      const { jobId } = await session.call('project.pack', {
        path: wholePath(project),
        out: wholePath(out),
        images: !withoutImages,
        runs: !withoutRuns,
      });
      const { result, problems } = await session.follow('pack', jobId);
      const { file, files, images, bytes } = result;
      return {
        document: { ...result, problems },
        lines: [
          `${plain(file)} has ${plural(files, 'file')}, ${images} of them images: ${(bytes / 1e6).toFixed(1)} MB.`,
        ],
        problems,
      };
    }),
  );
}

export function defineUnpack(program: Command, runner: CommandRunner): void {
  const command = program
    .command('unpack')
    .summary('create a project from such an archive')
    .description(
      'Create a project from an archive of “twinhead pack” and compare each file with its checksum. After an ' +
        'interruption, the same command continues.',
    )
    .argument('<FILE.zip>', 'the archive')
    .argument('<PROJECT>', 'the new project');
  withCommonOptions(command, 'twinhead unpack cells.zip cells').action(
    runner.action<[string, string], object>(async (session, [file, project]) => {
      const { jobId } = await session.call('project.unpack', {
        file: wholePath(file),
        path: wholePath(project),
      });
      const { result } = await session.follow('unpack', jobId);
      const info = await session.open(project);
      const again = result.reused > 0 ? ` ${result.reused} were there from an earlier try.` : '';
      return {
        document: { ...result, project: info },
        lines: [
          `${plain(result.folder)} has ${counted('images', info.images)}, ${counted('boxes', info.boxes)} and ${plural(info.runs, 'run')}: ` +
            `${plural(result.files, 'file')}.${again}`,
        ],
      };
    }),
  );
}
