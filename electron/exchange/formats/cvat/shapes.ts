import type { Attributes, DatasetBox } from '../../../common/dataset.ts';
import type { Rectangle } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { boundsOf, datasetBox, nameOf, numberOf, numbersOf, turnedCorners, valueOf } from '../../values.ts';
import type { Point } from '../../values.ts';
import type { XmlNode } from '../../xml-stream.ts';

/** A shape of CVAT as the upright box around it. */
export interface CvatShape {
  readonly box: DatasetBox;
  /** The box is the bounds of an outline or a turned box, whose points are kept. */
  readonly outline: boolean;
}

/** Attributes of the element that have a place of their own. */
const KNOWN = new Set(['label', 'occluded', 'xtl', 'ytl', 'xbr', 'ybr', 'frame', 'outside', 'keyframe']);
export const SHAPES = new Set([
  'box',
  'polygon',
  'polyline',
  'points',
  'ellipse',
  'mask',
  'cuboid',
  'skeleton',
]);

export const isTrue = (text: string | undefined): boolean => text === '1' || text?.toLowerCase() === 'true';

function pointsOf(text: string | undefined): Point[] | null {
  const points = (text ?? '').split(';').map((pair) => numbersOf(pair.split(',')));
  return points.every((pair) => pair?.length === 2) ? (points as unknown as Point[]) : null;
}

function rectangleOf({ name, attributes }: XmlNode): Rectangle | null {
  const numbers = (...names: string[]): number[] | null => numbersOf(names.map((one) => attributes[one]));
  if (name === 'box') {
    const corners = numbers('xtl', 'ytl', 'xbr', 'ybr');
    if (corners === null) return null;
    const [left, top, right, bottom] = corners as [number, number, number, number];
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const turn = numberOf(attributes.rotation) ?? 0;
    if (turn === 0) return box;
    return boundsOf(turnedCorners(box, [(left + right) / 2, (top + bottom) / 2], turn));
  }
  if (name === 'ellipse') {
    const [x, y, radiusX, radiusY] = numbers('cx', 'cy', 'rx', 'ry') ?? [];
    return x === undefined
      ? null
      : { x: x - radiusX!, y: y! - radiusY!, width: 2 * radiusX!, height: 2 * radiusY! };
  }
  if (name === 'mask') {
    const [x, y, width, height] = numbers('left', 'top', 'width', 'height') ?? [];
    return x === undefined ? null : { x, y: y!, width: width!, height: height! };
  }
  const points = pointsOf(attributes.points);
  return points === null ? null : boundsOf(points);
}

function attributesIn(node: XmlNode): Attributes {
  const pairs = node.children.flatMap((child): [string, string | number | boolean][] => {
    const name = child.name === 'attribute' ? child.attributes.name : undefined;
    return name === undefined || name === '__proto__' ? [] : [[name, valueOf(child.text.trim())]];
  });
  return {
    ...Object.fromEntries(pairs),
    ...(isTrue(node.attributes.occluded) ? { occluded: true } : {}),
  };
}

/** @param label of the track that the shape belongs to @returns what is wrong in words, where it is no box */
export function readShape(node: XmlNode, label = nameOf(node.attributes.label)): CvatShape | Sentence {
  if (label === null) return say('formats.noClass');
  const rectangle = rectangleOf(node);
  if (rectangle === null) return say('formats.noNumbers', { name: label });
  const outline = node.name !== 'box' || (numberOf(node.attributes.rotation) ?? 0) !== 0;
  const others = Object.entries(node.attributes).filter(
    ([name]) => name !== '__proto__' && (outline || !KNOWN.has(name)),
  );
  const unknown = { ...Object.fromEntries(others), ...(outline ? { shape: node.name } : {}) };
  return { box: datasetBox(rectangle, label, { attributes: attributesIn(node), unknown }), outline };
}
