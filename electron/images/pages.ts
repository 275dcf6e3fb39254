import { openFile } from '../files/index.ts';
import { withSource } from './decode.ts';
import { explainFailure } from './problems.ts';
import { readHeader } from './source.ts';
import { INPUT_OPTIONS, openPicture } from './sharp.ts';
import { isPicture, readTiffDirectories, singlePage } from './tiff-page.ts';

/**
 * Numbers, from 1, of the pages or frames of a file that are pictures of their own: smaller copies and masks of others
 * are left out.
 * @throws TwinheadError `unusable-input` or `not-found`
 */
export function pageNumbers(file: string): Promise<number[]> {
  return withSource(file, async (source) => {
    if (source.format !== 'tiff') {
      const { pages } = await readHeader(source);
      return Array.from({ length: pages }, (_, page) => page + 1);
    }
    await using handle = await openFile(file);
    const directories = await readTiffDirectories(handle);
    return directories.flatMap((directory, page) => (isPicture(directory) ? [page + 1] : []));
  });
}

export interface Page {
  readonly format: 'tiff' | 'png';
  readonly content: Buffer;
}

/**
 * One page as a file of its own, without loss: of a TIFF its data as they are, of an animation the frame as it is
 * shown, as PNG.
 * @param number from 1
 * @throws TwinheadError `unusable-input` or `not-found`
 */
export function readPage(file: string, number: number): Promise<Page> {
  return withSource(file, async (source): Promise<Page> => {
    if (source.format === 'tiff') {
      await using handle = await openFile(file);
      const directory = (await readTiffDirectories(handle))[number - 1];
      if (directory === undefined) throw explainFailure(new Error('unexpected end'));
      return { format: 'tiff', content: await singlePage(handle, directory) };
    }
    try {
      const frame = openPicture(source.content ?? file, { ...INPUT_OPTIONS, page: number - 1 });
      return { format: 'png', content: await frame.png().toBuffer() };
    } catch (error) {
      throw explainFailure(error);
    }
  });
}
