import type { Prediction } from '../../common/entities.ts';
import { statOfFile } from '../images/image-files.ts';

/** Predictions that are kept, the latest ones: some pages of a gallery. */
const MOST = 600;

/** Content of a file as far as its time and size tell; null where no file is. */
export async function stampOf(file: string): Promise<string | null> {
  const found = await statOfFile(file);
  return found === null ? null : `${found.mtimeMs} ${found.size}`;
}

/** What networks have said of images, so that a page that is shown again need not run them again. */
export class KeptPredictions {
  /** Oldest first. */
  readonly #kept = new Map<string, Prediction>();

  /** @param key says all that the prediction rests on */
  find(key: string): Prediction | undefined {
    const found = this.#kept.get(key);
    if (found !== undefined) this.keep(key, found);
    return found;
  }

  keep(key: string, prediction: Prediction): void {
    this.#kept.delete(key);
    this.#kept.set(key, prediction);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }
}
