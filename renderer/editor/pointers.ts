import { Pinching } from './gestures/pinching.ts';
import type { PointerInput } from './types.ts';

/**
 * Which pointers are on the canvas, and which of them has the gesture: the first one. A second finger turns it into
 * two-finger panning and zooming; a palm beside a pen, or a second mouse, has no say.
 */
export class Pointers {
  readonly #fingers = new Map<number, PointerInput>();
  /** The pen or mouse that is pressed. */
  #pressed: number | null = null;
  #pinching = false;

  clear(): void {
    this.#fingers.clear();
    this.#pressed = null;
    this.#pinching = false;
  }

  has(id: number): boolean {
    return this.#pressed === id || this.#fingers.has(id);
  }

  /**
   * Whose the press is: nobody's; the phase's own; a new gesture's, because the one under way was not meant; or that
   * of two fingers, which begins now.
   */
  down(input: PointerInput): 'ignored' | 'own' | 'new' | Pinching {
    if (input.kind !== 'touch') {
      if (this.#pressed !== null && this.#pressed !== input.id) return 'ignored';
      this.#pressed = input.id;
      const resting = this.#fingers.size > 0;
      // A hand that rests on the screen was there before the pen: it is not what draws.
      this.#fingers.clear();
      this.#pinching = false;
      return resting ? 'new' : 'own';
    }
    if (this.#pressed !== null) return 'ignored';
    this.#fingers.set(input.id, input);
    if (this.#pinching) return this.#fingers.size > 2 ? 'ignored' : 'own';
    const [first, second] = [...this.#fingers.values()];
    if (!first || !second) return 'own';
    this.#pinching = true;
    return new Pinching(first, second);
  }

  /** Whether the move is one for the phase. */
  follows(input: PointerInput): boolean {
    if (input.kind !== 'touch') return this.#fingers.size === 0 && (this.#pressed ?? input.id) === input.id;
    if (!this.#fingers.has(input.id)) return false;
    this.#fingers.set(input.id, input);
    return true;
  }

  /** Whether the release is one for the phase. */
  up(input: PointerInput): boolean {
    if (input.kind !== 'touch') {
      if (this.#pressed !== input.id) return false;
      this.#pressed = null;
      return true;
    }
    const known = this.#fingers.delete(input.id);
    if (this.#fingers.size === 0) this.#pinching = false;
    return known;
  }
}
