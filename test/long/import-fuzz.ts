import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDataset } from '../../electron/exchange/index.ts';
import { findImageFiles } from '../../electron/images/index.ts';
import { defectOf, mutate, pick } from './harness.ts';
import type { Harness } from './harness.ts';

const COCO = JSON.stringify({
  images: [{ id: 1, file_name: 'a.jpg', width: 100, height: 80 }],
  annotations: [
    { id: 1, image_id: 1, category_id: 17, bbox: [1.5, 2, 30, 40], iscrowd: 0, segmentation: [[1, 2]] },
  ],
  categories: [{ id: 17, name: 'cat' }],
});
const VOC = `<?xml version="1.0" encoding="UTF-8"?>
<annotation><folder>f</folder><filename>a.jpg</filename><size><width>100</width><height>80</height></size>
<object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>`;

/** Longer than any of these small files may take. */
const LONGEST_MS = 2000;

export const importFuzz: Harness = {
  name: 'import-fuzz',
  about:
    'annotation files with places cut, repeated and replaced; broken: an error without words, or slowness',
  async open(folder) {
    return {
      close: async () => undefined,
      attempt: async (random) => {
        const at = path.join(folder, 'data');
        const annotations = path.join(at, 'Annotations');
        mkdirSync(annotations, { recursive: true });
        const coco = pick(random, [true, false]);
        const file = coco ? path.join(at, 'instances.json') : path.join(annotations, 'a.xml');
        writeFileSync(file, mutate(random, coco ? COCO : VOC));
        const started = performance.now();
        try {
          await readDataset(coco ? file : at, coco ? 'coco' : 'voc', { listImages: findImageFiles });
        } catch (error) {
          const defect = defectOf(error);
          if (defect !== null) return defect;
        } finally {
          rmSync(at, { recursive: true, force: true });
        }
        const took = performance.now() - started;
        return took > LONGEST_MS ? `it took ${Math.round(took)} ms` : null;
      },
    };
  },
};
