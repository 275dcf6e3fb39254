import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
/** Ids of two projects of one process, each with a sample; images and runs of both have the same ids. */
let first: string;
let second: string;
beforeAll(async () => {
  app = new TestApp();
  const make = async (name: string): Promise<string> => {
    const wanted = { path: path.join(app.folder, name), train: 12, val: 4, test: 4 };
    const { jobId, projectId } = await app.call('project.sample', wanted);
    await app.done(jobId);
    return projectId;
  };
  [first, second] = [await make('first'), await make('second')];
});
afterAll(() => app.remove());

const about = <Name extends RequestName>(
  project: string,
  name: Name,
  input: InputOf<Name>,
): Promise<OutputOf<Name>> => app.callAbout(project, name, input);

const jobOf = async (project: string, jobId: string) => about(project, 'jobs.get', { jobId });

async function until(
  project: string,
  jobId: string,
  condition: (job: Awaited<ReturnType<typeof jobOf>>) => boolean,
) {
  for (;;) {
    const job = await jobOf(project, jobId);
    if (condition(job)) return job;
    if (job.state !== 'running') throw new Error(`the job is ${job.state}: ${job.error?.message ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('two projects of one process', () => {
  it('are edited each by itself', async () => {
    const [image] = (await about(first, 'images.list', {})).items;
    const imageId = image!.id;
    const [one, two] = [
      await about(first, 'annotations.get', { imageId }),
      await about(second, 'annotations.get', { imageId }),
    ];
    const box = { x: 1, y: 2, width: 10, height: 20, classId: one.boxes[0]!.classId };
    await about(first, 'annotations.edit', {
      imageId,
      expectedRevision: one.image.revision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'add-box', box }],
    });
    expect((await about(first, 'annotations.get', { imageId })).boxes).toHaveLength(one.boxes.length + 1);
    expect(await about(second, 'annotations.get', { imageId })).toEqual(two);
  });

  it('train in turn: the second is refused in words, and no other project cancels the first', async () => {
    const settings = ['inputSize=64', 'batch=4', 'neckChannels=16', 'epochs=4000', 'seed=1'];
    const { runId, jobId } = await about(first, 'runs.start', { name: 'same', settings });
    // From its first step on it says nothing else.
    await until(first, jobId, ({ done }) => done > 0);
    await expect(about(second, 'runs.start', { name: 'same', settings })).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'The training of “same” in the project “first” is in progress.',
    });
    // A run of the same id elsewhere is not this one.
    const third = await app.call('project.open', { path: path.join(app.folder, 'third'), create: true });
    await app.call('project.close', {});
    await expect(about(third.id, 'images.list', {})).rejects.toMatchObject({
      code: 'no-project',
      message: 'The project is no longer open.',
    });
    await expect(about(second, 'runs.stop', { runId })).rejects.toMatchObject({ code: 'not-found' });
    await expect(about(second, 'jobs.cancel', { jobId })).rejects.toMatchObject({ code: 'not-found' });
    expect(await jobOf(first, jobId)).toMatchObject({ state: 'running', message: 'training' });
    expect((await about(second, 'jobs.list', {})).jobs.some(({ id }) => id === jobId)).toBe(false);

    // Left by all, it is kept open until its training has come to its end.
    await about(first, 'project.close', {});
    const { recentProjects } = await about(second, 'system.info', {});
    expect(recentProjects.find(({ id }) => id === first)).toMatchObject({ open: true });
    await about(first, 'runs.stop', { runId });
    await expect
      .poll(
        async () => {
          const info = await about(second, 'system.info', {});
          return info.recentProjects.find(({ id }) => id === first)?.open;
        },
        { timeout: 30_000 },
      )
      .toBe(false);
    await expect(about(first, 'runs.list', {})).rejects.toMatchObject({ code: 'no-project' });
    await about(second, 'project.open', { path: path.join(app.folder, 'first') });
    expect((await about(first, 'runs.list', {})).runs).toMatchObject([{ id: runId, state: 'stopped' }]);
    expect(await about(first, 'project.check', {})).toEqual({ ok: true, problems: [] });
  });

  it('show each its own pictures', async () => {
    await about(second, 'project.open', { path: path.join(app.folder, 'first') });
    const answers = await Promise.all([
      app.picture(`http://x/image/1?project=${first}&size=256`),
      app.picture(`http://x/image/1?project=0123456789abcdef&size=256`),
      app.picture('http://x/image/1?size=256'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409]);
  });
});
