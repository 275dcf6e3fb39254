import type { Dataset } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { withoutPictureExtension } from '../../locate.ts';

const SPLITS = ['train', 'val', 'test'] as const;

/** Shares of the image's side, in as many digits as a double holds of them. */
const share = (value: number): string => Number(value.toFixed(15)).toString();

/** A YAML string that no reader takes for anything else. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * images/<split>/, labels/<split>/ and data.yaml. An image that was looked at and is empty has an empty label file,
 * one that nobody has looked at has none. Without pictures, lists name the places where trainers will look for them.
 */
export async function writeYolo(dataset: Dataset, target: WriteTarget): Promise<void> {
  const classes = dataset.classes.filter(({ kind }) => kind === 'object');
  const ids = new Map(classes.map(({ name }, index) => [name, index]));
  const lists = new Map<string, string[]>();
  for await (const image of dataset.images) {
    const split = image.split === null || image.split === 'none' ? 'unsplit' : image.split;
    const list = lists.get(split) ?? [];
    lists.set(split, list);
    // Trainers look for labels where a picture's path has labels/ for images/: never beside a picture elsewhere.
    list.push(`./images/${split}/${image.path}`);
    await target.picture(image, `images/${split}/${image.path}`);
    if (image.boxes.length === 0 && !image.reviewed) continue;
    const { width, height } = image as { width: number; height: number };
    const rows = image.boxes.map((box) =>
      [
        ids.get(box.className),
        share((box.x + box.width / 2) / width),
        share((box.y + box.height / 2) / height),
        share(box.width / width),
        share(box.height / height),
      ].join(' '),
    );
    await target.text(
      `labels/${split}/${withoutPictureExtension(image.path)}.txt`,
      rows.map((row) => `${row}\n`).join(''),
    );
  }
  const inLists = target.pictures === 'none';
  if (inLists) {
    for (const [split, files] of lists) await target.text(`${split}.txt`, `${files.join('\n')}\n`);
  }
  const placeOf = (split: string): string => (inLists ? `${split}.txt` : `images/${split}`);
  const named = SPLITS.filter((split) => lists.has(split));
  const lines = [
    'path: .',
    ...named.map((split) => `${split}: ${placeOf(split)}`),
    ...(lists.has('unsplit') ? [`unsplit: ${placeOf('unsplit')}`] : []),
    // A trainer wants both; without splits the same images are both.
    ...(named.length === 0 ? [`train: ${placeOf('unsplit')}`, `val: ${placeOf('unsplit')}`] : []),
    ...Object.entries(dataset.unknown).map(([key, value]) => `${quoted(key)}: ${JSON.stringify(value)}`),
    `nc: ${classes.length}`,
    'names:',
    ...classes.map(({ name }, index) => `  ${index}: ${quoted(name)}`),
  ];
  await target.text('data.yaml', `${lines.join('\n')}\n`);
}
