import { z } from 'zod';
import { LONGEST_CLASS_NAME } from '../../common/class-names.ts';
import { Box, LONGEST_NOTE, MOST_EXAMPLES } from '../../common/entities.ts';
import type { Problem } from '../../common/entities.ts';
import type { Attributes } from '../../common/dataset.ts';
import { TwinheadError } from '../../common/errors.ts';
import { kit } from '../../common/labels/kits.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { requireClassName, requireDescription, TEST_SET_KEY } from '../../store/index.ts';
import type { ReadOut } from '../../store/index.ts';

type ClassRow = ReadOut['classes'][number];
type BoxRow = ReadOut['boxes'][number];

/** Images whose losses are named one by one. */
const SHOWN = 100;

/** Collects what can't be saved of a project, by its place in it. */
export class Losses {
  readonly problems: Problem[];
  readonly #file: string;
  #images = 0;

  constructor(file: string, problems: readonly Problem[]) {
    this.#file = file;
    this.problems = [...problems];
  }

  report(place: string, message: Sentence): void {
    this.problems.push({ file: this.#file, place, message, remedy: say('rescue.look') });
  }

  /** Reports a loss of one image; the first hundred are named. */
  reportImage(path: string, message: Sentence): void {
    this.#images += 1;
    if (this.#images <= SHOWN) this.report(path, message);
  }

  /** After the last image. */
  reportRest(): void {
    if (this.#images > SHOWN)
      this.report('images', say('rescue.moreImages', { count: this.#images - SHOWN }));
  }
}

function allowed(given: string, required: (given: string) => string): string | null {
  try {
    return required(given);
  } catch (error) {
    if (error instanceof TwinheadError) return null;
    throw error;
  }
}

const allowedName = (given: string): string | null => allowed(given, (name) => requireClassName(name));

/** The nearest name that a class may have: without what is not allowed, else its kind and number. */
function nearestName({ id, name }: ClassRow): string {
  const cleaned = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  return allowedName(Array.from(cleaned).slice(0, LONGEST_CLASS_NAME).join('')) ?? `class ${id}`;
}

/** The classes by their id, each with a name of its own that is allowed: none of its labels is lost for its name. */
export function namedClasses(classes: readonly ClassRow[], losses: Losses): Map<number, ClassRow> {
  const taken = new Set<string>();
  const named = new Map<number, ClassRow>();
  for (const row of classes.toSorted((a, b) => a.position - b.position || a.id - b.id)) {
    const wanted = allowedName(row.name) ?? nearestName(row);
    let name = wanted;
    for (let number = 2; taken.has(`${row.kind} ${name}`); number++) name = `${wanted} (${number})`;
    taken.add(`${row.kind} ${name}`);
    if (name !== row.name) losses.report('classes', say('rescue.renamed', { name: row.name, now: name }));
    named.set(row.id, { ...row, name });
  }
  return named;
}

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('no JSON');
    return z.NEVER;
  }
});

/** What explains a class, as far as it can be read: its sentence and the ids of its examples in the old file. */
export function guideOf(
  { name, description, examples }: ClassRow,
  losses: Losses,
): { readonly description: string; readonly examples: readonly number[] } {
  const ids = Json.pipe(z.array(z.int()).max(MOST_EXAMPLES)).safeParse(examples);
  const sentence = allowed(description, requireDescription);
  if (!ids.success || sentence === null) losses.report('classes', say('rescue.guide', { name }));
  return { description: sentence ?? '', examples: ids.data ?? [] };
}

/** Names of test sets and the ids of their images in the old file, as far as they can be read. */
export function testSetsOf(
  settings: ReadOut['settings'],
  losses: Losses,
): { readonly name: string; readonly imageIds: readonly number[] }[] {
  const sets = settings.filter(({ key }) => key.startsWith(TEST_SET_KEY));
  return sets.flatMap(({ key, value }) => {
    const name = key.slice(TEST_SET_KEY.length);
    const ids = Json.pipe(z.array(z.int())).safeParse(value);
    if (ids.success) return [{ name, imageIds: ids.data }];
    losses.report('settings', say('rescue.testSet', { name }));
    return [];
  });
}

/** The boxes that may be stored; those that reach outside their image are named by it. */
export function boxesInside(
  image: ReadOut['images'][number],
  boxes: readonly BoxRow[],
  losses: Losses,
): readonly BoxRow[] {
  const inside = boxes.filter((box) => {
    try {
      kit.requireInside(box, image, '');
      return true;
    } catch (error) {
      if (error instanceof TwinheadError) return false;
      throw error;
    }
  });
  const count = boxes.length - inside.length;
  if (count > 0) losses.reportImage(image.path, say('rescue.outside', { count }));
  return inside;
}

/** The attributes whose values are texts, finite numbers, or true and false. */
export function attributesOf(image: ReadOut['images'][number], box: BoxRow, losses: Losses): Attributes {
  const value = Box.shape.attributes.valueType;
  const found = Object.entries(box.attributes ?? {});
  const kept = found.flatMap(([name, given]): [string, Attributes[string]][] => {
    const parsed = value.safeParse(given);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  if (kept.length < found.length)
    losses.reportImage(image.path, say('rescue.attributes', { count: found.length - kept.length }));
  return Object.fromEntries(kept);
}

/** The note, or an empty one where no image may have it. */
export function noteOf({ path, note }: ReadOut['images'][number], losses: Losses): string {
  if (note.length <= LONGEST_NOTE && note.isWellFormed()) return note;
  losses.reportImage(path, say('rescue.note', { most: LONGEST_NOTE }));
  return '';
}
