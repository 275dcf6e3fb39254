import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

async function added(folder: string): Promise<Job> {
  await app.call('project.open', { path: app.project, create: true });
  return app.ended((await app.call('images.add', { folders: [folder] })).jobId);
}

async function names(): Promise<string[]> {
  const { items } = await app.call('images.list', {});
  return items.map(({ fileName }) => fileName).sort();
}

/** By the name of the file: why it was left out, or what was said of it. */
const said = ({ problems }: Job): Map<string, string> =>
  new Map(
    problems.map(({ file = '', message, remedy = '' }) => [
      path.basename(file),
      `${inEnglish(message)} ${inEnglish(remedy)}`,
    ]),
  );

it('what is in a folder beside the pictures is listed where somebody could take it for one', async () => {
  const folder = path.join(app.folder, 'photos');
  mkdirSync(folder);
  const content = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer();
  const half = Buffer.concat([content.subarray(0, content.length / 2), Buffer.from([0xff, 0xd9])]);
  const files = {
    'a.jpg': content,
    'half.jpg': half,
    bare: content,
    'clip.xyz': 'no picture',
    'a.txt': '0 1 1 1 1',
    'Thumbs.db': 'x',
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const job = await added(folder);
  expect(await names()).toEqual(['a.jpg', 'bare']);
  expect([...said(job).keys()].sort()).toEqual(['bare', 'clip.xyz', 'half.jpg']);
});
