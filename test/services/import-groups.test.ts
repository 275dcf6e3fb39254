import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import type { JobResult } from '../../electron/common/jobs.ts';
import { TestApp } from '../support/app.ts';

/** Three images of each of four patients. */
const PATIENTS = Array.from({ length: 12 }, (_, index) => index % 4);

let app: TestApp;
let folder: string;

beforeEach(async () => {
  app = new TestApp();
  folder = path.join(app.folder, 'data');
  mkdirSync(folder);
  for (const index of PATIENTS.keys())
    await sharp({ create: { width: 8, height: 6, channels: 3, background: { r: 20 * index, g: 9, b: 9 } } })
      .png()
      .toFile(path.join(folder, `${index}.png`));
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

function writeCoco(file: string): string {
  const fields = (index: number, patient: number) => ({
    patient_id: index === 11 ? null : patient,
    width: 8,
    height: 6,
    camera: 'one',
    taken: index,
  });
  writeFileSync(
    file,
    JSON.stringify({
      images: PATIENTS.map((patient, index) => ({
        id: index,
        file_name: `${index}.png`,
        ...fields(index, patient),
      })),
      categories: [{ id: 1, name: 'cell' }],
      annotations: PATIENTS.map((_, index) => ({
        id: index,
        image_id: index,
        category_id: 1,
        bbox: [1, 1, 3, 3],
      })),
    }),
  );
  return file;
}

async function importing(input: InputOf<'dataset.import'>): Promise<JobResult<'import'>> {
  const job = await app.done((await app.call('dataset.import', input)).jobId);
  return job.result as JobResult<'import'>;
}

/** For each patient, the splits that the images have. */
async function splitsOfPatients(): Promise<string[][]> {
  const { items } = await app.call('images.list', { sort: 'added' });
  const splits: string[][] = [[], [], [], []];
  for (const { fileName, split } of items) {
    const index = Number.parseInt(fileName, 10);
    if (index !== 11) splits[PATIENTS[index]!]!.push(split);
  }
  return splits.map((ofPatient) => [...new Set(ofPatient)]);
}

it('a column of a table names groups, which stay in one split', async () => {
  const rows = PATIENTS.map((patient, index) => `${index}.png,cell,1,1,4,4,${index === 11 ? '' : patient}`);
  const file = path.join(folder, 'boxes.csv');
  writeFileSync(file, ['filename,class,xmin,ymin,xmax,ymax,Patient ID', ...rows].join('\n'));
  expect(await importing({ paths: [file] })).toMatchObject({ images: 12, groups: 4 });
  await app.call('splits.assign', { train: 0.5, val: 0.25, test: 0.25 });
  expect((await splitsOfPatients()).every((splits) => splits.length === 1)).toBe(true);
  const { figures } = await app.call('dataset.review', {});
  expect(JSON.stringify(figures)).toContain('Patient ID: 3');
});

it('a field of the images names groups where it is chosen, for images that are here already, too', async () => {
  const file = writeCoco(path.join(folder, 'boxes.json'));
  const dry = await importing({ paths: [file], dryRun: true });
  // What all have, or each has for itself, is no group.
  expect(dry).toMatchObject({ groups: 0, groupFields: ['patient_id'] });
  await importing({ paths: [file] });
  const { items } = await app.call('images.list', {});
  const ofPatient = items
    .filter(({ fileName }) => PATIENTS[Number.parseInt(fileName, 10)] === 0)
    .map(({ id }) => id);
  await app.call('images.setSplit', { imageIds: [ofPatient[0]!], split: 'train' });
  await app.call('images.setSplit', { imageIds: ofPatient.slice(1), split: 'test' });
  expect((await app.call('splits.leaks', {})).total).toBe(0);
  expect(await importing({ paths: [file], groupField: 'patient_id' })).toMatchObject({
    imagesAdded: 0,
    groups: 4,
  });
  const { leaks } = await app.call('splits.leaks', {});
  expect(leaks.map(({ kinship, count }) => [kinship, count])).toEqual([['group', 3]]);
  await app.call('splits.assign', { train: 0.5, val: 0.25, test: 0.25, reassign: true });
  expect((await splitsOfPatients()).every((splits) => splits.length === 1)).toBe(true);
  // A group that an image has already stays: another field of the source does not part it.
  await importing({ paths: [file], groupField: 'taken' });
  expect((await app.call('splits.leaks', {})).total).toBe(0);
  await app.call('splits.assign', { train: 0.5, val: 0.25, test: 0.25, reassign: true, seed: 5 });
  expect((await splitsOfPatients()).every((splits) => splits.length === 1)).toBe(true);
});

it('a field that no image has is refused, with those that could be meant; nothing comes in', async () => {
  const file = writeCoco(path.join(folder, 'boxes.json'));
  const failed = await app.ended(
    (await app.call('dataset.import', { paths: [file], groupField: 'patient' })).jobId,
  );
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'invalid-input' } });
  expect(failed.error?.message).toContain('patient');
  expect(JSON.stringify(failed.error)).toContain('patient_id');
  expect(await app.call('project.get', {})).toMatchObject({ images: 0, boxes: 0 });
});
