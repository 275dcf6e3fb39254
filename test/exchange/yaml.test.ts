import { describe, expect, it } from 'vitest';
import { say } from '../../electron/common/sentences/sentence.ts';
import { parseYaml, YamlError } from '../../electron/exchange/yaml.ts';

/** What is said of a text that is refused, and where. */
function problemOf(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof YamlError) return [error.said, error.place];
    throw error;
  }
}

describe('YAML of a data set', () => {
  it('may have as many keys as fit into it', () => {
    const names = Array.from({ length: 60_000 }, (_, id) => `  ${id}: c${id}`).join('\n');
    const { names: read } = parseYaml(`names:\n${names}\n`) as { names: Record<string, string> };
    expect(Object.keys(read)).toHaveLength(60_000);
    expect(read['59999']).toBe('c59999');
  });

  it('is refused where a key is there twice, on any level, naming it and its line', () => {
    expect(problemOf('names: [a]\ntrain: x\nnames: [b]\n')).toEqual([
      say('exchange.yaml.twice', { key: 'names' }),
      say('exchange.lineColumn', { line: '3', column: '1' }),
    ]);
    expect(problemOf('names:\n  0: a\n  1: b\n  0: c\n')).toEqual([
      say('exchange.yaml.twice', { key: '0' }),
      say('exchange.lineColumn', { line: '4', column: '3' }),
    ]);
    expect(parseYaml('a: {x: 1}\nb: {x: 2}\n')).toEqual({ a: { x: 1 }, b: { x: 2 } });
  });

  it('is refused where it leans on aliases, or is none, without the parser’s English words', () => {
    expect(problemOf('a: &a [1]\nb: *a\n')).toEqual([
      say('exchange.yaml.alias'),
      say('exchange.lineColumn', { line: '2', column: '4' }),
    ]);
    expect(problemOf('names: [cat\ntrain: images\n')).toEqual([
      say('exchange.yaml'),
      say('exchange.lineColumn', { line: '2', column: '1' }),
    ]);
  });
});
