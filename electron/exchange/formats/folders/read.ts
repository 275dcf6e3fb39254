import { relative, sep } from 'node:path';
import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import type { Split } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { ClassNames } from '../../drafts.ts';
import { filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { chooseSplit, splitOfName } from '../../split-names.ts';

/** Looked at to recognise a folder. */
const LOOKED_AT = 300;
const isPicture = (name: string): boolean => /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif|avif)$/i.test(name);
/** Folders of other layouts, whose names are no classes. */
const NO_CLASS =
  /^(images?|imgs?|pictures|photos|labels?|annotations|jpegimages|data|dataset|frames|masks|raw)$/i;

/** train/cat/a.jpg, or cat/a.jpg; null where there is no folder of a class. */
function placeOf(root: string, file: string): { split: Split | null; name: string } | null {
  const folders = relative(root, file).split(sep).slice(0, -1);
  const split = folders.length > 1 ? splitOfName(folders[0]!) : null;
  const name = split === null ? folders[0] : folders[1];
  if (name === undefined || NO_CLASS.test(name)) return null;
  return split === null && splitOfName(name) !== null ? null : { split, name };
}

/** Where there are labels in any format, folders are no classes. A text or an archive beside them is not enough. */
export async function detectFolders(
  path: string,
  isLabelFile: (name: string) => boolean,
): Promise<Sentence | null> {
  if ((await kindOf(path)) !== 'folder') return null;
  const isLabels = (name: string): boolean => isLabelFile(name) && !/\.(txt|tar)$/i.test(name);
  const found = await filesUnder(path, (name) => isPicture(name) || isLabels(name), LOOKED_AT);
  if (found.length === 0 || found.some(isLabels)) return null;
  const names = new Set(found.map((file) => placeOf(path, file)?.name ?? null));
  if (names.has(null)) return null;
  // In many pictures of one class the others are not reached.
  if (names.size < 2 && found.length < LOOKED_AT) return null;
  return say('formats.evidence.folders', { names: [...names].slice(0, 3).join(', ') });
}

/** Pictures in a folder for each class. @throws TwinheadError as DatasetFormat.read says */
export async function readFolders(path: string, options: ReadOptions): Promise<Dataset> {
  if ((await kindOf(path)) !== 'folder')
    throw new TwinheadError('unusable-input', say('formats.noFolders'), {
      file: path,
      remedy: say('formats.noFolders.remedy'),
    });
  const classes = new ClassNames();

  async function* images(): AsyncGenerator<DatasetImage> {
    let count = 0;
    for await (const file of options.listImages(path)) {
      if (count++ % 200 === 0) {
        options.signal?.throwIfAborted();
        options.onProgress?.(count, count);
      }
      const place = placeOf(path, file);
      if (place !== null) classes.add('image', place.name);
      yield {
        path: relative(path, file).split(sep).join('/'),
        file,
        width: null,
        height: null,
        split: chooseSplit(options.split ?? 'from-source', place?.split ?? null),
        boxes: [],
        imageClasses: place === null ? [] : [place.name],
        reviewed: false,
        origin: { file },
        unknown: {},
      };
    }
    if (classes.list().length === 0)
      throw new TwinheadError('unusable-input', say('formats.noFolders'), {
        file: path,
        remedy: say('formats.noFolders.remedy'),
      });
  }

  return {
    format: 'folders',
    get classes() {
      return classes.list();
    },
    unknown: {},
    images: images(),
  };
}
