import { extname } from 'node:path';
import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import { readWhole } from '../../../files/index.ts';
import type { Pieces, WriteTarget } from '../../format.ts';
import { TAR_END, tarred } from './tar.ts';

/** As a loader sees it: what a picture is called, where its boxes are, what it is itself. */
function sampleOf(image: DatasetImage, ids: ReadonlyMap<string, number>): object {
  const { path, width, height, boxes, imageClasses, reviewed } = image;
  return {
    ...image.unknown,
    file_name: path,
    width,
    height,
    labels: imageClasses,
    reviewed,
    objects: boxes.map(({ x, y, width: wide, height: high, className, score, attributes, unknown }) => ({
      ...unknown,
      bbox: [x, y, wide, high],
      class: className,
      class_id: ids.get(className) ?? 0,
      ...(score === null ? {} : { score }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    })),
  };
}

/** Shards of one split: <split>-000000.tar and so on, each ended once the next begins. */
class Shards {
  readonly #target: WriteTarget;
  readonly #split: string;
  readonly #most: number;
  #shard: Pieces | null = null;
  #count = 0;

  constructor(target: WriteTarget, split: string, most: number) {
    this.#target = target;
    this.#split = split;
    this.#most = most;
  }

  /** @returns where the next sample goes, and its key */
  next(): { readonly shard: Pieces; readonly key: string } {
    if (this.#count % this.#most === 0) {
      this.end();
      const number = String(Math.floor(this.#count / this.#most)).padStart(6, '0');
      this.#shard = this.#target.pieces(`${this.#split}-${number}.tar`);
    }
    const key = String(this.#count++).padStart(8, '0');
    return { shard: this.#shard!, key };
  }

  end(): void {
    this.#shard?.add(TAR_END);
    this.#shard = null;
  }
}

/**
 * Shards for training by streams: for each image KEY.jpg (its file as it is) and KEY.json with boxes and classes. Keys
 * are numbers, as loaders cut names at the first dot.
 */
export async function writeWebDataset(
  dataset: Dataset,
  target: WriteTarget,
  { images: most }: { readonly images: number },
): Promise<void> {
  const names = dataset.classes.flatMap(({ kind, name }) => (kind === 'object' ? [name] : []));
  const ids = new Map(names.map((name, index) => [name, index]));
  const splits = new Map<string, Shards>();
  for await (const image of dataset.images) {
    const split = image.split === null || image.split === 'none' ? 'unsplit' : image.split;
    const shards = splits.get(split) ?? new Shards(target, split, most);
    splits.set(split, shards);
    const { shard, key } = shards.next();
    if (target.pictures !== 'none' && image.file !== null)
      shard.add(tarred(`${key}${extname(image.path).toLowerCase()}`, await readWhole(image.file)));
    shard.add(tarred(`${key}.json`, Buffer.from(JSON.stringify(sampleOf(image, ids)), 'utf8')));
  }
  for (const shards of splits.values()) shards.end();
  await target.text('classes.txt', names.map((name) => `${name}\n`).join(''));
}
