import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { Split } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { beginning, filesUnder, kindOf, readText } from '../../files.ts';
import { isObject } from '../../json.ts';
import { normalisePath } from '../../locate.ts';
import { parseYaml, YamlError } from '../../yaml.ts';
import type { TextEncoding } from '../../encoding.ts';

const MOST_YAML_BYTES = 1_000_000;
const MOST_LIST_BYTES = 100_000_000;

/** data.yaml, or what stands in its place. */
export interface YoloDescription {
  /** The file, or the folder where there is none. */
  readonly source: string;
  readonly root: string;
  /** By class id. */
  readonly names: ReadonlyMap<number, string>;
  /** Folders and lists of images as written; null where nothing says which images belong to which split. */
  readonly splits: readonly { readonly split: Split; readonly entry: string }[] | null;
  /** Numbers after the box that a row has for its key points. */
  readonly keypointValues: number;
  readonly unknown: Readonly<Record<string, unknown>>;
}

const SPLIT_KEYS: Readonly<Record<string, Split>> = {
  train: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  // Ours: images that no split has, which trainers pass over.
  unsplit: 'none',
};
const KNOWN = new Set(['path', 'names', 'nc', 'kpt_shape', ...Object.keys(SPLIT_KEYS)]);
const NAME_LISTS = ['classes.txt', 'obj.names', '_darknet.labels', 'predefined_classes.txt'];
const ROW = /^\ufeff?\s*\d+(\.0*)?([\s,]+[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?){4,}\s*$/i;

export const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name);
const isText = (name: string): boolean => /\.txt$/i.test(name);

/** Text files that hold names of classes or lists of images, not rows. */
export function isLabelFile(file: string): boolean {
  const name = basename(file).toLowerCase();
  return isText(name) && !NAME_LISTS.includes(name);
}

function descriptionIn(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const details = { file, place: error.place, remedy: say('exchange.yaml.remedy') };
    throw new TwinheadError('unusable-input', error.said, details, { cause: error });
  }
  if (isObject(value)) return value;
  throw new TwinheadError('unusable-input', say('exchange.yaml.noKeys'), {
    file,
    remedy: say('exchange.yaml.noKeys.remedy'),
  });
}

function namesOf(value: unknown): Map<number, string> {
  const entries: [unknown, unknown][] = Array.isArray(value)
    ? value.map((name, index) => [index, name])
    : isObject(value)
      ? Object.entries(value)
      : [];
  const names = new Map<number, string>();
  for (const [id, name] of entries) {
    const number = Number(id);
    if (
      Number.isInteger(number) &&
      (typeof name === 'string' || typeof name === 'number' || typeof name === 'boolean')
    )
      names.set(number, String(name).trim());
  }
  return names;
}

function entriesOf(yaml: Record<string, unknown>): { split: Split; entry: string }[] {
  const entries = Object.entries(SPLIT_KEYS).flatMap(([key, split]) => {
    const value = yaml[key];
    const entries = Array.isArray(value) ? value : [value];
    return entries
      .filter((one) => typeof one === 'string' && one !== '')
      .map((entry) => ({ split, entry: entry as string }));
  });
  return entries.filter(({ split, entry }) => split === 'none' || entry !== yaml.unsplit);
}

function keypointValues(shape: unknown): number {
  if (!Array.isArray(shape) || shape.length !== 2) return 0;
  const [points, values] = shape.map(Number);
  return Number.isInteger(points! * values!) ? points! * values! : 0;
}

async function yamlAt(path: string): Promise<string | null> {
  if (isYaml(path)) return path;
  const found = await filesUnder(path, isYaml, 50);
  const tops = found.filter((file) => dirname(file) === path);
  for (const file of tops.length > 0 ? tops : found) {
    const head = await beginning(file, 20_000);
    if (/^names\s*:/m.test(head)) return file;
  }
  return null;
}

