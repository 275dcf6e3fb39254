import type { Command } from 'commander';
import type { Prediction, Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import type { CommandSession } from './session.ts';
import { share } from './numbers.ts';
import { score, table } from './text.ts';
import { wholePath } from './whole-path.ts';

interface PredictOptions {
  readonly run: string;
  readonly folder?: string;
  readonly split?: Split;
  readonly minScore?: number;
}

const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

export function definePredict(program: Command, runner: CommandRunner): void {
  const command = program
    .command('predict')
    .summary('predict with a trained run')
    .description('Predict the class and the boxes of image files, of a folder, or of the images of a split.')
    .argument('<PROJECT>', 'its folder')
    .argument('[IMAGE...]', 'image files')
    .requiredOption('--run <RUN>', 'an id, a name, last or best')
    .option('--folder <DIR>', 'all images in this folder and the folders in it');
  command.addOption(
    command.createOption('--split <SPLIT>', 'the images of a split of the project').choices(SPLITS),
  );
  command.option(
    '--min-score <P>',
    'leave out boxes below this score (the thresholds chosen for the run, else 0.05)',
    share,
  );
  withCommonOptions(command, 'twinhead predict cells --run best new/a.jpg new/b.jpg --min-score 0.5', {
    strict: true,
    engine: true,
  }).action(
    runner.action<[string, string[]], PredictOptions>(async (session, [project, images], options) => {
      const { run, folder, split, minScore } = options;
      if (images.length === 0 && folder === undefined && split === undefined) {
        throw new TwinheadError('invalid-input', say('cli.predict.nothing'), {
          remedy: say('cli.predict.nothing.remedy'),
        });
      }
      await session.open(project);
      const { jobId } = await session.call('predict.start', {
        runId: run,
        imageFiles: images.map(wholePath),
        folder: folder === undefined ? undefined : wholePath(folder),
        split,
        minScore,
      });
      const { result, problems } = await session.follow('predict', jobId);
      const predictions = await readPredictions(session, result.run);
      return {
        document: { run: result.run, predictions, problems },
        lines: describe(predictions),
        problems,
      };
    }),
  );
}

async function readPredictions(session: CommandSession, runId: string): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (;;) {
    const page = await session.call('predictions.list', { runId, offset: predictions.length, limit: 1000 });
    predictions.push(...page.items);
    if (page.items.length === 0 || predictions.length >= page.total) return predictions;
  }
}

function describe(predictions: readonly Prediction[]): string[] {
  const rows = predictions.flatMap(({ image, imageClass, boxes }) => {
    const whole = imageClass.flatMap((one) =>
      one.present ? [[image, 'image', one.name, score(one.score), '']] : [],
    );
    return [
      ...whole,
      ...boxes.map((box) => [
        image,
        'box',
        box.class,
        score(box.score),
        [box.x, box.y, box.width, box.height].map((value) => value.toFixed(1)).join(' '),
      ]),
    ];
  });
  return rows.length === 0
    ? ['Nothing was found.']
    : table(['image', 'what', 'class', 'score', 'x y width height'], rows);
}
