import { SaxesParser } from 'saxes';
import { openFile } from '../files/index.ts';
import type { TextEncoding } from './encoding.ts';
import { TextChunks } from './text-chunks.ts';
import { XmlError } from './xml.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { xmlProblem } from './xml-words.ts';

/** An element with its attributes and children; text is that of its own. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  text: string;
  /** 1-based. */
  readonly line: number;
}

const CHUNK_BYTES = 1 << 16;
const DEEPEST = 32;
/** Most elements in one child of the root. */
const MOST_ELEMENTS = 1_000_000;
/** Longest text or tag: saxes would keep more than that. */
const MOST_TEXT = 50_000_000;

/**
 * The children of an XML file's root, one after the other, so that a file of any size is read in the room of its
 * largest child. A DOCTYPE, deep nesting and endless elements are refused.
 * @param root name that the root has to have
 * @throws XmlError where it is no such XML; TwinheadError `unusable-input` where its text can't be decoded; what the
 * system says
 */
export async function* xmlChildren(
  file: string,
  root: string,
  encoding: TextEncoding | undefined,
): AsyncGenerator<XmlNode> {
  const tree = new Tree(root);
  const text = new TextChunks(file, encoding);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  await using handle = await openFile(file);
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    tree.write(text.decode(chunk.subarray(0, bytesRead), tree.line));
    if (bytesRead === 0) tree.close();
    yield* tree.take();
    if (bytesRead === 0) return;
  }
}

class Tree {
  readonly #parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  readonly #open: XmlNode[] = [];
  #ready: XmlNode[] = [];
  #elements = 0;
  #length = 0;

  constructor(root: string) {
    const fail = (said: Said): never => {
      throw new XmlError(said, this.#parser.line);
    };
    const addText = (text: string): void => {
      const element = this.#open.at(-1);
      if (this.#open.length > 1 && element !== undefined) element.text += text;
    };
    this.#parser.on('error', (error) => fail(xmlProblem(error.message)));
    this.#parser.on('doctype', () => fail(say('exchange.xml.doctype')));
    this.#parser.on('opentag', (tag) => {
      if (this.#open.length === 0 && tag.name !== root)
        fail(say('exchange.xml.root', { name: tag.name, root }));
      if (this.#open.length >= DEEPEST) fail(say('exchange.xml.deep', { levels: DEEPEST }));
      if (++this.#elements > MOST_ELEMENTS)
        fail(say('exchange.xml.element', { count: String(MOST_ELEMENTS) }));
      const { name, attributes } = tag;
      const node: XmlNode = { name, attributes, children: [], text: '', line: this.#parser.line };
      if (this.#open.length > 1) this.#open.at(-1)!.children.push(node);
      this.#open.push(node);
      this.#length = 0;
    });
    this.#parser.on('text', addText);
    this.#parser.on('cdata', addText);
    this.#parser.on('closetag', () => {
      const node = this.#open.pop();
      if (this.#open.length !== 1 || node === undefined) return;
      this.#ready.push(node);
      this.#elements = 0;
    });
  }

  get line(): number {
    return this.#parser.line;
  }

  write(text: string): void {
    this.#length += text.length;
    if (this.#length > MOST_TEXT) throw new XmlError(say('exchange.xml.open'), this.line);
    this.#parser.write(text);
  }

  close(): void {
    this.#parser.close();
  }

  /** Children that are whole. */
  take(): XmlNode[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
