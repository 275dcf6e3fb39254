import type { ProjectClient } from '../../electron/common/contract.ts';
import type { ClassActivation } from '../../electron/common/entities.ts';
import type { Rectangle } from '../../electron/common/geometry.ts';

/** What a picture is asked by: an image of the project, or one from outside. */
export type AskedPicture = { readonly imageId: number } | { readonly name: string; readonly content: string };

/** What is explained: a class of the picture, or of a box in it. */
export interface AskedScore {
  readonly class: string;
  readonly box: Rectangle | null;
}

/** Which parts of a picture speak for one of the model’s answers; the last one asked for counts. */
export class Explanation {
  /** What is shown, or being asked for; null: nothing. */
  asked = $state.raw<AskedScore | null>(null);
  found = $state.raw<ClassActivation | null>(null);
  busy = $state(false);
  error = $state.raw<unknown>(null);
  /** Opacity of what is drawn over the picture, 0 to 1. */
  opacity = $state(0.6);
  readonly #client: ProjectClient;
  readonly #runId: string;
  #count = 0;

  constructor(client: ProjectClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  is(score: AskedScore): boolean {
    return this.asked !== null && keyOf(this.asked) === keyOf(score);
  }

  /** Whether the map says anything. */
  get speaks(): boolean {
    return this.found !== null && bytesOf(this.found.values).some((value) => value > 0);
  }

  clear(): void {
    this.#count += 1;
    this.asked = null;
    this.found = null;
    this.error = null;
    this.busy = false;
  }

  /** Shows why; asked again about the same, shows the picture alone. */
  async toggle(picture: AskedPicture, score: AskedScore): Promise<void> {
    if (this.is(score)) {
      this.clear();
      return;
    }
    const own = ++this.#count;
    this.asked = score;
    this.error = null;
    this.busy = true;
    try {
      const found = await this.#client.call('predict.explain', {
        ...{ runId: this.#runId, picture, class: score.class },
        ...(score.box === null ? {} : { box: plainBox(score.box) }),
      });
      if (own === this.#count) this.found = found;
    } catch (error) {
      if (own !== this.#count) return;
      this.error = error;
      this.asked = null;
      this.found = null;
    } finally {
      if (own === this.#count) this.busy = false;
    }
  }
}

const plainBox = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });
const keyOf = (score: AskedScore): string =>
  JSON.stringify([score.class, score.box === null ? null : plainBox(score.box)]);

/** The values of a map. */
export const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
