import type { Said } from '../../../common/sentences/sentence.ts';
import { isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { nameOf, numbersOf } from '../../values.ts';

/** What a project of version 3 says of its format; earlier ones have other fields. */
export const looksLikeVersion3 = (head: string): boolean =>
  head.includes('"data_format_version"') && head.includes('"project"');

/** Numbers of its shapes. */
const SHAPES: Readonly<Record<number, string>> = {
  ...{ 1: 'point', 2: 'rect', 3: 'circle', 4: 'ellipse', 5: 'line', 6: 'polyline', 7: 'polygon' },
  ...{ 8: 'rect', 9: 'circle' },
};

/** A shape as earlier versions write it; null where it is none. */
function shapeOf(xy: readonly unknown[]): JsonObject | null {
  const numbers = numbersOf(xy);
  const name = numbers === null ? undefined : SHAPES[numbers[0] ?? 0];
  if (numbers === null || name === undefined) return null;
  const [, a, b, c, d] = numbers;
  if (name === 'rect') return { name, x: a, y: b, width: c, height: d };
  if (name === 'circle') return { name, cx: a, cy: b, r: c };
  if (name === 'ellipse') return { name, cx: a, cy: b, rx: c, ry: d };
  const points = numbers.slice(1);
  return {
    name,
    all_points_x: points.filter((_, at) => at % 2 === 0),
    all_points_y: points.filter((_, at) => at % 2 === 1),
  };
}

/** Attributes by their names, options by their words. */
function valuesOf(av: unknown, definitions: JsonObject): JsonObject {
  if (!isObject(av)) return {};
  return Object.fromEntries(
    Object.entries(av).flatMap(([id, value]): [string, unknown][] => {
      const definition = Object.hasOwn(definitions, id) ? definitions[id] : undefined;
      const name = isObject(definition) ? nameOf(definition.aname) : null;
      if (name === null || name === '__proto__') return [];
      const options = isObject(definition) && isObject(definition.options) ? definition.options : {};
      const chosen = nameOf(value)?.split(',') ?? [];
      const words = chosen.flatMap((one) =>
        Object.hasOwn(options, one) ? (nameOf(options[one]) ?? []) : [],
      );
      if (words.length === 0) return [[name, value]];
      return [[name, words.length === 1 ? words[0] : Object.fromEntries(words.map((word) => [word, true]))]];
    }),
  );
}

/** An image of a project of version 3, its regions as earlier versions have them. */
export interface Version3Entry {
  readonly name: string | null;
  readonly regions: { readonly region: unknown; readonly place: Said }[];
  readonly attributes: JsonObject;
  readonly unknown: JsonObject;
  readonly place: Said;
}

/** Images of a project: views of one file each. Videos and sounds have times and no boxes. */
export function version3Entries(top: JsonObject): Version3Entry[] {
  const part = (key: string): JsonObject => (isObject(top[key]) ? top[key] : {});
  const [files, views, definitions] = [part('file'), part('view'), part('attribute')];
  const entries = new Map<string, Version3Entry & { attributes: JsonObject }>();
  for (const [vid, view] of Object.entries(views)) {
    const ids = isObject(view) && Array.isArray(view.fid_list) ? (view.fid_list as unknown[]) : [];
    const file = ids.length === 1 ? files[nameOf(ids[0]) ?? ''] : undefined;
    if (!isObject(file)) continue;
    entries.set(vid, {
      name: nameOf(file.fname),
      regions: [],
      attributes: {},
      unknown: {},
      place: `view ${vid}`,
    });
  }
  for (const [id, one] of Object.entries(part('metadata'))) {
    const entry = isObject(one) ? entries.get(nameOf(one.vid) ?? '') : undefined;
    if (entry === undefined || !isObject(one)) continue;
    const values = valuesOf(one.av, definitions);
    const xy = Array.isArray(one.xy) ? (one.xy as unknown[]) : [];
    if (xy.length === 0) entry.attributes = { ...entry.attributes, ...values };
    else {
      const region = { shape_attributes: shapeOf(xy), region_attributes: values };
      entry.regions.push({ region, place: `metadata.${id}` });
    }
  }
  return [...entries.values()];
}
