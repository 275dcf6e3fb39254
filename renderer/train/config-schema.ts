import { isSentence } from '../../electron/common/sentences/sentence.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { typedNumber } from '../ui/typed-number.ts';

/** One dial of the training configuration, read from its JSON schema. */
export interface Dial {
  /** "optimizer.learningRate". */
  readonly path: string;
  readonly help: Said;
  /** What it is called, and what each of its choices is, where the schema says so. */
  readonly name: Said | null;
  readonly choiceNames: Readonly<Record<string, Said>>;
  readonly type: 'number' | 'integer' | 'choice' | 'boolean' | 'text';
  readonly choices: readonly string[];
  readonly minimum: number | null;
  /** It has to be more than that. */
  readonly above: boolean;
  readonly maximum: number | null;
  readonly step: number | null;
  /** A share from 0 to 1, shown in percent. */
  readonly share: boolean;
  /** It has an effect only where the dials at these paths have these values. */
  readonly onlyWith: Readonly<Record<string, readonly unknown[]>>;
  /** The kind of classes that a network has to tell apart for it; null: none. */
  readonly needs: string | null;
}

export interface DialGroup {
  /** "" for dials of no group. */
  readonly path: string;
  readonly help: Said;
  readonly dials: readonly Dial[];
}

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberAt(schema: Schema, ...names: string[]): number | null {
  for (const name of names) {
    const value = schema[name];
    if (typeof value === 'number') return value;
  }
  return null;
}

/** What the schema says of a setting: as data, or a text of a version that knows one language only. */
function helpOf(schema: Schema): Said {
  return saidBy(schema['said'] ?? schema['description']) ?? '';
}

const saidBy = (value: unknown): Said | null =>
  isSentence(value) || typeof value === 'string' ? value : null;

function choiceNamesOf({ choices }: Schema): Record<string, Said> {
  if (!isSchema(choices)) return {};
  return Object.fromEntries(
    Object.entries(choices).flatMap(([choice, value]): [string, Said][] => {
      const said = saidBy(value);
      return said === null ? [] : [[choice, said]];
    }),
  );
}

const listsOf = (value: unknown): Record<string, readonly unknown[]> =>
  Object.fromEntries(
    Object.entries(isSchema(value) ? value : {}).flatMap(([name, list]) =>
      Array.isArray(list) ? [[name, list as readonly unknown[]]] : [],
    ),
  );

function dial(path: string, schema: Schema): Dial {
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  const type = schema['type'];
  return {
    path,
    help: helpOf(schema),
    name: saidBy(schema['named'] ?? schema['title']),
    choiceNames: choiceNamesOf(schema),
    type:
      choices.length > 0
        ? 'choice'
        : type === 'number' || type === 'integer' || type === 'boolean'
          ? type
          : 'text',
    choices,
    minimum: numberAt(schema, 'minimum', 'exclusiveMinimum'),
    above: typeof schema['exclusiveMinimum'] === 'number',
    maximum: numberAt(schema, 'maximum'),
    step: numberAt(schema, 'multipleOf'),
    share: schema['share'] === true,
    needs: typeof schema['needs'] === 'string' ? schema['needs'] : null,
    onlyWith: listsOf(schema['onlyWith']),
  };
}

/** Every dial of a JSON schema of nested objects, grouped by the object that it is in, in the schema's order. */
export function readSchema(schema: unknown): DialGroup[] {
  const groups: DialGroup[] = [];
  function walk(node: Schema, path: string): void {
    const properties = isSchema(node['properties']) ? node['properties'] : {};
    const dials: Dial[] = [];
    const inner: [Schema, string][] = [];
    for (const [name, child] of Object.entries(properties)) {
      if (!isSchema(child)) continue;
      const childPath = path === '' ? name : `${path}.${name}`;
      if (isSchema(child['properties'])) inner.push([child, childPath]);
      else dials.push(dial(childPath, child));
    }
    if (dials.length > 0) groups.push({ path, help: helpOf(node), dials });
    for (const [child, childPath] of inner) walk(child, childPath);
  }
  if (isSchema(schema)) walk(schema, '');
  return groups;
}

/** The settings that people change most, in the order in which they are shown. */
export const COMMON_SETTINGS: readonly string[] = [
  'epochs',
  'inputSize',
  'batch',
  'network',
  'optimizer.learningRate',
  'freeze.stages',
  'earlyStopping.patience',
  'augment.flip',
  'augment.flipVertical',
];

/** The dials that `wanted` holds for, in their groups; groups without any are left out. */
export function pickDials(groups: readonly DialGroup[], wanted: (dial: Dial) => boolean): DialGroup[] {
  return groups
    .map((group) => ({ ...group, dials: group.dials.filter(wanted) }))
    .filter(({ dials }) => dials.length > 0);
}

/** Whether every word is in one of the texts, in any case. */
export function hasWords(words: string, texts: readonly string[]): boolean {
  const text = texts.join('\n').toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The value at "optimizer.learningRate" in nested JSON. */
export function readAt(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, name) => (isSchema(node) ? node[name] : undefined), config);
}

/** The number or word at a path, as text; a dash where there is none. */
export function readText(config: unknown, path: string): string {
  const value = readAt(config, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '–';
}

/** What somebody has typed as a number; the text where it is none (yet), so that it stays and is refused. */
export function readNumber(text: string): number | string {
  const value = typedNumber(text);
  return Number.isNaN(value) ? text : value;
}

/** What is wrong with a value, or null. */
export function checkValue(dial: Dial, value: unknown): 'number' | 'whole' | 'range' | 'step' | null {
  if (dial.type !== 'number' && dial.type !== 'integer') return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'number';
  if (dial.type === 'integer' && !Number.isInteger(value)) return 'whole';
  const { minimum, above, maximum } = dial;
  if (minimum !== null && (value < minimum || (above && value === minimum))) return 'range';
  if (maximum !== null && value > maximum) return 'range';
  if (dial.step !== null && value % dial.step !== 0) return 'step';
  return null;
}
