import { spread } from '../../common/spread.ts';
import type { ImportSample } from '../../common/jobs.ts';
import type { DatasetImage } from '../../common/dataset.ts';
import type { ProbedFile } from '../images/registration.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { smallPicture } from '../images/small-picture.ts';

/** An image of the source whose picture was looked at. */
export interface FoundImage {
  readonly labels: DatasetImage;
  readonly info: ProbedFile;
}

const SHOWN = 8;
const LONGEST_SIDE = 256;
/** On a picture of that size more can't be told apart. */
const MOST_BOXES = 200;

/** Some images as they would come in: those with boxes first, from all over the source. */
export async function importSamples(
  project: OpenProject,
  found: readonly FoundImage[],
): Promise<ImportSample[]> {
  const boxed = spread(
    found.filter(({ labels }) => labels.boxes.length > 0),
    SHOWN,
  );
  const others = found.filter(({ labels }) => labels.boxes.length === 0);
  const chosen = [...boxed, ...spread(others, SHOWN - boxed.length)];
  return Promise.all(
    chosen.map(async ({ labels, info }): Promise<ImportSample> => {
      const { width, height } = info;
      const boxes = labels.boxes.slice(0, MOST_BOXES);
      return {
        ...{ path: labels.path, width, height, imageClasses: labels.imageClasses.slice() },
        picture: await smallPicture(project, info, LONGEST_SIDE),
        boxes: boxes.map(({ className, ...box }) => {
          return { x: box.x, y: box.y, width: box.width, height: box.height, className };
        }),
        moreBoxes: labels.boxes.length - boxes.length,
      };
    }),
  );
}