/** Names of classes, one a line, that older tools put beside the labels. */
async function namesFile(root: string, encoding: TextEncoding | undefined): Promise<Map<number, string>> {
  const [file] = await filesUnder(root, (name) => NAME_LISTS.includes(name.toLowerCase()), 1);
  if (file === undefined) return new Map();
  const lines = (await readText(file, MOST_LIST_BYTES, encoding)).split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  return new Map(lines.map((line, id) => [id, line.trim()]));
}

/** @param path a folder, or a YAML file */
export async function describeYolo(
  path: string,
  encoding: TextEncoding | undefined,
): Promise<YoloDescription> {
  const file = await yamlAt(path);
  if (file === null) {
    const names = await namesFile(path, encoding);
    return { source: path, root: path, names, splits: null, keypointValues: 0, unknown: {} };
  }
  const yaml = descriptionIn(await readText(file, MOST_YAML_BYTES, encoding), file);
  const folder = dirname(file);
  const inside = typeof yaml.path === 'string' ? join(folder, normalisePath(yaml.path)) : folder;
  const splits = entriesOf(yaml);
  return {
    source: file,
    root: (await kindOf(inside)) === 'folder' ? inside : folder,
    names: namesOf(yaml.names),
    splits: splits.length === 0 ? null : splits,
    keypointValues: keypointValues(yaml.kpt_shape),
    unknown: Object.fromEntries(
      Object.entries(yaml).filter(([key]) => !KNOWN.has(key) && key !== '__proto__'),
    ),
  };
}

export interface YoloImage {
  /** As listed, or below the root. */
  readonly path: string;
  readonly file: string | null;
  readonly split: Split | null;
  readonly origin: { readonly file: string; readonly place?: Said };
}

/** Images of one entry of a split: those of a folder, or of a list. */
export async function* imagesOfEntry(
  { root, source }: YoloDescription,
  { split, entry }: { readonly split: Split; readonly entry: string },
  listImages: (folder: string) => AsyncIterable<string>,
  encoding: TextEncoding | undefined,
): AsyncGenerator<YoloImage | Sentence> {
  const at = join(root, normalisePath(entry));
  const found = await kindOf(at);
  if (found === 'folder') {
    for await (const file of listImages(at))
      yield { path: slashed(relative(root, file)), file, split, origin: { file: source, place: split } };
    return;
  }
  if (found !== 'file' || !isText(at)) {
    yield say('exchange.yolo.noEntry', { split, entry });
    return;
  }
  const lines = (await readText(at, MOST_LIST_BYTES, encoding)).split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const path = line.trim();
    if (path !== '')
      yield {
        path,
        file: null,
        split,
        origin: { file: at, place: say('exchange.line', { line: String(index + 1) }) },
      };
  }
}

export const slashed = (path: string): string => path.split(sep).join('/');

export async function detectYolo(path: string): Promise<Sentence | null> {
  const kind = await kindOf(path);
  if (kind === 'file')
    return isYaml(path) && /^names\s*:/m.test(await beginning(path, 20_000))
      ? say('exchange.evidence.yolo.file')
      : null;
  if (kind !== 'folder') return null;
  const yaml = await yamlAt(path);
  if (yaml !== null) return say('exchange.evidence.yolo.folder', { file: slashed(relative(path, yaml)) });
  for (const file of (await filesUnder(path, isText, 50)).filter(isLabelFile)) {
    const lines = (await beginning(file, 2000)).split(/\r\n|\n|\r/);
    if (lines.length > 1) lines.pop();
    const rows = lines.filter((line) => line.trim() !== '');
    if (rows.length > 0 && rows.every((line) => ROW.test(line)))
      return say('exchange.evidence.yolo.rows', { file: slashed(relative(path, file)) });
  }
  return null;
}

/** Where the labels of an image usually are: in labels/ for images/, or beside it. */
export function labelCandidates(image: string): string[] {
  const stem = image.slice(0, image.length - extname(image).length);
  const parts = stem.split(sep);
  const at = parts.lastIndexOf('images');
  const parallel = at < 0 ? [] : [...parts.slice(0, at), 'labels', ...parts.slice(at + 1)];
  return [...(at < 0 ? [] : [`${parallel.join(sep)}.txt`]), `${stem}.txt`];
}
