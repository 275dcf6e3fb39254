import type { ViewPlace } from '../../editor/kernels/viewport.ts';

/** Images whose view is remembered; older ones are shown whole again. */
const REMEMBERED = 300;

/** Position and zoom of images that were looked at closely, so that coming back finds them as they were left. */
export class ViewMemory {
  readonly #places = new Map<number, ViewPlace>();

  constructor(stored: unknown = []) {
    if (!Array.isArray(stored)) return;
    for (const entry of stored as unknown[]) {
      if (!Array.isArray(entry)) continue;
      const [imageId, place] = entry as unknown[];
      if (typeof imageId === 'number' && isPlace(place)) this.#places.set(imageId, place);
    }
  }

  /** Null for an image that is shown whole. */
  remember(imageId: number, place: ViewPlace | null): void {
    this.#places.delete(imageId);
    if (place !== null) this.#places.set(imageId, place);
    const oldest = this.#places.keys().next().value;
    if (this.#places.size > REMEMBERED && oldest !== undefined) this.#places.delete(oldest);
  }

  recall(imageId: number): ViewPlace | null {
    return this.#places.get(imageId) ?? null;
  }

  get entries(): [number, ViewPlace][] {
    return [...this.#places];
  }
}

/** What other versions or other hands have stored may be anything. */
function isPlace(value: unknown): value is ViewPlace {
  if (typeof value !== 'object' || value === null) return false;
  const { scale, x, y } = value as Record<string, unknown>;
  return Number.isFinite(scale) && Number.isFinite(x) && Number.isFinite(y) && (scale as number) > 0;
}
