import type { ExportReport, ImportReport, JobResult } from '../common/jobs.ts';

type CountsOf<Report> = { [Name in keyof Report]: Report[Name] extends number ? Name : never }[keyof Report];
type Count = CountsOf<Required<ImportReport>> | CountsOf<ExportReport>;

/** Words for one and for several, in the order in which they are told. */
const NAMES: Readonly<Record<Count, readonly [one: string, other: string]>> = {
  images: ['image', 'images'],
  imagesAdded: ['image added', 'images added'],
  imagesMoved: ['image found at a new location', 'images found at a new location'],
  imagesMissing: ['image not found', 'images not found'],
  imagesLabelled: ['image had labels already', 'images had labels already'],
  boxes: ['box', 'boxes'],
  boxesAdded: ['box added', 'boxes added'],
  boxesChanged: ['box corrected', 'boxes corrected'],
  boxesRemoved: ['box removed', 'boxes removed'],
  boxesKept: ['box left as it is here', 'boxes left as they are here'],
  suggestions: ['new suggestion', 'new suggestions'],
  classesCreated: ['new class', 'new classes'],
  unseen: ['image left out that nobody has reviewed', 'images left out that nobody has reviewed'],
  missing: ['image left out whose file was not found', 'images left out whose files were not found'],
  renamed: ['file renamed', 'files renamed'],
  copied: ['image copied', 'images copied'],
  linked: ['image linked', 'images linked'],
  groups: ['group of images', 'groups of images'],
  problems: ['problem', 'problems'],
};
/** Told even where there are none. */
const ALWAYS: ReadonlySet<string> = new Set<Count>(['images', 'boxes']);

/** "1 run", "9 runs". */
export const plural = (count: number, one: string, other = `${one}s`): string =>
  `${count} ${count === 1 ? one : other}`;

/** "1 image", "364 images". */
export function counted(name: Count, count: number): string {
  const [one, other] = NAMES[name];
  return plural(count, one, other);
}

/** "70 images, 3 images added, 67 images found at a new location". */
export function describeAdded({ images, added, moved }: JobResult<'add-images'>): string {
  return [
    counted('images', images),
    ...(added > 0 ? [counted('imagesAdded', added)] : []),
    ...(moved > 0 ? [counted('imagesMoved', moved)] : []),
  ].join(', ');
}

/** "67 of 70 missing images found". */
export function describeFound({ missing, found }: JobResult<'find-missing'>): string {
  return missing === 0 ? 'No image is missing.' : `${found} of ${plural(missing, 'missing image')} found`;
}

/** The counts of a job's report: "364 images, 4888 boxes, 3 new classes". */
export function describeCounts(report: ImportReport | ExportReport): string {
  const counts = new Map<string, unknown>(Object.entries(report));
  return (Object.keys(NAMES) as Count[])
    .flatMap((name) => {
      const count = counts.get(name);
      if (typeof count !== 'number' || (count === 0 && !ALWAYS.has(name))) return [];
      return [counted(name, count)];
    })
    .join(', ');
}
