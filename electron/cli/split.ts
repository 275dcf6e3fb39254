import type { Command } from 'commander';
import type { OutputOf } from '../common/contract.ts';
import { KeepTogether } from '../common/entities.ts';
import type { ImageFilter, ProjectInfo } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { counted } from './counts.ts';
import { lookAtPictures } from './look-at-pictures.ts';
import { share, wholeNumber } from './numbers.ts';
import { savedFilter } from './saved-filter.ts';
import type { CommandSession } from './session.ts';
import { table } from './text.ts';

interface SplitOptions {
  readonly train: number;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
  readonly reassign?: boolean;
  readonly labelledOnly?: boolean;
  readonly keepTogether: KeepTogether[];
  readonly keepKin?: boolean;
  readonly leaks?: boolean;
  readonly mend?: boolean;
  readonly lock?: boolean;
  readonly unlock?: boolean;
  readonly testSet?: string;
  readonly filter?: string;
  readonly images?: string;
  readonly deleteTestSet?: string;
}

export function defineSplit(program: Command, runner: CommandRunner): void {
  const command = program
    .command('split')
    .summary('assign images to training, validation and test sets')
    .description(
      'Assign splits so that each has its share of every class. Images that have a split keep it; copies, frames of a ' +
        'video and pages of a file stay together.',
    )
    .argument('<PROJECT>', 'its folder')
    .option('--train <SHARE>', 'share of the training set', share, 0.7)
    .option('--val <SHARE>', 'share of the validation set', share, 0.15)
    .option('--test <SHARE>', 'share of the test set', share, 0.15)
    .option('--seed <NUMBER>', 'another seed gives other splits', wholeNumber, 1)
    .option('--reassign', 'also images that already have a split')
    .option('--labelled-only', 'only images that somebody has reviewed');
  command.addOption(
    command
      .createOption(
        '--keep-together <WHAT...>',
        'also keep together images of a folder, of a numbered series, or near-duplicates',
      )
      .choices(KeepTogether.options)
      .default([]),
  );
  command
    .option(
      '--keep-kin',
      'leave training and validation images that are kin to a locked or named test set where they are',
    )
    .option(
      '--leaks',
      'assign nothing: list leaks (images that are identical, near-duplicates or of one group in several splits)',
    )
    .option('--mend', 'assign nothing: fix leaks by moving such images into one split')
    .option('--lock', 'assign nothing: lock the test set, so that no image enters or leaves it')
    .option('--unlock', 'assign nothing: unlock the test set')
    .option(
      '--test-set <NAME>',
      'assign nothing: put images into the test split under a name, to be evaluated on by themselves',
    )
    .option('--filter <NAME>', 'with --test-set: images that match a saved filter')
    .option('--images <TEXT>', 'with --test-set: images with this text in their path')
    .option('--delete-test-set <NAME>', 'assign nothing: remove the name; its images stay in the test split');
  withCommonOptions(command, 'twinhead split cells --keep-together folder similar').action(
    runner.action<[string], SplitOptions>(async (session, [project], options) => {
      await session.open(project);
      const { leaks, mend, lock, unlock, testSet, deleteTestSet, ...shares } = options;
      if (testSet !== undefined || deleteTestSet !== undefined) {
        if (testSet !== undefined) await addTestSet(session, testSet, options);
        else await session.call('testSets.delete', { name: deleteTestSet ?? '' });
        const info = await session.call('project.get', {});
        const { bySplit, testSets } = info;
        return { document: { bySplit, testSets }, lines: describeSplits(info) };
      }
      if (lock === true || unlock === true) {
        const { testLocked, testLooks } = await session.call('project.updateSettings', {
          testLocked: lock === true,
        });
        return {
          document: { testLocked, testLooks },
          lines: [testLocked ? 'The test set is locked.' : 'The test set is not locked.'],
        };
      }
      if (leaks === true || mend === true || options.keepTogether.includes('similar'))
        await lookAtPictures(session);
      if (leaks === true) {
        const found = await session.call('splits.leaks', {});
        return { document: found, lines: describeLeaks(found) };
      }
      const done =
        mend === true
          ? { ...(await session.call('splits.mend', { imageIds: null })), largestUnit: null, kin: 0 }
          : await session.call('splits.assign', {
              train: shares.train,
              val: shares.val,
              test: shares.test,
              seed: shares.seed,
              reassign: shares.reassign === true,
              labelledOnly: shares.labelledOnly === true,
              keepTogether: shares.keepTogether,
              kinOfTest: shares.keepKin === true ? 'stay' : 'none',
            });
      const info = await session.call('project.get', {});
      const { bySplit } = info;
      return {
        document: { ...done, bySplit },
        lines: [
          `Moved images: ${done.changed}.`,
          ...kinNotes(done, shares.keepKin === true),
          ...notes(done, info),
          ...describeSplits(info),
        ],
      };
    }),
  );
}

/** What was done with images that would test what they trained. */
function kinNotes({ kin }: { kin: number }, kept: boolean): string[] {
  if (kin === 0) return [];
  const images = counted('images', kin);
  return [
    kept
      ? `${images} of training and validation stayed there, though kin to test images: they leak.`
      : `${images} of training and validation went to no split: they are kin to test images, which stay where they are (--keep-kin leaves them).`,
  ];
}

/** A unit that is larger than a split upsets the shares. */
function notes({ largestUnit }: { largestUnit: number | null }, { images }: ProjectInfo): string[] {
  return largestUnit === null || largestUnit <= 1 || largestUnit * 5 < images
    ? []
    : [`The largest group that stays together has ${largestUnit} images: shares can only come near it.`];
}

function describeSplits({ bySplit, images, testSets }: ProjectInfo): string[] {
  const rows = Object.entries(bySplit).filter(([, count]) => count > 0);
  return [
    ...table(
      ['split', 'images', 'share'],
      rows.map(([split, count]) => [split, count, `${Math.round((100 * count) / images)}%`]),
    ),
    ...(testSets.length === 0
      ? []
      : [
          '',
          ...table(
            ['test set', 'images', 'evaluated'],
            testSets.map(({ name, images: count, looks }) => [name, count, looks]),
          ),
        ]),
  ];
}

/** @throws TwinheadError `invalid-input` where no image is named */
async function addTestSet(
  session: CommandSession,
  name: string,
  { filter, images }: Pick<SplitOptions, 'filter' | 'images'>,
): Promise<void> {
  const wanted: ImageFilter = {
    ...(filter === undefined ? {} : (await savedFilter(session, filter)).filter),
    ...(images === undefined ? {} : { text: images }),
  };
  const named = filter !== undefined || images !== undefined;
  const { imageIds } = named ? await session.call('images.ids', { filter: wanted }) : { imageIds: [] };
  if (imageIds.length === 0) {
    throw new TwinheadError('invalid-input', say('cli.testSet.noImages', { name }), {
      place: '--test-set',
      remedy: say('cli.testSet.noImages.remedy'),
    });
  }
  await session.call('testSets.add', { name, imageIds: [...imageIds] });
}

function describeLeaks({ total, leaks }: OutputOf<'splits.leaks'>): string[] {
  if (total === 0) return ['No leaks: no image is in another split than its copies, look-alikes and group.'];
  return [
    `Leaks: ${total}. Fix them with --mend.`,
    ...table(
      ['why', 'images', 'split', 'image', 'split', 'image'],
      leaks.map(({ kinship, count, images: [one, other] }) => [
        kinship,
        count,
        one?.split ?? null,
        one?.path ?? null,
        other?.split ?? null,
        other?.path ?? null,
      ]),
    ),
  ];
}
