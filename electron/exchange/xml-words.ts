import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';

/** What the parser says is wrong, and how a person reads it; the first group is a name. */
const PROBLEMS: readonly (readonly [RegExp, (name: string) => Sentence])[] = [
  [/^(?:unclosed tag: (.+)|unexpected end\.)$/, (name) => unclosed(name)],
  [/^unmatched closing tag: (.+)\.$/, (name) => say('exchange.xml.unmatched', { name })],
  [/^(?:unexpected close tag|weird empty close tag)\.$/, () => say('exchange.xml.closed')],
  [/^text data outside of root node\.$/, () => say('exchange.xml.outside')],
  [/^document must contain a root element\.$/, () => say('exchange.xml.noRoot')],
  [/^documents may contain only one root\.$/, () => say('exchange.xml.roots')],
  [/^(?:undefined|malformed character|empty) entity/, () => say('exchange.xml.entity')],
  [/^duplicate attribute: (.+)\.$/, (name) => say('exchange.xml.doubled', { name })],
  [/^(?:attribute without value|unquoted attribute value)\.$/, () => say('exchange.xml.value')],
  [/^disallowed character|is disallowed in char data\.$/, () => say('exchange.xml.character')],
];

const unclosed = (name: string): Sentence =>
  name === '' ? say('exchange.xml.cutOff') : say('exchange.xml.unclosed', { name });

/** The parser's words, without their position, as a sentence. */
export function xmlProblem(message: string): Sentence {
  const words = message.replace(/^\d+:\d+: /, '');
  for (const [pattern, sentence] of PROBLEMS) {
    const found = pattern.exec(words);
    if (found !== null) return sentence(found[1] ?? '');
  }
  return say('exchange.xml.syntax');
}
