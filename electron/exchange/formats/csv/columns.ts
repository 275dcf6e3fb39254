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
  const rest = { file, className, split: some(at('split')), score: some(at('score')) };
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

/**
 * Rows without a header: keras-retinanet's path, x1, y1, x2, y2, class; and AutoML Vision's set, path, class and four
 * corners of which the first and third are there.
 */
export function columnsWithoutHeader(cells: readonly string[]): Columns | null {
  if (cells.length === 11 && /^(train|validation|test|unassign(ed)?)?$/i.test(cells[0]!.trim())) {
    return { file: 1, className: 2, box: [3, 4, 7, 8], kind: 'corners', size: null, split: 0, score: null };
  }
  if (
    cells.length !== 6 ||
    !cells.slice(1, 5).every((cell) => isNumber(cell) || cell === '') ||
    isNumber(cells[0])
  )
    return null;
  return { file: 0, className: 5, box: [1, 2, 3, 4], kind: 'corners', size: null, split: null, score: null };
}
