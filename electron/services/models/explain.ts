import path from 'node:path';
import type { OutputOf, ParsedInputOf } from '../../common/contract.ts';
import { TwinheadError } from '../../common/errors.ts';
import { fromNetwork, letterbox } from '../../common/geometry.ts';
import { say } from '../../common/sentences/sentence.ts';
import { TemporaryFolder, writeAtomically } from '../../files/index.ts';
import type { Explainer, LoadedModel } from '../../learning/index.ts';
import { engineFor } from '../base/engine.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { stampOf } from './kept-predictions.ts';
import { checkpointOf } from './prediction.ts';
import { probe } from './try-picture.ts';

type Wanted = ParsedInputOf<'predict.explain'>;

type Outline = Pick<LoadedModel, 'inputSize' | 'imageClasses' | 'objectClasses'>;

export interface Explaining {
  readonly handlers: Pick<Handlers, 'predict.explain'>;
  close(): void;
}

/** Which parts of a picture speak for what a model says of it. */
export function createExplaining({ ports }: ServiceContext): Explaining {
  let explainer: Explainer | null = null;
  let last: { readonly key: string; readonly outline: Outline } | null = null;
  /** That of the model that was asked about last is kept: a person asks about one answer after another. */
  async function outlineOf(file: string, stamp: string): Promise<Outline> {
    const key = JSON.stringify([file, stamp]);
    if (last?.key === key) return last.outline;
    const { loadModel } = await import('../../learning/index.ts');
    const { inputSize, imageClasses, objectClasses } = await loadModel(file);
    const outline = { inputSize, imageClasses, objectClasses };
    last = { key, outline };
    return outline;
  }
  async function explain(
    project: OpenProject,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<OutputOf<'predict.explain'>> {
    const run = project.store.runs.find(wanted.runId);
    const checkpointFile = await checkpointOf(project, run);
    const { letterboxPixels } = await import('../../images/index.ts');
    const stamp = (await stampOf(checkpointFile)) ?? '';
    const { inputSize, imageClasses, objectClasses } = await outlineOf(checkpointFile, stamp);
    const box = wanted.box ?? null;
    const classes = box === null ? imageClasses : objectClasses;
    const classIndex = classes.findIndex(({ name }) => name === wanted.class);
    if (classIndex < 0)
      throw new TwinheadError('invalid-input', say('services.explain.class', { name: wanted.class }), {
        place: 'class',
        remedy: say('services.explain.class.remedy', {
          names: { list: classes.map(({ name }) => name), comma: true },
        }),
      });
    using folder = new TemporaryFolder('twinhead-explain-');
    const file = await fileOf(project, wanted.picture, folder.path, signal);
    const { pixels, width, height } = await letterboxPixels(file, inputSize);
    signal.throwIfAborted();
    const { Explainer: Thread } = await import('../../learning/index.ts');
    explainer ??= new Thread();
    const { side, values } = await explainer.explain({
      ...{ engine: await engineFor(ports), checkpointFile, stamp, pixels, inputSize, width, height },
      ...{ task: box === null ? 'imageClass' : 'boxes', classIndex, box },
    });
    const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
    const fit = letterbox({ width, height }, inputSize);
    return {
      side,
      values: Buffer.from(bytes).toString('base64'),
      area: fromNetwork({ x: 0, y: 0, width: inputSize, height: inputSize }, fit),
      picture: { width, height },
    };
  }
  return {
    handlers: {
      'predict.explain': (wanted, { project, signal }) => explain(project, wanted, signal),
    },
    close: () => explainer?.end(),
  };
}

/** The file of a picture of the project, or of one that is kept in the folder no longer than the call lasts. */
async function fileOf(
  { store }: OpenProject,
  wanted: Wanted['picture'],
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  if ('imageId' in wanted) return store.files.get(wanted.imageId).file;
  const file = path.join(folder, 'picture');
  await writeAtomically(file, Buffer.from(wanted.content, 'base64'), { flush: false });
  // What is wrong with it is said by its own name.
  await probe(file, wanted.name, signal);
  return file;
}
