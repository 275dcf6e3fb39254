import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { Convention } from '../common/columns.ts';
import type { DatasetClass, DatasetHead, DatasetImage } from '../common/dataset.ts';
import type { FormatLoss } from '../common/entities.ts';
import { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import { ProblemCollector } from './collector.ts';
import { kindOf } from './files.ts';
import type { DatasetFormat } from './format.ts';
import { readJsonObject } from './json.ts';
import { normalisePath } from './locate.ts';
import { splitOfPath } from './split-names.ts';

/** Beside every export: what its format cannot say, and which files are ours. */
export const SIDECAR = 'twinhead.json';

const ImageEntry = z.object({
  classes: z.array(z.string()).optional(),
  state: z.enum(['unseen', 'empty']).optional(),
  split: Split.optional(),
});
type ImageEntry = z.infer<typeof ImageEntry>;

const Sidecar = z.object({
  twinhead: z.literal(1),
  format: z.string(),
  /** How coordinates are counted, where the format has several ways. */
  convention: z.string().nullable(),
  imageClasses: z.array(z.string()),
  objectClasses: z.array(z.string()),
  /** By the picture's path in the export. */
  images: z.record(z.string(), ImageEntry),
  /** Every other file of the export: nothing else is ever replaced. */
  files: z.array(z.string()),
  /** Hashes of those that hold labels, as they were written: one that was changed since is not replaced either. */
  sha256: z.record(z.string(), z.string()).default({}),
});
export type Sidecar = z.infer<typeof Sidecar>;

/** What the format can't say of an image, or null where it says all. */
export function entryOf(image: DatasetImage, { loses }: DatasetFormat): ImageEntry | null {
  const lost = (loss: FormatLoss): boolean => loses.includes(loss);
  const unlabelled = image.boxes.length === 0 && image.imageClasses.length === 0;
  const entry: ImageEntry = {
    ...(lost('imageClasses') && image.imageClasses.length > 0 ? { classes: [...image.imageClasses] } : {}),
    ...(lost('states') && unlabelled ? { state: image.reviewed ? 'empty' : 'unseen' } : {}),
    ...(lost('splits') && image.split !== null ? { split: image.split } : {}),
  };
  return Object.keys(entry).length === 0 ? null : entry;
}

/** @returns null where the folder has none */
export async function readSidecar(folder: string): Promise<Sidecar | null> {
  const file = join(folder, SIDECAR);
  if ((await kindOf(file)) !== 'file') return null;
  const read = Sidecar.safeParse(await readJsonObject(file, { problems: new ProblemCollector() }));
  if (read.success) return read.data;
  throw new TwinheadError('unusable-input', say('exchange.sidecar', { file: SIDECAR }), {
    file,
    place: read.error.issues[0]?.path.join('.'),
    remedy: say('exchange.sidecar.remedy'),
  });
}

type Images = readonly DatasetImage[];

/** How an export of ours counts coordinates, which its labels alone may leave open; undefined where that isn't said. */
export function conventionOf({ convention }: Sidecar): Convention | undefined {
  if (convention === inEnglish(say('exchange.convention.edges'))) return 'edges';
  return convention === inEnglish(say('exchange.convention.pixels')) ? 'pixels' : undefined;
}

/**
 * A data set that was read, with what its sidecar says of it besides. Images of which the labels say nothing, having no
 * boxes, are in it, too, where their pictures lie in the folder.
 * @param whole whether all of the export was read, not one file of it
 */
export async function withSidecar<Head extends DatasetHead & { readonly images: Images }>(
  dataset: Head,
  folder: string,
  sidecar: Sidecar,
  whole: boolean,
): Promise<Head> {
  const has = (kind: DatasetClass['kind'], name: string): boolean =>
    dataset.classes.some((one) => one.kind === kind && one.name === name);
  const more = (['image', 'object'] as const).flatMap((kind) =>
    (kind === 'image' ? sidecar.imageClasses : sidecar.objectClasses)
      .filter((name) => !has(kind, name))
      .map((name): DatasetClass => ({ kind, name, sourceId: null, unknown: {} })),
  );
  const entryFor = finder(sidecar, folder);
  const used = new Set<ImageEntry>();
  const images = dataset.images.map((image): DatasetImage => {
    const entry = entryFor(image);
    if (entry === undefined) return image;
    used.add(entry);
    return {
      ...image,
      imageClasses: entry.classes ?? image.imageClasses,
      split: image.split === null || image.split === 'none' ? (entry.split ?? image.split) : image.split,
      reviewed: entry.state === undefined ? image.reviewed : entry.state === 'empty',
    };
  });
  for (const [path, entry] of whole ? Object.entries(sidecar.images) : []) {
    const { classes = [], state, split = splitOfPath(path) } = entry;
    const isLabelled = state !== undefined || entry.classes !== undefined;
    const file = join(folder, path);
    if (!isLabelled || used.has(entry) || path !== normalisePath(path) || (await kindOf(file)) !== 'file')
      continue;
    const sizes = { width: null, height: null };
    const labels = { boxes: [], imageClasses: classes, reviewed: state !== 'unseen' };
    images.push({ path, file, ...sizes, split, ...labels, unknown: {} });
  }
  return { ...dataset, classes: [...dataset.classes, ...more], images };
}

/** Entries by the picture's place in the export; where pictures lie elsewhere, by the one entry that ends as they do. */
function finder(sidecar: Sidecar, folder: string): (image: DatasetImage) => ImageEntry | undefined {
  const entries = new Map(Object.entries(sidecar.images));
  const byEnd = new Map<string, string[]>();
  const endOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  for (const path of entries.keys()) byEnd.set(endOf(path), [...(byEnd.get(endOf(path)) ?? []), path]);
  return (image) => {
    const inside = image.file === null ? '..' : relative(folder, image.file);
    if (!inside.startsWith('..')) return entries.get(inside.split(sep).join('/'));
    const wanted = normalisePath(image.path);
    const ends = (byEnd.get(endOf(wanted)) ?? []).filter((path) => path.endsWith(wanted));
    return ends.length === 1 ? entries.get(ends[0]!) : undefined;
  };
}
