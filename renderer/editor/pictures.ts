interface Entry {
  readonly promise: Promise<ImageBitmap>;
  bitmap: ImageBitmap | null;
}

/** Decoded pixels that are kept, four bytes each: about a dozen photographs of 12 megapixels. */
const KEPT_PIXELS = 150_000_000;

/**
 * Decoded images around the current one, newest use last. The neighbours are asked for ahead, so that the next
 * image is there in the frame of its key.
 */
export class PictureCache {
  readonly #address: (imageId: number) => string;
  readonly #entries = new Map<number, Entry>();

  constructor(address: (imageId: number) => string) {
    this.#address = address;
  }

  /** The picture if it is decoded already. */
  peek(imageId: number): ImageBitmap | null {
    return this.#entries.get(imageId)?.bitmap ?? null;
  }

  /** Throws where the image cannot be fetched or decoded. */
  load(imageId: number): Promise<ImageBitmap> {
    const known = this.#entries.get(imageId);
    if (known) {
      this.#entries.delete(imageId);
      this.#entries.set(imageId, known);
      return known.promise;
    }
    const entry: Entry = { promise: this.#decode(imageId), bitmap: null };
    this.#entries.set(imageId, entry);
    entry.promise.then(
      (bitmap) => {
        entry.bitmap = bitmap;
        this.#evict(imageId);
      },
      () => this.#entries.delete(imageId),
    );
    return entry.promise;
  }

  /** Decodes ahead; a failure shows itself when the image is opened. */
  ahead(imageIds: readonly number[]): void {
    for (const id of imageIds) void this.load(id).catch(() => undefined);
  }

  clear(): void {
    for (const entry of this.#entries.values()) entry.bitmap?.close();
    this.#entries.clear();
  }

  async #decode(imageId: number): Promise<ImageBitmap> {
    const response = await fetch(this.#address(imageId));
    if (!response.ok) throw new Error((await response.text()) || response.statusText);
    return createImageBitmap(await response.blob());
  }

  #evict(keep: number): void {
    let pixels = 0;
    for (const { bitmap } of this.#entries.values()) pixels += bitmap ? bitmap.width * bitmap.height : 0;
    for (const [id, entry] of this.#entries) {
      if (pixels <= KEPT_PIXELS && this.#entries.size <= 24) return;
      if (id === keep || !entry.bitmap) continue;
      pixels -= entry.bitmap.width * entry.bitmap.height;
      entry.bitmap.close();
      this.#entries.delete(id);
    }
  }
}
