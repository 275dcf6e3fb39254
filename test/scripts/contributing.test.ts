import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');

/** Files and folders that it names by their path, in code or as a link. */
const named = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`|\]\(([^):]+)\)/g)].map(
  ([, code, link]) => code ?? link!,
);
const paths = named.filter(
  (name) => /^(electron|renderer|test|docs|scripts)\//.test(name) || /^[A-Z]\w*\.md$/.test(name),
);
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`') && line.split('|').length === 5);

it('names only files and folders that there are', () => {
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
});

it('says of each thing to add where it goes, and what to copy the idea from lies there', () => {
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const [, what, where, model] = row.split('|');
    const homes = [...where!.matchAll(/`([\w-]+(?:\/[\w.-]+)+\/?)`/g)].map(([, name]) =>
      path.join(root, name!),
    );
    const idea = /`([^`]+)`/.exec(model!)?.[1];
    expect([what, homes.length > 0]).toEqual([what, true]);
    if (idea === undefined) continue;
    // An id in a list, or a field of one.
    const named = [`'${idea.replace('*', '')}`, `\n  ${idea}: `];
    const inFile = homes.some(
      (home) => home.endsWith('.ts') && named.some((one) => readFileSync(home, 'utf8').includes(one)),
    );
    const folders = homes.map((home) => (home.endsWith('.ts') ? path.dirname(home) : home));
    const name = idea.replace(/\/$/, '');
    const beside = folders.some((folder) =>
      readdirSync(folder).some((one) => path.parse(one).name === path.parse(name).name),
    );
    const found = inFile || beside;
    expect([what, idea, found]).toEqual([what, idea, true]);
  }
});

it('is not alone: the map of docs/architecture.md names folders that there are, and all of electron/', () => {
  const map = /```\n(electron\/[\s\S]*?)```/.exec(
    readFileSync(path.join(root, 'docs/architecture.md'), 'utf8'),
  )![1]!;
  const inside = new Map<string, string[]>();
  let top = '';
  for (const line of map.split('\n')) {
    const found = /^( *)((?:[\w-]+\/ ?)+)/.exec(line);
    if (found === null || found[1]!.length > 2) continue;
    const folders = found[2]!
      .trim()
      .split(/ +/)
      .map((name) => name.replace('/', ''));
    if (found[1] === '') top = folders[0]!;
    if (found[1] === '') inside.set(top, []);
    else inside.get(top)!.push(...folders);
  }
  const folders = [...inside].flatMap(([name, children]) => [
    name,
    ...children.map((child) => `${name}/${child}`),
  ]);
  expect(folders.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  const own = readdirSync(path.join(root, 'electron'), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  expect(inside.get('electron')!.toSorted()).toEqual(own.map(({ name }) => name).toSorted());
});
