import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../electron/exchange/yaml.ts';

describe('YAML of a data set', () => {
  it('may have as many keys as fit into it', () => {
    const names = Array.from({ length: 60_000 }, (_, id) => `  ${id}: c${id}`).join('\n');
    const { names: read } = parseYaml(`names:\n${names}\n`) as { names: Record<string, string> };
    expect(Object.keys(read)).toHaveLength(60_000);
    expect(read['59999']).toBe('c59999');
  });

  it('is refused where a key is there twice, on any level, naming it and its line', () => {
    expect(() => parseYaml('names: [a]\ntrain: x\nnames: [b]\n')).toThrow(/unique: names at line 3/);
    expect(() => parseYaml('names:\n  0: a\n  1: b\n  0: c\n')).toThrow(/unique: 0 at line 4/);
    expect(parseYaml('a: {x: 1}\nb: {x: 2}\n')).toEqual({ a: { x: 1 }, b: { x: 2 } });
  });

  it('is refused where it leans on aliases, or is none', () => {
    expect(() => parseYaml('a: &a [1]\nb: *a\n')).toThrow();
    expect(() => parseYaml('a: [1\n')).toThrow();
  });
});
