import type { Command } from 'commander';
import type { EvaluationItem, LabelClass } from '../common/entities.ts';
import { SUSPECTS } from '../common/score-parts.ts';
import { sheetText } from '../common/score-sheets.ts';
import type { Suspect } from '../common/score-parts.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { evaluatedOn } from './evaluated-on.ts';
import type { EvaluatedOn } from './evaluated-on.ts';
import { evaluationItems } from './evaluation-items.ts';
import { wholeNumber } from './numbers.ts';
import { percent, plain, table } from './text.ts';

interface SuspectsOptions extends Partial<EvaluatedOn> {
  readonly run: string;
  readonly limit: number;
}

const WORDS: Readonly<Record<Suspect, string>> = {
  overlooked: 'maybe missing',
  misplaced: 'maybe misplaced',
  swapped: 'maybe another class',
  misclassed: 'maybe another image class',
};

export function defineSuspects(program: Command, runner: CommandRunner): void {
  const command = program
    .command('suspects')
    .summary('list labels that an evaluated run contradicts')
    .description(
      'List box labels that may be missing, misplaced or of a wrong class, and image classes that may be wrong, because an evaluated run confidently disagrees with them; the doubt says how strongly. Check before you correct.',
    )
    .argument('<PROJECT>', 'its folder')
    .requiredOption('--run <RUN>', 'an id, a name, last or best; it must have been evaluated on these images')
    .option('--limit <N>', 'at most this many of each kind', wholeNumber, 20);
  command.addOption(
    command
      .createOption('--split <SPLIT>', 'split whose labels are checked (default: "train")')
      .choices(['train', 'val', 'test']),
  );
  command
    .option('--test-set <NAME>', 'only the images of this test set')
    .option('--filter <NAME>', 'the images of a saved filter, on which the run was evaluated');
  withCommonOptions(command, 'twinhead suspects cells --run best --split train --json').action(
    runner.action<[string], SuspectsOptions>(async (session, [project], { run, limit, ...asked }) => {
      await session.open(project);
      const on = await evaluatedOn(session, asked, 'train');
      const { id: runId } = await session.call('runs.get', { runId: run });
      const { classes } = await session.call('classes.list', {});
      const suspects: { suspect: Suspect; total: number; items: EvaluationItem[] }[] = [];
      for (const suspect of SUSPECTS) {
        const part = { of: 'suspect', suspect } as const;
        suspects.push({ suspect, ...(await evaluationItems(session, { runId, ...on, limit, part })) });
      }
      return {
        document: { run: runId, ...on, suspects },
        lines: suspects.flatMap(({ suspect, total, items }, index) => [
          ...(index === 0 ? [] : ['']),
          `${WORDS[suspect]}: ${total}`,
          ...(items.length === 0 ? [] : describeSuspects(items, classes)),
        ]),
        problems:
          on.split === 'train'
            ? [{ message: sheetText('suspects.inSample', 'en'), severity: 'warning' }]
            : [],
      };
    }),
  );
}

/** What the command prints of suspicious labels, line by line. */
export function describeSuspects(
  items: readonly (Omit<EvaluationItem, 'image' | 'loss' | 'disagreement'> & {
    readonly image: { readonly path: string };
  })[],
  classes: readonly Pick<LabelClass, 'id' | 'name'>[],
): string[] {
  const name = (id: number | undefined): string => plain(classes.find((one) => one.id === id)?.name ?? '');
  const names = (ids: readonly number[]): string => ids.map(name).join(', ') || '–';
  if (items.every(({ imageClasses }) => imageClasses !== null))
    return table(
      ['image', 'label', 'found', 'doubt'],
      items.map(({ image, imageClasses, score: doubt }) => [
        plain(image.path),
        names(imageClasses!.labelled),
        names(imageClasses!.predicted),
        percent(doubt),
      ]),
    );
  return table(
    ['image', 'label', 'found', 'doubt', 'IoU', 'x y width height'],
    items.map(({ image, truth, found, score: doubt, overlap }) => [
      plain(image.path),
      truth === null ? '–' : name(truth.classId),
      name(found?.classId),
      percent(doubt),
      percent(overlap),
      found === null
        ? ''
        : [found.x, found.y, found.width, found.height].map((value) => value.toFixed(0)).join(' '),
    ]),
  );
}
