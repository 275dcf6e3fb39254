import { ColumnRole, missingRoles } from '../../../common/columns.ts';
import type { ColumnMapping } from '../../../common/columns.ts';
import { numberOf } from '../../values.ts';

/** Columns of a table of boxes, by position. */
export interface Columns {
  readonly file: number;
  readonly className: number;
  /** xmin, ymin, and either xmax, ymax or width, height. */
  readonly box: readonly [number, number, number, number];
  readonly kind: 'corners' | 'size';
  /** Size of the image. */
  readonly size: readonly [number, number] | null;
  readonly split: number | null;
  /** What images stay together by: a patient, a place. */
  readonly group: number | null;
  readonly score: number | null;
}

const NAMES = {
  file: [
    'filename',
    'file_name',
    'file',
    'image',
    'image_name',
    'image_path',
    'imageid',
    'image_id',
    'path',
    'img',
    'frame',
  ],
  className: ['class', 'label', 'class_name', 'classname', 'labelname', 'name', 'category', 'category_name'],
  xmin: ['xmin', 'x_min', 'x1', 'left', 'bbox_xmin', 'x0'],
  ymin: ['ymin', 'y_min', 'y1', 'top', 'bbox_ymin', 'y0'],
  xmax: ['xmax', 'x_max', 'x2', 'right', 'bbox_xmax'],
  ymax: ['ymax', 'y_max', 'y2', 'bottom', 'bbox_ymax'],
  x: ['x', 'bbox_x'],
  y: ['y', 'bbox_y'],
  w: ['w', 'bbox_w', 'bbox_width', 'box_width'],
  h: ['h', 'bbox_h', 'bbox_height', 'box_height'],
  width: ['width', 'image_width', 'img_width'],
  height: ['height', 'image_height', 'img_height'],
  split: ['split', 'set', 'subset', 'usage'],
  group: ['group', 'group_id', 'patient', 'patient_id', 'subject', 'subject_id', 'case', 'case_id'],
  score: ['score', 'confidence', 'conf', 'probability'],
} as const;

type Known = keyof typeof NAMES;

/**
 * By the names of a header: that of the TensorFlow tutorials, VoTT, Open Images and others.
 * @returns null where one that is needed has no name that is known
 */
export function columnsOf(header: readonly string[]): Columns | null {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s.-]+/g, '_'),
  );
  const at = (known: Known): number =>
    names.findIndex((name) => (NAMES[known] as readonly string[]).includes(name));
  const some = (index: number): number | null => (index < 0 ? null : index);
  const [file, className] = [at('file'), at('className')];
  if (file < 0 || className < 0) return null;
  const rest = {
    file,
    className,
    split: some(at('split')),
    group: some(at('group')),
    score: some(at('score')),
  };
  const size = (['width', 'height'] as const).map(at) as [number, number];
  const corners = (['xmin', 'ymin', 'xmax', 'ymax'] as const).map(at) as [number, number, number, number];
  if (!corners.includes(-1))
    return { ...rest, box: corners, kind: 'corners', size: size.includes(-1) ? null : size };
  const origin = [Math.max(at('x'), corners[0]), Math.max(at('y'), corners[1])] as const;
  const own = [at('w'), at('h')] as const;
  const sides = own.includes(-1) ? size : own;
  const box = [...origin, ...sides] as [number, number, number, number];
  if (box.includes(-1)) return null;
  return { ...rest, box, kind: 'size', size: own.includes(-1) || size.includes(-1) ? null : size };
}

const isNumber = (text: string | undefined): boolean =>
  text !== undefined && /^\s*-?[\d.]+(e[+-]?\d+)?\s*$/i.test(text);

const NOTHING_ELSE = { size: null, split: null, group: null, score: null } as const;

/**
 * Rows without a header: keras-retinanet's path, x1, y1, x2, y2, class; and AutoML Vision's set, path, class and four
 * corners of which the first and third are there.
 */
export function columnsWithoutHeader(cells: readonly string[]): Columns | null {
  if (cells.length === 11 && /^(train|validation|test|unassign(ed)?)?$/i.test(cells[0]!.trim())) {
    return { ...NOTHING_ELSE, file: 1, className: 2, box: [3, 4, 7, 8], kind: 'corners', split: 0 };
  }
  if (
    cells.length !== 6 ||
    !cells.slice(1, 5).every((cell) => isNumber(cell) || cell === '') ||
    isNumber(cells[0])
  )
    return null;
  return { ...NOTHING_ELSE, file: 0, className: 5, box: [1, 2, 3, 4], kind: 'corners' };
}

const SEEMS_PICTURE = /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif|avif|heic)$/i;

