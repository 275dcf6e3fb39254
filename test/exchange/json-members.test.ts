import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemCollector } from '../../electron/exchange/collector.ts';
import { readJsonMembers } from '../../electron/exchange/json-members.ts';
import { saying } from '../support/in-english.ts';
import { useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();
const LISTS = new Set(['images', 'annotations']);
/** What is read at a time: values are cut in two there. */
const CHUNK = 1 << 20;

/** The object as the members tell it. */
async function read(text: string): Promise<Record<string, unknown>> {
  const file = join(folder.path, 'members.json');
  await writeFile(file, text);
  const top: Record<string, unknown> = {};
  const define = (key: string, value: unknown): void =>
    void Object.defineProperty(top, key, { value, enumerable: true, configurable: true, writable: true });
  const problems = new ProblemCollector();
  await readJsonMembers(file, {
    lists: LISTS,
    problems,
    found: (key) => define(key, []),
    take: ({ key, index, parse }) => {
      const value = parse();
      if (index === null) define(key, value);
      else expect((top[key] as unknown[]).push(value)).toBe(index + 1);
    },
  });
  expect(problems.list()).toEqual([]);
  return top;
}

const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
/** Not a quote or a backslash alone: after an object with one as its first key, V8's parser takes the other for it. */
const key = fc.oneof(
  fc.constantFrom('images', 'annotations', 'info', 'a"b', 'c\\'),
  fc.string({ unit: 'binary' }).filter((text) => !/["\\]/.test(text)),
);
const object = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 5 })), {
  maxKeys: 6,
  noNullPrototype: true,
});
const indent = fc.constantFrom('', ' ', '\t', '\n');

/** The text with the place where the file is cut into chunks somewhere in it. */
const padded = (text: string, at: number): string =>
  text.replace('{', `{"pad":"${' '.repeat(CHUNK - 10 - at)}"${/^\{\s*\}/.test(text) ? '' : ','}`);

describe('the values of a JSON file', () => {
  it('are those of the parser, wherever the file is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(object, indent, fc.nat({ max: 200 }), async (top, space, at) => {
        const text = padded(JSON.stringify(top, null, space), at);
        expect(await read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('are refused where the parser refuses the text', async () => {
    const broken = fc
      .tuple(object, fc.nat(), fc.constantFrom('', ',', ':', ']', '}', '"', '[', '{', 'x', '\\', '1'))
      .map(([top, position, put]) => {
        const text = JSON.stringify(top);
        const at = position % (text.length + 1);
        return (text.slice(0, at) + put + text.slice(at + (put === '' ? 1 : 0))).toWellFormed();
      });
    await fc.assert(
      fc.asyncProperty(broken, async (text) => {
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          await expect(read(text)).rejects.toMatchObject({ code: 'unusable-input' });
          return;
        }
        // What is listed twice is told twice.
        if (/"(images|annotations)".*"\1"/su.test(text)) return;
        expect(await read(text)).toEqual(parsed);
      }),
      { numRuns: 400, endOnFailure: true },
    );
  });

  it.each([
    ['{"images": [1,\n {"a": nul}]}', 'line 2, column 2'],
    ['{"images": [1 2]}', 'line 1, column 15'],
    ['{\n"info": {"a": 1}\n"images": []}', 'line 3, column 1'],
    ['{"images": []}\n x', 'line 2, column 2'],
  ])('are told by line and column where they are wrong: %j', async (text, place) => {
    await expect(read(text)).rejects.toMatchObject({ details: { place: saying(place) } });
  });

  it('are refused where one is endless', async () => {
    await expect(read(`{"images": ["${'x'.repeat(64_000_001)}"]}`)).rejects.toMatchObject({
      said: saying(/“images” has more than 64 million/),
    });
  });
});
