import path from 'node:path';
import type { ImportSample } from '../common/jobs.ts';
import type { FoundImage } from './import.ts';
import type { OpenProject } from './open-project.ts';

const SHOWN = 8;
const LONGEST_SIDE = 256;
/** On a picture of that size more can't be told apart. */
const MOST_BOXES = 200;

/** So many of a list, evenly spread over it. */
function spread<Value>(list: readonly Value[], most: number): Value[] {
  const count = Math.min(most, list.length);
  return Array.from({ length: count }, (_, at) => list[Math.floor((at * list.length) / count)]!);
}

/** Some images as they would come in: those with boxes first, from all over the source. */
export async function importSamples(
  { folder }: OpenProject,
  found: readonly FoundImage[],
): Promise<ImportSample[]> {
  const { thumbnail } = await import('../images/index.ts');
  const boxed = spread(
    found.filter(({ labels }) => labels.boxes.length > 0),
    SHOWN,
  );
  const others = found.filter(({ labels }) => labels.boxes.length === 0);
  const chosen = [...boxed, ...spread(others, SHOWN - boxed.length)];
  const cacheFolder = path.join(folder, 'cache', 'thumbnails');
  return Promise.all(
    chosen.map(async ({ labels, info: { file, sha256, width, height } }): Promise<ImportSample> => {
      const { bytes, contentType } = await thumbnail(file, { size: LONGEST_SIDE, sha256, cacheFolder });
      const boxes = labels.boxes.slice(0, MOST_BOXES);
      return {
        ...{ path: labels.path, width, height, imageClasses: labels.imageClasses.slice() },
        picture: `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`,
        boxes: boxes.map(({ className, ...box }) => {
          return { x: box.x, y: box.y, width: box.width, height: box.height, className };
        }),
        moreBoxes: labels.boxes.length - boxes.length,
      };
    }),
  );
}
