import { SaxesParser } from 'saxes';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { xmlProblem } from './xml-words.ts';

/** An element: its children in order, its text without them. */
export interface XmlElement {
  /** Without the prefix of a namespace. */
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
  /** 1-based. */
  readonly line: number;
}

export class XmlError extends Error {
  readonly said: Said;
  readonly line: number;

  constructor(said: Said, line: number) {
    super(inEnglish(said));
    this.name = 'XmlError';
    this.said = said;
    this.line = line;
  }
}

const DEEPEST = 32;
const MOST_ELEMENTS = 200_000;

/**
 * A small tree of a strict XML text. A DOCTYPE is refused (it can define entities that grow without bound); so are
 * deep nesting and masses of elements. Attributes are not kept: the formats read here have none.
 * @throws XmlError
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ fragment: false });
  const open: XmlElement[] = [];
  const roots: XmlElement[] = [];
  let elements = 0;
  const fail = (said: Said): never => {
    throw new XmlError(said, parser.line);
  };
  parser.on('error', (error) => fail(xmlProblem(error.message)));
  parser.on('doctype', () => fail(say('exchange.xml.doctype')));
  parser.on('opentag', (tag) => {
    if (++elements > MOST_ELEMENTS) fail(say('exchange.xml.elements', { count: String(MOST_ELEMENTS) }));
    if (open.length >= DEEPEST) fail(say('exchange.xml.deep', { levels: DEEPEST }));
    const name = tag.name.slice(tag.name.indexOf(':') + 1);
    const element: XmlElement = { name, children: [], text: '', line: parser.line };
    open.at(-1)?.children.push(element);
    if (open.length === 0) roots.push(element);
    open.push(element);
  });
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return roots[0] ?? fail(say('exchange.xml.empty'));
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Text of a child, trimmed; undefined where it is missing or blank. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

/** Text as it may stand in an element. Characters that XML can't hold are left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
