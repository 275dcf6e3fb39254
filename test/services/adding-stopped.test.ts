import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { TestApp } from '../support/app.ts';

it('images that came in before an addition was stopped are told to the pages', async () => {
  const app = new TestApp();
  try {
    const photos = path.join(app.folder, 'photos');
    mkdirSync(photos);
    const first = path.join(photos, '0.png');
    await sharp({ create: { width: 900, height: 900, channels: 3, background: 'red' } })
      .png()
      .toFile(first);
    for (let index = 1; index < 600; index += 1) copyFileSync(first, path.join(photos, `${index}.png`));
    await app.call('project.open', { path: app.project, create: true });
    const { jobId } = await app.call('images.add', { folders: [photos] });
    await app.until(jobId, async () => (await app.call('project.get', {})).images > 0);
    await app.call('jobs.cancel', { jobId });
    expect(await app.ended(jobId)).toMatchObject({ state: 'cancelled' });
    const { images, revision } = await app.call('project.get', {});
    expect(images).toBeLessThan(600);
    // What is there by now was told at the end.
    const enough = new AbortController();
    let told = 0;
    for await (const change of app.changes(enough.signal)) {
      if (change.what !== 'images') continue;
      told = change.revision;
      if (told === revision) enough.abort();
    }
    expect(told).toBe(revision);
  } finally {
    await app.remove();
  }
});
