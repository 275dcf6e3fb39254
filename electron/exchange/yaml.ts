import { isScalar, LineCounter, parseDocument, visit } from 'yaml';

/**
 * A YAML text as plain data; without aliases, of which a few lines can make gigabytes.
 * @throws Error in the parser's words, with the line, where the text is no YAML or a map has a key twice
 */
export function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  // The parser compares each key with all before it: 60,000 took a minute.
  const document = parseDocument(text, { uniqueKeys: false, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  visit(document, {
    Map: (_place, map) => {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          const { line } = lines.linePos(key.range?.[0] ?? 0);
          throw new Error(`Map keys must be unique: ${String(key.value)} at line ${line} is there already`);
        }
        keys.add(key.value);
      }
    },
  });
  return document.toJS({ maxAliasCount: 0 });
}
