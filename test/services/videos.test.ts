import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import { toErrorReport } from '../../electron/common/errors.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = new TestApp();
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

const video = { name: 'clip.mp4', bytes: 1000, fingerprint: 'a'.repeat(64) };

function picture(format: 'png' | 'jpeg' = 'png', width = 8): Promise<Buffer> {
  const background = { r: 10, g: width, b: 30 };
  return sharp({ create: { width, height: 6, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}

async function frame(jobId: string, number: number, content?: Buffer): Promise<InputOf<'videos.addFrame'>> {
  const part = (content ?? (await picture('png', 8 + number))).toString('base64');
  return { jobId, frame: number, seconds: number / 10, part, last: true };
}

const folder = (...parts: string[]) => path.join(app.project, 'images', ...parts);

describe('frames of a video', () => {
  test('become images of the project, one group, with number and time in their names', async () => {
    const { jobId, missing } = await app.call('videos.begin', { ...video, frames: [0, 5] });
    expect(missing).toEqual([0, 5]);
    for (const number of missing) {
      const answer = await app.call('videos.addFrame', await frame(jobId, number));
      expect(answer.wanted).toBe(true);
    }
    await app.call('videos.end', { jobId });
    expect(await app.done(jobId)).toMatchObject({
      done: 2,
      total: 2,
      problems: [],
      result: { images: 2, added: 2 },
    });
    const { items } = await app.call('images.list', {});
    expect(items).toMatchObject([
      { path: 'clip.mp4/frame-000000_00-00-00.000.png', group: 'video:clip.mp4', width: 8, height: 6 },
      { path: 'clip.mp4/frame-000005_00-00-00.500.png', group: 'video:clip.mp4', width: 13 },
    ]);
    // Inside the project, so that they move with it.
    expect(readdirSync(folder('clip.mp4')).sort()).toEqual([
      'frame-000000_00-00-00.000.png',
      'frame-000005_00-00-00.500.png',
      'source.json',
    ]);
  });

  test('that are there already are not asked for; one whose file is gone is', async () => {
    const first = await app.call('videos.begin', { ...video, frames: [0, 1] });
    for (const number of [0, 1]) await app.call('videos.addFrame', await frame(first.jobId, number));
    await app.call('videos.end', { jobId: first.jobId });
    await app.done(first.jobId);
    rmSync(folder('clip.mp4', 'frame-000001_00-00-00.100.png'));
    const second = await app.call('videos.begin', { ...video, frames: [0, 1, 2] });
    expect(second.missing).toEqual([1, 2]);
    for (const number of second.missing) await app.call('videos.addFrame', await frame(second.jobId, number));
    await app.call('videos.end', { jobId: second.jobId });
    expect((await app.done(second.jobId)).result).toMatchObject({ images: 3, added: 1 });
    expect((await app.call('images.list', {})).total).toBe(3);
  });

  test('of another video of that name, or beside a folder of somebody else, get a folder of their own', async () => {
    mkdirSync(folder('clip.mp4'), { recursive: true });
    writeFileSync(folder('clip.mp4', 'mine.txt'), 'mine');
    for (const [fingerprint, expected] of [
      ['b', 'clip.mp4 (2)'],
      ['c', 'clip.mp4 (3)'],
      ['b', 'clip.mp4 (2)'],
    ] as const) {
      const given = { ...video, fingerprint: fingerprint.repeat(64), frames: [0] };
      const { jobId } = await app.call('videos.begin', given);
      await app.call('videos.end', { jobId });
      expect((await app.done(jobId)).result).toMatchObject({ folder: expected });
    }
    expect(readFileSync(folder('clip.mp4', 'mine.txt'), 'utf8')).toBe('mine');
  });

  test('may come in parts', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [3] });
    const whole = await frame(jobId, 3);
    const cut = 40;
    await app.call('videos.addFrame', { ...whole, part: whole.part.slice(0, cut), last: false });
    await app.call('videos.addFrame', { ...whole, part: whole.part.slice(cut), last: true });
    await app.call('videos.end', { jobId });
    expect((await app.done(jobId)).result).toMatchObject({ added: 1 });
  });

  test('that are being written when the project is closed are images of it', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0, 1] });
    const sent = [await frame(jobId, 0), await frame(jobId, 1)] as const;
    const writing = app.call('videos.addFrame', sent[0]);
    await app.call('jobs.cancel', { jobId });
    await app.call('project.close', {});
    expect(await writing).toEqual({ wanted: true });
    // Closed once the job, which waits for the frame, has ended.
    await expect
      .poll(() => app.call('videos.addFrame', sent[1]).catch((error: unknown) => toErrorReport(error).code), {
        timeout: 20_000,
      })
      .toBe('no-project');
    await app.call('project.open', { path: app.project });
    const { items } = await app.call('images.list', {});
    expect(items).toMatchObject([{ path: 'clip.mp4/frame-000000_00-00-00.000.png' }]);
    expect(readdirSync(folder('clip.mp4')).sort()).toEqual(['frame-000000_00-00-00.000.png', 'source.json']);
  });

  test('that could not be decoded are told with their place', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0, 1, 2] });
    await app.call('videos.addFrame', await frame(jobId, 0));
    await app.call('videos.end', { jobId, failed: [1, 2] });
    expect((await app.done(jobId)).problems).toMatchObject([
      { file: 'clip.mp4', place: '2 frames from 1 on' },
    ]);
  });
});

