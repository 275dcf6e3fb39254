import type { Dataset, DatasetBox, DatasetImage } from '../common/dataset.ts';
import { say } from '../common/sentences/sentence.ts';
import type { ProblemCollector } from './collector.ts';

/** Images that name the same file become one, with the labels of both; the same box twice is one. */
export async function eachFileOnce(
  all: Dataset['images'],
  problems: ProblemCollector,
  signal: AbortSignal | undefined,
): Promise<DatasetImage[]> {
  const images: DatasetImage[] = [];
  const rows = new Map<string, number>();
  const repeats = new Map<string, Repeats>();
  for await (const image of all) {
    signal?.throwIfAborted();
    const row = image.file === null ? undefined : rows.get(image.file);
    if (row === undefined) {
      if (image.file !== null) rows.set(image.file, images.length);
      images.push(image);
      continue;
    }
    const first = images[row]!;
    const added = image.boxes.filter((box) => !first.boxes.some((other) => isSameBox(box, other)));
    images[row] = {
      ...first,
      split: first.split === null || first.split === 'none' ? image.split : first.split,
      boxes: [...first.boxes, ...added],
      imageClasses: [...new Set([...first.imageClasses, ...image.imageClasses])],
      reviewed: first.reviewed || image.reviewed,
      unknown: { ...image.unknown, ...first.unknown },
    };
    const key = `${first.origin?.file ?? ''}\0${image.origin?.file ?? ''}`;
    const repeat = repeats.get(key) ?? { first, image, images: 0, added: 0, same: 0 };
    repeat.images += 1;
    repeat.added += added.length;
    repeat.same += image.boxes.length - added.length;
    repeats.set(key, repeat);
  }
  for (const repeat of repeats.values()) reportRepeats(repeat, problems);
  return images;
}

/** Images that two files of the source both have, or one has twice. */
interface Repeats {
  readonly first: DatasetImage;
  readonly image: DatasetImage;
  images: number;
  added: number;
  same: number;
}

function reportRepeats({ first, image, images, added, same }: Repeats, problems: ProblemCollector): void {
  const file = image.origin?.file;
  const where =
    file === undefined || file === first.origin?.file
      ? say('exchange.repeats.listed')
      : say('exchange.repeats.elsewhere', { file: first.origin?.file ?? '' });
  const counts = { path: image.path, where, added, same };
  problems.warn(
    file ?? image.path,
    images === 1 ? image.origin?.place : undefined,
    images === 1
      ? say('exchange.repeats.image', counts)
      : say('exchange.repeats.images', { ...counts, images }),
    say('exchange.repeats.remedy'),
  );
}

const SAME = 1e-6;

function isSameBox(a: DatasetBox, b: DatasetBox): boolean {
  return (
    a.className === b.className &&
    Math.abs(a.x - b.x) <= SAME &&
    Math.abs(a.y - b.y) <= SAME &&
    Math.abs(a.width - b.width) <= SAME &&
    Math.abs(a.height - b.height) <= SAME
  );
}
