import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';

/** What is wrong with a YAML text, in our words: the parser's are English only. */
export class YamlError extends Error {
  readonly said: Sentence;
  /** Undefined where the parser tells none. */
  readonly place: Sentence | undefined;

  constructor(said: Sentence, place: Sentence | undefined, cause?: unknown) {
    super(inEnglish(said), { cause });
    this.name = 'YamlError';
    this.said = said;
    this.place = place;
  }
}

/**
 * A YAML text as plain data; without aliases, of which a few lines can make gigabytes.
 * @throws YamlError where the text is no YAML, has aliases, or a map has a key twice
 */
export function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  const placeOf = (offset: number): Sentence => {
    const { line, col } = lines.linePos(offset);
    return say('exchange.lineColumn', { line: String(line), column: String(col) });
  };
  // The parser compares each key with all before it: 60,000 took a minute.
  const document = parseDocument(text, { uniqueKeys: false, lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new YamlError(say('exchange.yaml'), placeOf(error.pos[0]), error);
  visit(document, {
    Alias: (_place, alias) => {
      throw new YamlError(say('exchange.yaml.alias'), placeOf(alias.range?.[0] ?? 0));
    },
    Map: (_place, map) => {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          const place = placeOf(key.range?.[0] ?? 0);
          throw new YamlError(say('exchange.yaml.twice', { key: String(key.value) }), place);
        }
        keys.add(key.value);
      }
    },
  });
  return document.toJS({ maxAliasCount: 0 });
}