describe('what is no frame', () => {
  const refused = async (content: Buffer): Promise<void> => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0] });
    await expect(app.call('videos.addFrame', await frame(jobId, 0, content))).rejects.toMatchObject({
      code: 'unusable-input',
    });
    expect(await app.ended(jobId)).toMatchObject({ state: 'failed', error: { code: 'unusable-input' } });
    expect(readdirSync(folder('clip.mp4'))).toEqual(['source.json']);
    expect((await app.call('images.list', {})).total).toBe(0);
  };

  test('another format is refused, and leaves nothing', async () => refused(await picture('jpeg')));
  test('a text is refused', () => refused(Buffer.from('hello')));
  test('a picture that is cut off is refused', async () => refused((await picture()).subarray(0, 60)));
  test('nothing at all is refused', () => refused(Buffer.alloc(0)));

  test('parts of two frames in one another are refused', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0, 1] });
    await app.call('videos.addFrame', { ...(await frame(jobId, 0)), last: false });
    await expect(app.call('videos.addFrame', await frame(jobId, 1))).rejects.toMatchObject({
      code: 'unusable-input',
    });
  });

  test('numbers, times and names that cannot be are refused by the contract', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0] });
    const good = await frame(jobId, 0);
    for (const bad of [
      { frame: -1 },
      { frame: 1.5 },
      { seconds: -1 },
      { seconds: 1e9 },
      { part: 'no base64!' },
    ])
      await expect(app.call('videos.addFrame', { ...good, ...bad })).rejects.toMatchObject({
        code: 'invalid-input',
      });
    await expect(
      app.call('videos.begin', { ...video, fingerprint: '../../x', frames: [0] }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('a name with folders in it stays inside the project', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, name: '../../evil.mp4', frames: [0] });
    await app.call('videos.addFrame', await frame(jobId, 0));
    await app.call('videos.end', { jobId });
    expect((await app.done(jobId)).result).toMatchObject({ folder: '_.._evil.mp4' });
    expect(readdirSync(folder())).toEqual(['_.._evil.mp4']);
  });
});

describe('the job', () => {
  test('a cancelled one takes no more frames and keeps those that it has', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0, 1] });
    await app.call('videos.addFrame', await frame(jobId, 0));
    await app.call('jobs.cancel', { jobId });
    expect((await app.ended(jobId)).state).toBe('cancelled');
    expect(await app.call('videos.addFrame', await frame(jobId, 1))).toEqual({ wanted: false });
    expect(await app.call('videos.alive', { jobId })).toEqual({ wanted: false });
    await app.call('videos.end', { jobId });
    expect((await app.call('images.list', {})).total).toBe(1);
  });

  test('goes on where another project is opened meanwhile, which gets no frame', async () => {
    const { jobId } = await app.call('videos.begin', { ...video, frames: [0, 1] });
    await app.call('project.open', { path: path.join(app.folder, 'other'), create: true });
    await expect(app.call('videos.addFrame', await frame(jobId, 0))).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await app.call('images.list', {})).total).toBe(0);
    await app.call('project.open', { path: app.project });
    expect(await app.call('videos.addFrame', await frame(jobId, 0))).toEqual({ wanted: true });
    expect((await app.call('images.list', {})).total).toBe(1);
  });

  test('one that nobody has heard of is not found', async () => {
    await expect(app.call('videos.addFrame', await frame('nobody', 0))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
