import type { ViewPosition } from '../../editor/kernels/viewport.ts';

/** Images whose view is remembered; older ones are shown whole again. */
const REMEMBERED = 300;

/** Position and zoom of images that were looked at closely, so that coming back finds them as they were left. */
export class ViewMemory {
  readonly #positions = new Map<number, ViewPosition>();

  constructor(stored: unknown = []) {
    if (!Array.isArray(stored)) return;
    for (const entry of stored as unknown[]) {
      if (!Array.isArray(entry)) continue;
      const [imageId, position] = entry as unknown[];
      if (typeof imageId === 'number' && isPosition(position)) this.#positions.set(imageId, position);
    }
  }

  /** Null for an image that is shown whole. */
  remember(imageId: number, position: ViewPosition | null): void {
    this.#positions.delete(imageId);
    if (position !== null) this.#positions.set(imageId, position);
    const oldest = this.#positions.keys().next().value;
    if (this.#positions.size > REMEMBERED && oldest !== undefined) this.#positions.delete(oldest);
  }

  recall(imageId: number): ViewPosition | null {
    return this.#positions.get(imageId) ?? null;
  }

  get entries(): [number, ViewPosition][] {
    return [...this.#positions];
  }
}

/** What other versions or other hands have stored may be anything. */
function isPosition(value: unknown): value is ViewPosition {
  if (typeof value !== 'object' || value === null) return false;
  const { scale, x, y } = value as Record<string, unknown>;
  return Number.isFinite(scale) && Number.isFinite(x) && Number.isFinite(y) && (scale as number) > 0;
}
