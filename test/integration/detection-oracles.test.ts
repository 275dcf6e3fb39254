import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { evaluateDetections } from '../../electron/learning/metrics/index.ts';
import { PeerUnavailableError, pythonWith, runScript } from '../bench/peers/python.ts';

const PACKAGES = ['hotcoco==1.3.0', 'faster-coco-eval==1.8.0'];
/** What pip may take, once a machine. */
const INSTALLING_MS = 1_200_000;
const CLASSES = 3;

type Truth = [
  x: number,
  y: number,
  width: number,
  height: number,
  index: number,
  crowd: 0 | 1,
  area: number | null,
];
type Found = [x: number, y: number, width: number, height: number, index: number, score: number];
interface Image {
  readonly truths: Truth[];
  readonly detections: Found[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'twinhead-oracles-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Boxes of all sizes, some of a class that is taken for another, doubled, misplaced, missed or nowhere. */
function scene(
  seed: number,
  { crowds, areas }: { readonly crowds: boolean; readonly areas: boolean },
): Image[] {
  const random = createRandom(seed);
  return Array.from({ length: 12 }, (): Image => {
    const truths: Truth[] = [];
    const detections: Found[] = [];
    for (let box = 0; box < random.integer(9); box++) {
      const side = Math.exp(2 + 3.3 * random.next());
      const [width, height] = [side, side * (0.5 + random.next())];
      const [x, y, index] = [500 * random.next(), 500 * random.next(), random.integer(CLASSES)];
      const area = areas && random.next() < 0.5 ? width * height * (0.4 + 0.6 * random.next()) : null;
      truths.push([x, y, width, height, index, crowds && random.next() < 0.2 ? 1 : 0, area]);
      for (let copy = 0; copy < random.integer(4); copy++) {
        const moved = (by: number): number => by * 0.3 * (random.next() - 0.5);
        const said = random.next() < 0.85 ? index : random.integer(CLASSES);
        const score = random.next();
        detections.push([x + moved(width), y + moved(height), width + moved(width), height + moved(height), said, score]); // prettier-ignore
      }
    }
    for (let more = 0; more < 3; more++)
      detections.push([
        ...([500 * random.next(), 500 * random.next()] as const),
        ...([4 + 150 * random.next(), 4 + 150 * random.next()] as const),
        random.integer(CLASSES),
        0.6 * random.next(),
      ]);
    return { truths, detections };
  });
}

const twinhead = (images: readonly Image[]) =>
  evaluateDetections({
    classNames: Array.from({ length: CLASSES }, (_, index) => String(index)),
    images: images.map(({ truths, detections }) => ({
      truths: truths.map(([x, y, width, height, classIndex, crowd, area]) => ({
        ...{ x, y, width, height, classIndex, crowd: crowd === 1 },
        ...(area === null ? {} : { area }),
      })),
      detections: detections.map(([x, y, width, height, classIndex, score]) => ({
        ...{ x, y, width, height, classIndex, score },
      })),
    })),
  });

interface Reading {
  readonly case: number;
  readonly oracle: string;
  readonly error?: string;
  readonly stats?: Readonly<Record<string, number | null>>;
}

test(
  'other programs find the same figures of boxes, crowds and given areas included',
  async (context) => {
    let python: string;
    try {
      python = await pythonWith('hotcoco', PACKAGES, () => undefined);
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      return context.skip(`programs that score detections: ${error.message}`);
    }
    const cases = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
      scene(seed, { crowds: seed % 2 === 0, areas: seed > 4 }),
    );
    const file = path.join(folder, 'cases.json');
    writeFileSync(file, JSON.stringify(cases.map((images) => ({ images, classes: CLASSES }))));
    const script = path.join(import.meta.dirname, 'detection-oracles.py');
    const readings = (await runScript(python, script, [file])) as Reading[];
    expect(readings).toHaveLength(2 * cases.length);
    for (const { case: at, oracle, error, stats } of readings) {
      expect([oracle, error]).toEqual([oracle, undefined]);
      const own = twinhead(cases[at]!) as unknown as Readonly<Record<string, number | null>>;
      for (const [name, value] of Object.entries(stats!)) {
        const both = [own[name] ?? null, value];
        const same = both.includes(null) ? both[0] === both[1] : Math.abs(both[0]! - both[1]!) < 1e-6;
        expect([at, oracle, name, ...both, same]).toEqual([at, oracle, name, ...both, true]);
      }
    }
  },
  INSTALLING_MS,
);
