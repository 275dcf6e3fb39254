import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../electron/common/random.ts';
import type { DetectedBox, DetectionInput, TrueBox } from '../../electron/learning/metrics/index.ts';

const IMAGES = 5_000;
const CLASSES = 80;
const MEAN_TRUTHS = 7.2;
const MOST_DETECTIONS = 100;

/**
 * As large as COCO's validation set: 5,000 images, 80 classes, about 36,000 true boxes, up to 100 detections an
 * image: some near each true box, the rest anywhere.
 */
export function detectionScenes(): DetectionInput {
  const random = createRandom(5000);
  const uniform = (low: number, high: number): number => low + (high - low) * random.next();
  const images = Array.from({ length: IMAGES }, () => {
    const truths: TrueBox[] = [];
    const detections: DetectedBox[] = [];
    // Geometric: most images have a few boxes, some have dozens.
    while (random.next() < MEAN_TRUTHS / (1 + MEAN_TRUTHS) && truths.length < 80) {
      const width = Math.exp(uniform(Math.log(8), Math.log(300)));
      const height = width * Math.exp(0.4 * random.normal());
      truths.push({
        x: uniform(0, 600),
        y: uniform(0, 440),
        width,
        height,
        // Squared: the first classes are frequent, the last rare.
        classIndex: Math.floor(CLASSES * random.next() ** 2),
        crowd: random.next() < 0.01,
      });
    }
    for (const { x, y, width, height, classIndex } of truths) {
      for (let i = random.integer(4); i > 0; i--) {
        detections.push({
          x: x + 0.08 * width * random.normal(),
          y: y + 0.08 * height * random.normal(),
          width: width * Math.exp(0.08 * random.normal()),
          height: height * Math.exp(0.08 * random.normal()),
          classIndex: random.next() < 0.9 ? classIndex : random.integer(CLASSES),
          score: uniform(0.2, 1),
        });
      }
    }
    const count = random.integer(MOST_DETECTIONS + 1);
    while (detections.length < count) {
      const width = uniform(8, 200);
      detections.push({
        x: uniform(0, 600),
        y: uniform(0, 440),
        width,
        height: width * uniform(0.5, 2),
        classIndex: Math.floor(CLASSES * random.next() ** 2),
        score: uniform(0.05, 0.6) * random.next(),
      });
    }
    return { truths, detections: detections.slice(0, MOST_DETECTIONS) };
  });
  return { images, classNames: Array.from({ length: CLASSES }, (_, i) => `class ${i}`) };
}

/** The same as COCO's two files: `truths.json` and `detections.json`. */
export function writeAsCoco({ images, classNames }: DetectionInput, folder: string): void {
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(folder, name), JSON.stringify(value));
  const place = (box: TrueBox | DetectedBox, image: number) => ({
    image_id: image + 1,
    category_id: box.classIndex + 1,
    bbox: [box.x, box.y, box.width, box.height],
  });
  let id = 0;
  write('truths.json', {
    images: images.map((_, image) => ({ id: image + 1 })),
    categories: classNames.map((name, c) => ({ id: c + 1, name })),
    annotations: images.flatMap(({ truths }, image) =>
      truths.map((box) => ({
        ...place(box, image),
        id: ++id,
        area: box.width * box.height,
        iscrowd: Number(box.crowd === true),
      })),
    ),
  });
  write(
    'detections.json',
    images.flatMap(({ detections }, image) =>
      detections.map((box) => ({ ...place(box, image), score: box.score })),
    ),
  );
}