/** The mapping that columns stand for, by the names of the header. */
export function mappingOf(columns: Columns, names: readonly string[]): ColumnMapping {
  const name = (index: number): string => names[index] ?? String(index + 1);
  const roles =
    columns.kind === 'corners'
      ? (['xmin', 'ymin', 'xmax', 'ymax'] as const)
      : (['x', 'y', 'width', 'height'] as const);
  return {
    image: name(columns.file),
    class: name(columns.className),
    ...Object.fromEntries(roles.map((role, index) => [role, name(columns.box[index]!)])),
    ...(columns.size === null
      ? {}
      : { imageWidth: name(columns.size[0]), imageHeight: name(columns.size[1]) }),
    ...(columns.split === null ? {} : { split: name(columns.split) }),
    ...(columns.group === null ? {} : { group: name(columns.group) }),
    ...(columns.score === null ? {} : { score: name(columns.score) }),
  };
}

/**
 * Columns by a mapping.
 * @returns null where one that is needed is not in the table: {@link missingIn} says which
 */
export function columnsBy(mapping: ColumnMapping, header: readonly string[]): Columns | null {
  if (missingIn(mapping, header).length > 0) return null;
  const at = (...roles: readonly ColumnRole[]): number => {
    const name = roles.map((role) => mapping[role]).find((one) => one !== undefined);
    return name === undefined ? -1 : positionOf(name, header);
  };
  const some = (role: ColumnRole): number | null => (mapping[role] === undefined ? null : at(role));
  const corners = mapping.xmax !== undefined;
  const [width, height] = [some('imageWidth'), some('imageHeight')];
  return {
    file: at('image'),
    className: at('class'),
    box: [at('xmin', 'x'), at('ymin', 'y'), at(corners ? 'xmax' : 'width'), at(corners ? 'ymax' : 'height')],
    kind: corners ? 'corners' : 'size',
    size: width === null || height === null ? null : [width, height],
    split: some('split'),
    group: some('group'),
    score: some('score'),
  };
}

/** What a mapping lacks, and what of it the table has not. */
export function missingIn(mapping: ColumnMapping, header: readonly string[]): string[] {
  const named = ColumnRole.options.flatMap((role) => mapping[role] ?? []);
  return [...missingRoles(mapping), ...named.filter((name) => positionOf(name, header) < 0)];
}

/** By its name as it is, else in any case, else by its number from 1. */
function positionOf(name: string, header: readonly string[]): number {
  const exact = header.findIndex((one) => one.trim() === name.trim());
  if (exact >= 0) return exact;
  const folded = header.findIndex((one) => one.trim().toLowerCase() === name.trim().toLowerCase());
  if (folded >= 0) return folded;
  const number = /^\d+$/.test(name.trim()) ? Number(name) : 0;
  return number >= 1 && number <= header.length ? number - 1 : -1;
}

/**
 * What columns seem to mean by their values: one of picture names, four of numbers one after the other, one of few
 * words. What is not found is left out.
 */
export function proposeColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
): ColumnMapping {
  const columns = names.map((name, index) => ({ name, cells: rows.map((row) => row[index]?.trim() ?? '') }));
  const filled = columns.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const isNumeric = ({ cells }: (typeof columns)[number]): boolean =>
    cells.every((cell) => cell === '' || numberOf(cell) !== null);
  const image = filled.find(
    ({ cells }) => cells.filter((cell) => SEEMS_PICTURE.test(cell)).length * 2 > cells.length,
  );
  const texts = filled.filter((one) => one !== image && !isNumeric(one));
  const fewest = texts.toSorted((a, b) => new Set(a.cells).size - new Set(b.cells).size)[0];
  const boxes = fourNumbers(
    columns.map((one) => ({ ...one, numeric: isNumeric(one) && filled.includes(one) })),
  );
  return {
    ...(image === undefined ? {} : { image: image.name }),
    ...(fewest === undefined ? {} : { class: fewest.name }),
    ...boxes,
  };
}

/** The last four columns of numbers in a row: corners where the later two are larger throughout. */
function fourNumbers(
  columns: readonly { readonly name: string; readonly cells: readonly string[]; readonly numeric: boolean }[],
): ColumnMapping {
  for (let first = columns.length - 4; first >= 0; first -= 1) {
    const four = columns.slice(first, first + 4);
    if (!four.every(({ numeric }) => numeric)) continue;
    const [left, top, third, fourth] = four;
    const larger = (a: readonly string[], b: readonly string[]): boolean =>
      a.every((cell, index) => cell === '' || Number(cell) < Number(b[index]));
    const corners = larger(left!.cells, third!.cells) && larger(top!.cells, fourth!.cells);
    return corners
      ? { xmin: left!.name, ymin: top!.name, xmax: third!.name, ymax: fourth!.name }
      : { x: left!.name, y: top!.name, width: third!.name, height: fourth!.name };
  }
  return {};
}
