import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app.ts';
import type { Answer, InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import { startWebHost } from '../../electron/web/host.ts';
import type { WebHost } from '../../electron/web/host.ts';
import { testPorts } from '../support/ports.ts';

/** One way to the services: the same suite runs over each. */
interface Way {
  call<Name extends RequestName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ): Promise<Answer<OutputOf<Name>>>;
  close(): Promise<void>;
}

let folder: string;
let user: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-contract-'));
  user = path.join(folder, 'user');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is answered is checked against the contract too: a service that breaks it fails here. */
function inProcess(): { app: App; way: Way; dispatch: ReturnType<typeof createDispatch> } {
  const ports = testPorts({ userFolder: user });
  const app = createApp(ports);
  const dispatch = createDispatch(app, { logger: ports.logger, checkOutputs: true });
  const call: Way['call'] = async <Name extends RequestName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ) => (await dispatch.call(scope, name, input)) as Answer<OutputOf<Name>>;
  return { app, dispatch, way: { call, close: () => app.close() } };
}

async function overHttp(): Promise<Way> {
  const { app, dispatch } = inProcess();
  const { logger } = testPorts();
  const host: WebHost = await startWebHost({ app, dispatch, logger, port: 0, rendererFolder: folder });
  return {
    call: async <Name extends RequestName>(scope: string | null, name: Name, input: InputOf<Name>) => {
      const response = await fetch(`http://127.0.0.1:${host.port}/api/${name}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-twinhead-token': host.token,
          ...(scope === null ? {} : { 'x-twinhead-project': scope }),
        },
        body: JSON.stringify(input),
      });
      return (await response.json()) as Answer<OutputOf<Name>>;
    },
    close: async () => {
      await host.close();
      await app.close();
    },
  };
}

const ways: [name: string, open: () => Promise<Way>][] = [
  ['in this process', async () => inProcess().way],
  ['over the browser host', overHttp],
];

describe.each(ways)('the contract %s', (name, open) => {
  let way: Way;
  let scope: string | null = null;
  beforeAll(async () => {
    way = await open();
  });
  afterAll(() => way.close());
  const project = (): string => path.join(folder, `${name.replaceAll(' ', '-')}.twinhead`);

  async function value<Name extends RequestName>(call: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const answer = await way.call(scope, call, input);
    if (!answer.ok) throw new Error(`${call}: ${answer.error.message}`);
    return answer.value;
  }

  async function ended(jobId: string): Promise<Job> {
    for (;;) {
      const job = await value('jobs.get', { jobId });
      if (job.state !== 'running') return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('says that no project is open, for every call that needs one', async () => {
    const answers = [
      await way.call(scope, 'project.get', {}),
      await way.call(scope, 'images.list', {}),
      await way.call(scope, 'classes.list', {}),
      await way.call(scope, 'runs.list', {}),
      await way.call(scope, 'annotations.get', { imageId: 1 }),
      await way.call(scope, 'dataset.import', { paths: ['/nowhere'] }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'no-project' } });
    }
  });

  it('makes a sample project whose images, classes and splits can be read', async () => {
    const sample = { path: project(), train: 12, val: 4, test: 4, seed: 7 };
    const { jobId, projectId } = await value('project.sample', sample);
    scope = projectId;
    expect(await ended(jobId)).toMatchObject({ state: 'done', problems: [] });
    expect(await value('project.get', {})).toMatchObject({
      images: 20,
      bySplit: { train: 12, val: 4, test: 4, none: 0 },
      byState: { labelled: 20, empty: 0, unseen: 0 },
    });
    const { items, total } = await value('images.list', { filter: { split: 'val' } });
    expect(total).toBe(4);
    expect(items.every(({ split, boxCount }) => split === 'val' && boxCount > 0)).toBe(true);
    expect((await value('classes.list', {})).classes).toHaveLength(20);
  });

  it('edits, refuses a stale edit, and undoes to the very same boxes', async () => {
    const [image] = (await value('images.list', {})).items;
    const before = await value('annotations.get', { imageId: image!.id });
    const [first] = before.boxes;
    const geometry = { x: 1.25, y: 2.5, width: 33.125, height: 7.0625 };
    const edit = {
      imageId: image!.id,
      expectedRevision: before.image.revision,
      editId: crypto.randomUUID(),
      operations: [
        { type: 'update-box' as const, boxId: first!.id, changes: { geometry } },
        { type: 'add-box' as const, box: { ...geometry, classId: first!.classId } },
      ],
    };
    const { annotations, createdBoxIds } = await value('annotations.edit', edit);
    expect(annotations.boxes.find(({ id }) => id === first!.id)).toMatchObject(geometry);
    expect(annotations.boxes.find(({ id }) => id === createdBoxIds[0])).toMatchObject(geometry);
    // Asked again, as after a lost answer, it says what it did; under another id it is another edit.
    expect(await value('annotations.edit', edit)).toEqual({ annotations, createdBoxIds });
    expect(await way.call(scope, 'annotations.edit', { ...edit, editId: crypto.randomUUID() })).toMatchObject(
      {
        ok: false,
        error: { code: 'stale-revision' },
      },
    );
    const undone = await value('annotations.undo', {
      imageId: image!.id,
      expectedRevision: annotations.image.revision,
      editId: crypto.randomUUID(),
    });
    expect(undone.boxes).toEqual(before.boxes);
    const redo = {
      imageId: image!.id,
      expectedRevision: undone.image.revision,
      editId: crypto.randomUUID(),
    };
    const redone = await value('annotations.redo', redo);
    expect(await way.call(scope, 'annotations.undo', { ...redo, editId: crypto.randomUUID() })).toMatchObject(
      {
        ok: false,
        error: { code: 'stale-revision' },
      },
    );
    expect(redone.boxes).toEqual(annotations.boxes);
    const { entries } = await value('history.list', { imageId: image!.id });
    expect(entries.length).toBeGreaterThanOrEqual(3);
  });

  it('refuses a box outside its image, and changes nothing then', async () => {
    const [image] = (await value('images.list', {})).items;
    const before = await value('annotations.get', { imageId: image!.id });
    const answer = await way.call(scope, 'annotations.edit', {
      imageId: image!.id,
      expectedRevision: before.image.revision,
      editId: crypto.randomUUID(),
      operations: [
        { type: 'delete-box', boxId: before.boxes[0]!.id },
        { type: 'add-box', box: { x: 120, y: 5, width: 9, height: 9, classId: before.boxes[0]!.classId } },
      ],
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(await value('annotations.get', { imageId: image!.id })).toEqual(before);
  });

  it('takes a whole class change back in one step', async () => {
    const { classes } = await value('classes.list', {});
    const [one, two] = classes.filter(({ kind }) => kind === 'object');
    const changed = await value('classes.delete', { id: one!.id, reassignTo: two!.id });
    expect(changed.changedLabels).toBe(one!.uses);
    const after = (await value('classes.list', {})).classes.find(({ id }) => id === two!.id);
    expect(after?.uses).toBe(one!.uses + two!.uses);
    await value('project.undo', {});
    expect((await value('classes.list', {})).classes).toEqual(classes);
  });

  it('proposes a training with its reasons, and explains every setting', async () => {
    const { config, reasons, blocked } = await value('runs.propose', {});
    expect(config).toMatchObject({ inputSize: 128 });
    expect(reasons.length).toBeGreaterThan(0);
    expect(blocked).toBeNull();
    const other = await value('runs.propose', { settings: ['network=lite0'] });
    expect(other.config).toMatchObject({ network: 'lite0', freeze: { stages: 5 } });
    expect(config).toMatchObject({ network: 'nano', freeze: { stages: 0 } });
    expect(other.unchosen).toEqual({ network: 'nano', pretrained: config['pretrained'] });
    const { schema } = await value('runs.configSchema', {});
    expect(schema).toHaveProperty('properties.epochs.description');
  });

  it('checks the project, closes it, and opens it again as it was', async () => {
    expect(await value('project.check', {})).toEqual({ ok: true, problems: [] });
    const info = await value('project.get', {});
    await value('project.close', {});
    expect(await way.call(scope, 'project.get', {})).toMatchObject({
      ok: false,
      error: { code: 'no-project' },
    });
    expect(await value('project.open', { path: project() })).toEqual(info);
  });

  it('names place and remedy of an input that the contract does not allow', async () => {
    const answer = await way.call(scope, 'images.list', { limit: 0 });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', details: { place: 'limit' } },
    });
  });
});
