import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { ClassActivation } from '../common/entities.ts';
import type { Rectangle } from '../common/geometry.ts';
import { readWhole } from '../files/index.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { plain } from './text.ts';
import { wholePath } from './whole-path.ts';

interface Options {
  readonly run: string;
  readonly class: string;
  readonly box?: Rectangle;
}

export function defineExplain(program: Command, runner: CommandRunner): void {
  const command = program
    .command('explain')
    .summary('show which parts of a picture speak for a class')
    .description(
      'Say which parts of a picture speak for a class in the eyes of a run (Grad-CAM): for an image class, or, with --box, for a box of an object class. With --json, the whole map.',
    )
    .argument('<PROJECT>', 'its folder')
    .argument('<IMAGE>', 'image file')
    .requiredOption('--run <RUN>', 'an id, a name, last or best')
    .requiredOption('--class <NAME>', 'a class that the run tells')
    .option('--box <X,Y,W,H>', 'a box in pixels of the upright picture, as predict prints it', boxOf);
  withCommonOptions(command, 'twinhead explain cells new/a.jpg --run best --class WBC --box 10,20,90,80', {
    engine: true,
  }).action(
    runner.action<[string, string], Options>(async (session, [project, image], options) => {
      await session.open(project);
      const { run: runId, class: name, box } = options;
      const content = (await readWhole(wholePath(image))).toString('base64');
      const picture = { name: path.basename(image), content };
      const activation = await session.call('predict.explain', { runId, picture, class: name, box });
      return {
        document: { image, class: name, box: box ?? null, ...activation },
        lines: describeActivation(activation, name),
      };
    }),
  );
}

/** Reads a box, for an option. */
export function boxOf(text: string): Rectangle {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x, y, width, height] = numbers as [number, number, number, number];
  if (numbers.length !== 4 || !numbers.every(Number.isFinite) || width <= 0 || height <= 0)
    throw new InvalidArgumentError('It must be four numbers such as 10,20,90,80: left, top, width, height.');
  return { x, y, width, height };
}

/** What the command prints: where what speaks for the class is strongest, and how much of the picture it takes. */
export function describeActivation({ side, values, area, picture }: ClassActivation, name: string): string[] {
  const bytes = Buffer.from(values, 'base64');
  const strongest = bytes.reduce((best, value, at) => (value > bytes[best]! ? at : best), 0);
  if (bytes[strongest] === 0) return [`Nothing in the picture speaks for ${plain(name)}.`];
  const within = (value: number, most: number): string => Math.min(most, Math.max(0, value)).toFixed(0);
  const x = area.x + (area.width * ((strongest % side) + 0.5)) / side;
  const y = area.y + (area.height * (Math.floor(strongest / side) + 0.5)) / side;
  const half = bytes.filter((value) => value >= 128).length / bytes.length;
  return [
    `What speaks for ${plain(name)} is strongest at ${within(x, picture.width)}, ${within(y, picture.height)}; ${(100 * half).toFixed(0)} % of the network’s input reaches half of that.`,
  ];
}
