import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { ZipArchive } from '../../electron/files/index.ts';
import { writeZipFile } from '../support/zip.ts';
import type { Packed } from '../support/zip.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'twinhead-zip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pack = (entries: readonly Packed[]): Promise<string> =>
  writeZipFile(path.join(folder, 'set.zip'), entries);

/** What was unpacked, by path. */
async function unpack(file: string): Promise<Record<string, string>> {
  using archive = await ZipArchive.open(file);
  const to = path.join(folder, 'to');
  mkdirSync(to);
  await archive.unpackAll(to);
  const files = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const at = path.join(entry.parentPath, entry.name);
      return [path.relative(to, at).split(path.sep).join('/'), readFileSync(at, 'utf8')];
    }),
  );
}

/** Code, words and place of the refusal. */
async function refusal(file: string): Promise<string> {
  const error: unknown = await unpack(file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TwinheadError);
  const { code, said, details } = error as TwinheadError;
  expect(details.file).toBe(file);
  return `${code}: ${inEnglish(said)} (${inEnglish(details.place ?? '')})`;
}

/** Changes bytes of the archive, in its list and before each entry. */
function change(file: string, edit: (bytes: Buffer) => void): string {
  const bytes = readFileSync(file);
  edit(bytes);
  writeFileSync(file, bytes);
  return file;
}

const LISTED = Buffer.from('PK\u0001\u0002');
const LOCAL = Buffer.from('PK\u0003\u0004');

describe('a zip archive', () => {
  it('is unpacked with its folders', async () => {
    const file = await pack([
      { name: 'a/b.txt', content: 'hello' },
      { name: 'c.txt', content: '', compress: false },
    ]);
    expect(await unpack(file)).toEqual({ 'a/b.txt': 'hello', 'c.txt': '' });
  });

  it.each([
    ['../evil.txt', 'xx/evil.txt'],
    ['/etc/evil1', 'xetc/evil1'],
    ['a/../../bb', 'a/xx/xx/bb'],
    ['C:/evil.txt', 'Cx/evil.txt'],
    ['..\\evil.txt', 'xxxevil.txt'],
  ])('that would write %s outside is refused, and nothing is written', async (name, harmless) => {
    const file = change(await pack([{ name: harmless, content: 'x' }]), (bytes) => {
      for (let at = bytes.indexOf(harmless); at >= 0; at = bytes.indexOf(harmless)) bytes.write(name, at);
    });
    expect(await refusal(file)).toMatch(/^unusable-input: .*leads out of the archive/);
    expect(readdirSync(folder)).toEqual(['set.zip']);
  });

  it('with a link, an encrypted entry or an unknown method is refused, naming the entry', async () => {
    expect(await refusal(await pack([{ name: 'l', content: '/etc/passwd', mode: 0o120777 }]))).toMatch(
      /link.*\(l\)/,
    );
    const flagged = change(await pack([{ name: 'e', content: 'x' }]), (bytes) => {
      bytes[bytes.indexOf(LISTED) + 8]! |= 1;
      bytes[bytes.indexOf(LOCAL) + 6]! |= 1;
    });
    expect(await refusal(flagged)).toMatch(/encrypted.*\(e\)/);
    const method = change(await pack([{ name: 'm', content: 'x' }]), (bytes) =>
      bytes.writeUInt16LE(12, bytes.indexOf(LISTED) + 10),
    );
    expect(await refusal(method)).toMatch(/number 12.*\(m\)/);
  });

  it('is refused where it is a bomb: one entry, all of them, or entries that share their bytes', async () => {
    const zeros = Buffer.alloc(20_000_000);
    expect(await refusal(await pack([{ name: 'bomb', content: zeros }]))).toMatch(/would unpack.*\(bomb\)/);
    const small = Array.from({ length: 12 }, (_, index) => ({
      name: `b${index}`,
      content: zeros.subarray(0, 9_000_000),
    }));
    expect(await refusal(await pack(small))).toMatch(/would unpack/);
    const noise = Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7919) % 251));
    const shared = change(
      await pack([
        { name: 'a', content: noise },
        { name: 'b', content: noise },
      ]),
      (bytes) => bytes.writeUInt32LE(100_000, bytes.indexOf(LISTED) + 20),
    );
    expect(await refusal(shared)).toMatch(/share their bytes/);
  });

  it('with two entries of one name, in any case, is refused; of another case only where that is asked for', async () => {
    const twice = [
      { name: 'A.txt', content: '1' },
      { name: 'a.TXT', content: '2' },
    ];
    expect(await refusal(await pack(twice))).toMatch(/two entries/);
    using archive = await ZipArchive.open(path.join(folder, 'set.zip'), { anyCase: true });
    expect(archive.files).toHaveLength(2);
    expect(
      await refusal(
        await pack([
          { name: 'a', content: '1' },
          { name: 'a/b', content: '2' },
        ]),
      ),
    ).toMatch(/two entries/);
  });

  it('whose bytes have changed is refused, and the file that was begun is gone', async () => {
    const file = change(await pack([{ name: 'a.txt', content: 'hello world', compress: false }]), (bytes) =>
      bytes.write('j', bytes.indexOf('hello')),
    );
    expect(await refusal(file)).toMatch(/checksum differs.*\(a\.txt\)/);
    expect(readdirSync(path.join(folder, 'to'))).toEqual([]);
  });

  it('that is none, empty or cut off, is refused in words of our own', async () => {
    const file = await pack([{ name: 'a.txt', content: 'hello' }]);
    const whole = readFileSync(file);
    for (const bytes of [Buffer.from('just a text'), Buffer.alloc(0), whole.subarray(0, whole.length - 30)]) {
      writeFileSync(file, bytes);
      expect(await refusal(file)).toBe('unusable-input: This isn’t a zip file, or it is incomplete. ()');
    }
    expect(await refusal(folder)).toBe(`unusable-input: ${folder} is a folder, not a file. ()`);
  });

  it('that is damaged anywhere gives a typed error or its files', async () => {
    const whole = readFileSync(
      await pack([
        { name: 'a/b.txt', content: 'hello '.repeat(50) },
        { name: 'c', content: 'x' },
      ]),
    );
    let next = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(whole.length),
        async (edits, length) => {
          const bytes = Buffer.from(next % 4 === 0 ? whole.subarray(0, length) : whole);
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          const file = path.join(folder, `damaged-${++next}.zip`);
          writeFileSync(file, bytes);
          const to = path.join(folder, `to-${next}`);
          mkdirSync(to);
          try {
            using archive = await ZipArchive.open(file);
            await archive.unpackAll(to);
          } catch (error) {
            expect(error).toBeInstanceOf(TwinheadError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
