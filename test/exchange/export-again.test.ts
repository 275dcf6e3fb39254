import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Dataset, DatasetImage } from '../../electron/common/dataset.ts';
import { writeDataset } from '../../electron/exchange/index.ts';
import { useTemporaryFolder } from './support.ts';

const place = useTemporaryFolder();

const IMAGE: DatasetImage = {
  path: 'a.jpg',
  file: null,
  width: 100,
  height: 80,
  split: 'train',
  boxes: [{ className: 'cell', x: 1, y: 2, width: 3, height: 4, score: null, attributes: {}, unknown: {} }],
  imageClasses: [],
  reviewed: true,
  unknown: {},
};

/** @param meanwhile what happens to the folder while the export is under way */
function write(format: string, out: string, meanwhile: () => void = () => undefined): Promise<unknown> {
  const images = function* () {
    meanwhile();
    yield IMAGE;
  };
  const dataset: Dataset = {
    format,
    classes: [{ kind: 'object', name: 'cell', sourceId: null, unknown: {} }],
    unknown: {},
    images: images(),
  };
  return writeDataset({ format, out, dataset, pictures: 'none', options: {} });
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

it.each(['yolo', 'coco', 'voc', 'csv', 'tfrecord', 'parquet'])(
  'an export to %s replaces an earlier one, but none in which somebody has changed labels',
  async (format) => {
    const out = path.join(place.path, format);
    await write(format, out);
    await write(format, out);
    const labels = filesIn(out).filter((file) => path.basename(file) !== 'twinhead.json');
    expect(labels).not.toEqual([]);
    for (const file of labels) {
      const written = readFileSync(file);
      writeFileSync(file, Buffer.concat([written, Buffer.from(' ')]));
      await expect(write(format, out)).rejects.toMatchObject({
        code: 'unusable-input',
        details: { file },
      });
      expect(readFileSync(file).length).toBe(written.length + 1);
      writeFileSync(file, written);
    }
    await write(format, out);
  },
);

it('an export replaces nothing that came into its folder while it was under way', async () => {
  const out = path.join(place.path, 'meanwhile');
  for (const earlier of [true, false]) {
    rmSync(out, { recursive: true, force: true });
    if (earlier) await write('yolo', out);
    const mine = path.join(out, 'mine.txt');
    const comes = (): void => {
      mkdirSync(out, { recursive: true });
      writeFileSync(mine, 'mine');
    };
    await expect(write('yolo', out, comes)).rejects.toMatchObject({ code: 'unusable-input' });
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  }
  expect(readdirSync(place.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
