/** What a wheel event tells: CSS pixels, and whether Ctrl or ⌘ was held (a touchpad's pinch comes with Ctrl). */
export interface WheelMotion {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly control: boolean;
  /** Milliseconds of the event's clock. */
  readonly time: number;
  /** The wheel counted lines or pages, not pixels: no touchpad does. */
  readonly coarse: boolean;
}

/** Events closer together than this are one movement of the fingers, and keep what was recognised at its start. */
const SAME_MOVEMENT = 250;
/** A notch of a wheel scrolls at least this far; a touchpad begins with a few pixels. */
const NOTCH = 50;

/**
 * Tells a wheel from two fingers on a touchpad, which browsers don't: fingers move sideways too, by small or broken
 * steps, and send them in a quick row.
 */
export class WheelRecognizer {
  #touchpad = false;
  #last = -Infinity;

  isTouchpad({ deltaX, deltaY, coarse, time }: WheelMotion): boolean {
    const goesOn = time - this.#last < SAME_MOVEMENT;
    this.#last = time;
    const steps = [Math.abs(deltaX), Math.abs(deltaY)].filter((step) => step > 0);
    const fine = !coarse && (steps.length === 2 || steps.some((step) => step < NOTCH));
    this.#touchpad = goesOn ? this.#touchpad || fine : fine;
    if (coarse) this.#touchpad = false;
    return this.#touchpad;
  }
}
