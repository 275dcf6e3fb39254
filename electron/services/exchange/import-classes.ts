import type { DatasetHead, DatasetImage } from '../../common/dataset.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { ImportedClass } from '../../common/jobs.ts';
import { nearestNames } from '../../common/nearest-names.ts';
import { say } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** What classes of a source become: another name, or null to leave them out. The rest stay as they are. */
export type ClassMap = Readonly<Record<string, string | null>>;

type WholeDataset = DatasetHead & { readonly images: readonly DatasetImage[] };

/** Rows that anybody chooses from. */
const MOST_LISTED = 300;

/** The classes of a source with how often it has them, the frequent ones first. */
export function importedClasses({ store }: OpenProject, { classes, images }: WholeDataset): ImportedClass[] {
  const uses = new Map<string, number>();
  const count = (key: string): void => void uses.set(key, (uses.get(key) ?? 0) + 1);
  for (const { boxes, imageClasses } of images) {
    for (const { className } of boxes) count(`object ${className}`);
    for (const name of imageClasses) count(`image ${name}`);
  }
  const known = new Set(store.classes.list().map(({ kind, name }) => `${kind} ${name}`));
  return classes
    .map(({ kind, name }) => {
      const key = `${kind} ${name}`;
      return { kind, name, uses: uses.get(key) ?? 0, known: known.has(key) };
    })
    .sort((a, b) => b.uses - a.uses)
    .slice(0, MOST_LISTED);
}

/**
 * A source with other names for its classes, or without some of them.
 * @returns it, and how many labels were left out
 * @throws TwinheadError `invalid-input` for a class that it has not
 */
export function withClasses(source: WholeDataset, map: ClassMap): { dataset: WholeDataset; leftOut: number } {
  const names = new Set(source.classes.map(({ name }) => name));
  const wanted = new Map(Object.entries(map));
  for (const name of wanted.keys()) {
    if (names.has(name)) continue;
    const [nearest] = nearestNames(name, [...names], 1);
    throw new TwinheadError('invalid-input', say('services.import.noClass', { name }), {
      place: 'classMap',
      remedy:
        nearest === undefined
          ? say('services.import.noClass.others', { names: someNames([...names]) })
          : say('services.import.noClass.remedy', { nearest }),
    });
  }
  const nameFor = (name: string): string | null => (wanted.has(name) ? wanted.get(name)! : name);
  let leftOut = 0;
  const images = source.images.map((image): DatasetImage => {
    // Boxes that stay as they are stay the same objects: there may be a million.
    const boxes =
      wanted.size === 0
        ? image.boxes
        : image.boxes.flatMap((box) => {
            const className = nameFor(box.className);
            return className === null ? [] : [className === box.className ? box : { ...box, className }];
          });
    const imageClasses = [...new Set(image.imageClasses.flatMap((name) => nameFor(name) ?? []))];
    const gone = image.imageClasses.filter((name) => nameFor(name) === null).length;
    leftOut += image.boxes.length - boxes.length + gone;
    // An image whose labels were left out was not found to be empty.
    const reviewed = image.reviewed && (boxes.length > 0 || image.boxes.length === 0);
    return { ...image, boxes, imageClasses, reviewed };
  });
  const classes = new Map<string, DatasetHead['classes'][number]>();
  for (const one of source.classes) {
    const name = nameFor(one.name);
    const key = `${one.kind} ${name ?? ''}`;
    if (name !== null && !classes.has(key)) classes.set(key, { ...one, name });
  }
  return { dataset: { ...source, classes: [...classes.values()], images }, leftOut };
}
