import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { TemporaryFolder, writeAtomically } from '../../files/index.ts';
import type { ImageInfo } from '../../images/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import { LEAST_SHOWN, predictPictures, quiet } from './models.ts';
import { leastScoreOf } from './prediction.ts';
import { dataAddress } from '../images/small-picture.ts';

/** @throws TwinheadError `unusable-input` where the file is no picture that can be read */
export async function probe(file: string, name: string, signal: AbortSignal): Promise<ImageInfo> {
  const { scanFiles } = await import('../../images/index.ts');
  for await (const { images, problems } of scanFiles([file], { signal })) {
    if (images[0] !== undefined) return images[0];
    const { message, ...details } = problems[0]!;
    throw new TwinheadError('unusable-input', message, { ...details, file: name });
  }
  throw new Error('The picture was not looked at.');
}

/** A model on a picture that the project does not have: its bytes are kept no longer than the call lasts. */
export function tryPictureHandlers(context: ServiceContext): Pick<Handlers, 'predict.picture'> {
  return {
    'predict.picture': async ({ runId, name, content, minScore }, { project, signal }) => {
      const run = project.store.runs.find(runId);
      const { overview } = await import('../../images/index.ts');
      using folder = new TemporaryFolder('twinhead-try-');
      const file = path.join(folder.path, 'picture');
      await writeAtomically(file, Buffer.from(content, 'base64'), { flush: false });
      const { sha256, width, height } = await probe(file, name, signal);
      const pictures = [{ name, file, width, height }];
      const least = leastScoreOf(project, run, minScore, LEAST_SHOWN);
      const [prediction] = await predictPictures(context, project, run, pictures, least, quiet(signal));
      if (prediction === undefined) {
        throw new TwinheadError('unusable-input', say('services.predict.undecodable'), {
          file: name,
          remedy: say('services.predict.undecodable.remedy'),
        });
      }
      const picture = await overview(file, { sha256, cacheFolder: folder.path });
      return { prediction, picture: dataAddress(picture) };
    },
  };
}
