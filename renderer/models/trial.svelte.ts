import { LONGEST_PICTURE } from '../../electron/common/tried-picture.ts';
import type { ProjectClient } from '../../electron/common/contract.ts';
import type { ImageAnnotations, Prediction } from '../../electron/common/entities.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { toBase64 } from '../base64.ts';
import { CallError } from '../client.ts';
import { t } from '../i18n/index.svelte.ts';
import type { AskedPicture } from './explanation.svelte.ts';

/** Lowest score that is asked for; the threshold of the view hides more. */
export const LEAST_SCORE = 0.05;
/** Bytes whose base64 is as long as a call takes. */
const MOST_BYTES = (LONGEST_PICTURE / 4) * 3;
/** Longer side of a picture that the browser has to shrink: networks see less of it anyway. */
const SHRUNK_SIDE = 4096;

/** A picture that a model has looked at. */
export interface Tried {
  readonly name: string;
  /** For an `<img>`. */
  readonly address: string;
  readonly prediction: Prediction;
  /** Id in the project; null for a file from outside, which has no labels. */
  readonly imageId: number | null;
  /** How it is asked about again. */
  readonly asked: AskedPicture;
}

/** The file, or a smaller picture of it where it is too large to be sent. */
async function sendable(file: File): Promise<Blob> {
  if (file.size <= MOST_BYTES) return file;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new CallError('unusable-input', t('try.tooLarge', { name: file.name }), {
      remedy: t('try.tooLarge.remedy'),
    });
  }
  const scale = Math.min(1, SHRUNK_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}

/** A model at work on one picture after another, of the project or from outside; the last one asked for counts. */
export class Trial {
  tried = $state.raw<Tried | null>(null);
  /** Labels of the picture shown, once they were asked for. */
  labels = $state.raw<ImageAnnotations | null>(null);
  busy = $state(false);
  /** Name of the picture that is being predicted on; null while there is none, or it is not chosen yet. */
  predicting = $state<string | null>(null);
  error = $state.raw<unknown>(null);
  readonly #client: ProjectClient;
  readonly #runId: string;
  #asked = 0;

  constructor(client: ProjectClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  file(file: File): Promise<void> {
    return this.#try(async (choose) => {
      choose(file.name);
      const content = await toBase64(await sendable(file));
      const call = { runId: this.#runId, name: file.name, content, minScore: LEAST_SCORE };
      const { prediction, picture } = await this.#client.call('predict.picture', call);
      return {
        name: file.name,
        address: picture,
        prediction,
        imageId: null,
        asked: { name: file.name, content },
      };
    });
  }

  /** Another image of the project each time, preferably one that the model has not been trained on. */
  fromProject(): Promise<void> {
    return this.#try(async (choose) => {
      for (const split of ['test', 'val', undefined] as const) {
        const filter = split === undefined ? {} : { split };
        const { total } = await this.#client.call('images.list', { filter, limit: 1 });
        if (total === 0) continue;
        const offset = Math.floor(Math.random() * total);
        const { items } = await this.#client.call('images.list', { filter, offset, limit: 1 });
        const image = items[0];
        if (image === undefined) continue;
        choose(image.fileName);
        const call = { runId: this.#runId, imageIds: [image.id], minScore: LEAST_SCORE };
        const { predictions } = await this.#client.call('predict.images', call);
        const prediction = predictions[0]?.prediction;
        if (prediction === undefined)
          throw new CallError('unusable-input', t('try.unreadable', { name: image.fileName }), {
            remedy: say('images.damaged.remedy'),
          });
        const address = this.#client.imageUrl(image.id, 'overview', image.content);
        return { name: image.fileName, address, prediction, imageId: image.id, asked: { imageId: image.id } };
      }
      throw new CallError('unusable-input', t('try.noImages'));
    });
  }

  /** Reads the labels of the picture shown. */
  async readLabels(): Promise<void> {
    const imageId = this.tried?.imageId ?? null;
    if (imageId === null) return;
    try {
      const labels = await this.#client.call('annotations.get', { imageId });
      if (this.tried?.imageId === imageId) this.labels = labels;
    } catch (error) {
      this.error = error;
    }
  }

  /** @param work told to call `choose` with the name of the picture as soon as it is known */
  async #try(work: (choose: (name: string) => void) => Promise<Tried>): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    this.predicting = null;
    this.error = null;
    try {
      const tried = await work((name) => {
        if (asked === this.#asked) this.predicting = name;
      });
      if (asked !== this.#asked) return;
      this.labels = null;
      this.tried = tried;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    } finally {
      if (asked === this.#asked) {
        this.busy = false;
        this.predicting = null;
      }
    }
  }
}
