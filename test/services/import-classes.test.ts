import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let folder: string;
beforeEach(async () => {
  app = new TestApp();
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-classes-'));
  await app.call('project.open', { path: app.project, create: true });
  const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#405060' } })
    .png()
    .toBuffer();
  for (const name of ['a', 'b', 'c']) writeFileSync(path.join(folder, `${name}.png`), picture);
  const row = (image: string, name: string, x: number): string =>
    `${image}.png,60,40,${name},${x},2,${x + 9},12`;
  writeFileSync(
    path.join(folder, 'labels.csv'),
    [
      'filename,width,height,class,xmin,ymin,xmax,ymax',
      ...[row('a', 'kitty', 0), row('a', 'cat', 20), row('a', 'dog', 40)],
      ...[row('b', 'kitty', 5), row('c', 'blur', 5)],
    ].join('\n'),
  );
});
afterEach(async () => {
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function take(input: Partial<InputOf<'dataset.import'>>) {
  const { jobId } = await app.call('dataset.import', { paths: [folder], ...input });
  return app.ended(jobId);
}

it('tells the classes of a source, takes one for another, leaves one out, and shows images so', async () => {
  await app.call('classes.create', { kind: 'object', name: 'cat' });
  const dry = await take({ dryRun: true, samples: true });
  expect(dry.result).toMatchObject({
    classesCreated: 3,
    classes: [
      { kind: 'object', name: 'kitty', uses: 2, known: false },
      { kind: 'object', name: 'cat', uses: 1, known: true },
      { kind: 'object', name: 'dog', uses: 1, known: false },
      { kind: 'object', name: 'blur', uses: 1, known: false },
    ],
  });
  const classMap = { kitty: 'cat', blur: null };
  const mapped = await take({ dryRun: true, samples: true, classMap });
  expect(mapped.result).toMatchObject({
    boxes: 4,
    classesCreated: 1,
    objectClasses: ['cat', 'dog'],
    classes: [{ name: 'kitty' }, { name: 'cat' }, { name: 'dog' }, { name: 'blur' }],
    samples: [
      {
        path: 'a.png',
        width: 60,
        height: 40,
        moreBoxes: 0,
        boxes: [
          { className: 'cat', x: 0, y: 2, width: 9, height: 10 },
          { className: 'cat' },
          { className: 'dog' },
        ],
      },
      { path: 'b.png', boxes: [{ className: 'cat' }] },
      { path: 'c.png', boxes: [] },
    ],
  });
  expect(mapped.problems.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('chose not to import'),
  );
  expect((await app.call('project.get', {})).images).toBe(0);

  expect((await take({ classMap })).state).toBe('done');
  const { classes } = await app.call('classes.list', {});
  expect(classes.map(({ name, uses }) => [name, uses])).toEqual([
    ['cat', 3],
    ['dog', 1],
  ]);
  // Nobody has found the image to be empty whose only box was left out.
  const { items } = await app.call('images.list', {});
  expect(items.map(({ state }) => state)).toEqual(['labelled', 'labelled', 'unseen']);
});

it('names the class that the source has not, and what may have been meant', async () => {
  const { error, state } = await take({ classMap: { kity: 'cat' } });
  expect([state, error?.code]).toEqual(['failed', 'invalid-input']);
  expect(error?.message).toContain('kity');
  expect(error?.details.remedy).toContain('kitty');
});

it('takes a name that no class may have for another, however long it is', async () => {
  const long = 'k'.repeat(1500);
  const rows = ['filename,width,height,class,xmin,ymin,xmax,ymax', `a.png,60,40,${long},1,2,9,12`];
  writeFileSync(path.join(folder, 'labels.csv'), rows.join('\n'));
  expect((await take({})).error?.message).toContain(`“${'k'.repeat(60)}…” has 1,500 characters`);
  expect((await take({ classMap: { [long]: 'cat' } })).state).toBe('done');
  expect((await app.call('classes.list', {})).classes).toMatchObject([{ name: 'cat', uses: 1 }]);
});
