import { dirname, join } from 'node:path';
import { TwinheadError } from '../../../common/errors.ts';
import { kindOf, readText } from '../../files.ts';
import { isObject } from '../../json.ts';
import { nameOf } from '../../values.ts';
import { parseYaml } from '../../yaml.ts';

const MOST_BYTES = 5_000_000;
const DEEPEST = 12;

type Names = readonly string[];

/** Lists of names of `class_label` features, by the feature's name. */
function collect(value: unknown, found: Map<string, Names>, feature: string, depth = 0): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) for (const one of value) collect(one, found, feature, depth + 1);
  if (!isObject(value)) return;
  const own = nameOf(value.name) ?? feature;
  const label = isObject(value.class_label) ? value.class_label.names : undefined;
  if (isObject(label) || Array.isArray(label)) {
    const names: string[] = [];
    for (const [id, value] of Object.entries(label)) {
      const name = nameOf(typeof value === 'boolean' ? String(value) : value);
      if (name !== null && /^\d{1,6}$/.test(id)) names[Number(id)] = name;
    }
    found.set(own, names);
  }
  for (const [key, one] of Object.entries(value)) if (key !== 'name') collect(one, found, own, depth + 1);
}

async function frontMatter(file: string): Promise<unknown> {
  try {
    const text = await readText(file, MOST_BYTES);
    const yaml = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
    return yaml === undefined ? null : parseYaml(yaml);
  } catch (error) {
    // It is a text for people first: one that is none says nothing of classes, whose numbers are then said to have no name.
    if (error instanceof TwinheadError || error instanceof Error) return null;
    throw error;
  }
}

/**
 * Names of classes that are numbers in the metadata: from the card (README.md) of the data set, beside the metadata or
 * above it.
 * @returns the list of a feature, or null where the card has none
 */
export async function featureNames(root: string, folder: string): Promise<(feature: string) => Names | null> {
  const found = new Map<string, Names>();
  for (const place of new Set([root, folder, dirname(folder)])) {
    const file = join(place, 'README.md');
    if (found.size === 0 && (await kindOf(file)) === 'file') collect(await frontMatter(file), found, '');
  }
  return (feature) => found.get(feature) ?? null;
}
