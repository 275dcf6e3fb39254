import type { Attributes, DatasetBox, Unknown } from '../../../common/dataset.ts';
import { isSentence, say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { childOf, parseXml, textOf } from '../../xml.ts';
import type { XmlElement } from '../../xml.ts';
import { conventionOf } from './convention.ts';
import type { Convention, CountedBoxes } from './convention.ts';
import { numberOf, valueOf } from '../../values.ts';

/** One annotation file as read: nothing checked against its image. */
export interface VocAnnotation extends CountedBoxes {
  /** From <filename>, else null. */
  readonly fileName: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Line of each box. */
  readonly lines: readonly number[];
  readonly unknown: Unknown;
  readonly problems: readonly { readonly line: number; readonly message: Said; readonly remedy: Said }[];
}

const KNOWN = new Set(['filename', 'size', 'object', 'convention']);
const KNOWN_OF_OBJECT = new Set([
  'name',
  'bndbox',
  'pose',
  'truncated',
  'occluded',
  'difficult',
  'attributes',
]);
const FLAGS = ['truncated', 'occluded', 'difficult'] as const;
const CORNERS = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

/** Elements that have no place of their own, as nested plain objects; repeated ones as lists. */
function toPlain(elements: readonly XmlElement[], known: ReadonlySet<string>): Unknown {
  const plain: Record<string, unknown> = {};
  for (const element of elements) {
    if (known.has(element.name) || element.name === '__proto__') continue;
    const value = element.children.length === 0 ? element.text.trim() : toPlain(element.children, new Set());
    const before = Object.hasOwn(plain, element.name) ? plain[element.name] : undefined;
    if (before === undefined) plain[element.name] = value;
    else if (Array.isArray(before)) before.push(value);
    else plain[element.name] = [before, value];
  }
  return plain;
}

function sideOf(size: XmlElement | undefined, name: string): number | null {
  const value = numberOf(textOf(size, name));
  return value !== null && Number.isInteger(value) && value > 0 ? value : null;
}

function attributesOf(object: XmlElement): Attributes {
  const attributes: Record<string, string | number | boolean> = {};
  // As CVAT writes those that VOC has no element for.
  for (const attribute of childOf(object, 'attributes')?.children ?? []) {
    const name = textOf(attribute, 'name');
    if (name !== undefined && name !== '__proto__')
      attributes[name] = valueOf(textOf(attribute, 'value') ?? '');
  }
  for (const flag of FLAGS) {
    const text = textOf(object, flag)?.toLowerCase();
    if (text === '1' || text === 'true') attributes[flag] = true;
  }
  const pose = textOf(object, 'pose');
  if (pose !== undefined && pose.toLowerCase() !== 'unspecified') attributes.pose = pose;
  return attributes;
}

/**
 * @param convention null where the file does not say: then VOC's own rule, corners that count pixels from 1 and are
 * both inside the box, so that x = xmin − 1, width = xmax − xmin + 1
 */
function readObject(object: XmlElement, convention: Convention | null): DatasetBox | Sentence {
  const firstPixel = convention === 'edges' ? 0 : 1;
  const className = textOf(object, 'name');
  if (className === undefined) return say('exchange.voc.noName');
  const box = childOf(object, 'bndbox');
  if (box === undefined) return say('exchange.voc.noBox', { className });
  const corners = CORNERS.map((name) => numberOf(textOf(box, name)));
  const wrong = CORNERS.filter((_, index) => corners[index] === null);
  if (wrong.length > 0) return say('exchange.voc.noNumber', { className, corners: wrong.join(', ') });
  const [left, top, right, bottom] = corners as [number, number, number, number];
  // Equal corners are a box drawn without area by every tool that people use, not one pixel.
  const length = (from: number, to: number): number =>
    to > from || convention !== null ? to - from + firstPixel : to - from;
  const width = length(left, right);
  const height = length(top, bottom);
  return {
    x: left - firstPixel,
    y: top - firstPixel,
    width,
    height,
    className,
    score: null,
    attributes: attributesOf(object),
    unknown: toPlain(object.children, KNOWN_OF_OBJECT),
  };
}

/** @throws XmlError */
export function readVocAnnotation(text: string): VocAnnotation | null {
  const root = parseXml(text);
  if (root.name !== 'annotation') return null;
  const convention = conventionOf(textOf(root, 'convention'));
  const boxes: DatasetBox[] = [];
  const lines: number[] = [];
  const problems: { line: number; message: Said; remedy: Said }[] = [];
  for (const object of root.children.filter((child) => child.name === 'object')) {
    const box = readObject(object, convention);
    if (isSentence(box)) {
      problems.push({
        line: object.line,
        message: box,
        remedy: say('exchange.correct'),
      });
    } else {
      boxes.push(box);
      lines.push(object.line);
    }
  }
  const size = childOf(root, 'size');
  const width = sideOf(size, 'width');
  const height = sideOf(size, 'height');
  const known = width !== null && height !== null;
  return {
    fileName: textOf(root, 'filename') ?? null,
    width: known ? width : null,
    height: known ? height : null,
    boxes,
    lines,
    convention,
    unknown: toPlain(root.children, KNOWN),
    problems,
  };
}
