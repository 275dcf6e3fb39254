import type { Size } from '../../electron/common/geometry.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';
import { hasPyramid } from '../../electron/common/pyramid.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { CallError } from '../client.ts';
import { textOf } from '../i18n/index.svelte.ts';

/** What has to be known of an image to get its picture. */
export interface PictureSource extends Size {
  readonly id: number;
  /** Another content, another picture. */
  readonly content: string;
}

export interface PicturePorts {
  /** Source of an image: at once if it is or was in the list, else by asking for it. */
  source(imageId: number): PictureSource | Promise<PictureSource>;
  address(source: PictureSource, size: 'full' | 'overview'): string;
}

interface Entry {
  readonly promise: Promise<ImageBitmap>;
  readonly controller: AbortController;
  content: string | null;
  bitmap: ImageBitmap | null;
}

/** Decoded pictures that are kept, four bytes a pixel: about two hundred of 640×480, or two dozen overviews. */
const BUDGET_BYTES = 256 * 2 ** 20;
/** Pictures that are fetched ahead at a time: the one that is looked at must not wait for them. */
const AHEAD_AT_ONCE = 2;
/** Images that one is stepping through fast are let come, so many. */
const MOST_NEAR = 16;

function bytesOf(bitmap: ImageBitmap): number {
  return bitmap.width * bitmap.height * 4;
}

/**
 * Decoded pictures of the images around the current one: neighbours are decoded ahead, what is no longer near is given up.
 * A large image has an overview here, and tiles (tiles.ts).
 */
export class PictureCache {
  readonly #ports: PicturePorts;
  readonly #budget: number;
  /** In the order of use, the newest last. */
  readonly #entries = new Map<number, Entry>();
  /** The current image, then its neighbours, the nearest first. */
  #near: readonly number[] = [];

  constructor(ports: PicturePorts, budgetBytes = BUDGET_BYTES) {
    this.#ports = ports;
    this.#budget = budgetBytes;
  }

  /** The picture if it is decoded already. */
  peek(imageId: number): ImageBitmap | null {
    return this.#entries.get(imageId)?.bitmap ?? null;
  }

  /**
   * The picture of the image that is opened.
   * @throws what the services say where it cannot be shown; `AbortError` where it was given up for another image
   */
  load(imageId: number): Promise<ImageBitmap> {
    // Until the new neighbours are known, those of the last image stay.
    this.#near = [imageId, ...this.#near.filter((id) => id !== imageId)].slice(0, MOST_NEAR);
    this.#giveUpFar();
    return this.#start(imageId).promise;
  }

  /**
   * Decodes ahead, the nearest first, and gives up what is under way for other images. A failure shows itself when
   * the image is opened.
   */
  ahead(current: number, neighbours: readonly number[]): void {
    this.#near = [current, ...neighbours.filter((id) => id !== current)];
    this.#giveUpFar();
    this.#goOn();
  }

  #giveUpFar(): void {
    for (const [id, entry] of this.#entries)
      if (!entry.bitmap && !this.#near.includes(id)) this.#drop(id, entry);
  }

  /** Forgets pictures whose images have another content now. */
  forget(isCurrent: (imageId: number, content: string) => boolean): void {
    for (const [id, entry] of this.#entries)
      if (entry.content !== null && !isCurrent(id, entry.content)) this.#drop(id, entry);
  }

  clear(): void {
    for (const [id, entry] of this.#entries) this.#drop(id, entry);
    this.#near = [];
  }

  /** Starts the next of the neighbours, while few are under way and there is room for them. */
  #goOn(): void {
    let underWay = [...this.#entries.values()].filter(({ bitmap }) => !bitmap).length;
    for (const id of this.#near) {
      if (this.#entries.has(id)) continue;
      if (underWay >= AHEAD_AT_ONCE || this.#bytesNear() >= this.#budget) return;
      this.#start(id);
      underWay += 1;
    }
  }

  #start(imageId: number): Entry {
    const known = this.#entries.get(imageId);
    if (known) {
      this.#entries.delete(imageId);
      this.#entries.set(imageId, known);
      return known;
    }
    const controller = new AbortController();
    const entry: Entry = {
      promise: this.#decode(imageId, controller.signal, (content) => (entry.content = content)),
      controller,
      content: null,
      bitmap: null,
    };
    this.#entries.set(imageId, entry);
    entry.promise.then(
      (bitmap) => {
        if (this.#entries.get(imageId) !== entry) {
          bitmap.close();
          return;
        }
        entry.bitmap = bitmap;
        this.#evict();
        this.#goOn();
      },
      () => {
        if (this.#entries.get(imageId) === entry) this.#entries.delete(imageId);
        // Not tried again at once: the next look at its surroundings does.
        this.#near = this.#near.filter((id) => id !== imageId);
        this.#goOn();
      },
    );
    return entry;
  }

  async #decode(
    imageId: number,
    signal: AbortSignal,
    onContent: (content: string) => void,
  ): Promise<ImageBitmap> {
    const source = await this.#ports.source(imageId);
    signal.throwIfAborted();
    onContent(source.content);
    const address = this.#ports.address(source, hasPyramid(source) ? 'overview' : 'full');
    return fetchBitmap(address, signal);
  }

  #bytesNear(): number {
    let bytes = 0;
    for (const id of this.#near) {
      const bitmap = this.peek(id);
      if (bitmap) bytes += bytesOf(bitmap);
    }
    return bytes;
  }

  /** What was not used for longest goes, neighbours last, the current image never. */
  #evict(): void {
    let bytes = 0;
    for (const { bitmap } of this.#entries.values()) bytes += bitmap ? bytesOf(bitmap) : 0;
    const far = [...this.#entries].filter(([id]) => !this.#near.includes(id));
    const near = this.#near
      .slice(1)
      .toReversed()
      .flatMap((id): [number, Entry][] => {
        const entry = this.#entries.get(id);
        return entry ? [[id, entry]] : [];
      });
    for (const [id, entry] of [...far, ...near]) {
      if (bytes <= this.#budget) return;
      if (!entry.bitmap) continue;
      bytes -= bytesOf(entry.bitmap);
      this.#drop(id, entry);
    }
  }

  #drop(id: number, entry: Entry): void {
    entry.controller.abort();
    entry.bitmap?.close();
    this.#entries.delete(id);
  }
}

/** @throws CallError with what the services say of a picture that cannot be shown, or `unusable-input` where it is cut off */
export async function fetchBitmap(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw await pictureError(response);
  const picture = await response.blob();
  try {
    return await createImageBitmap(picture);
  } catch {
    // The browser says it in a language of its own.
    const said = say('images.damaged');
    throw new CallError('unusable-input', textOf(said), { remedy: say('images.damaged.remedy') }, said);
  }
}

async function pictureError(response: Response): Promise<CallError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { readonly error: ErrorReport };
    return CallError.of(error);
  } catch {
    // No answer of the services: a page that says that the session is over, or a proxy's.
    return new CallError('internal', response.statusText || String(response.status));
  }
}
