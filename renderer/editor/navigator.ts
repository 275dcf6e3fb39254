import type { Point, Size } from '../../electron/common/geometry.ts';
import { WheelRecognizer } from './kernels/wheel.ts';
import { centred, constrain, fit, pan, positionOf, viewportAt, zoomAt } from './kernels/viewport.ts';
import type { Viewport, ViewPosition } from './kernels/viewport.ts';
import type { WheelInput } from './types.ts';

const ZOOM_STEP = 1.25;
/** Above an image that is shown from its top on, CSS pixels. */
const MARGIN = 24;
/** Wheel units (CSS pixels) for one doubling; a touchpad's pinch comes in smaller ones. */
const WHEEL_DOUBLING = 320;
const PINCH_DOUBLING = 80;

/** What the wheel, or two fingers on a touchpad, do: `recognize` zooms with a wheel and pans with a touchpad. */
export const WHEEL_ACTIONS = ['recognize', 'zoom', 'pan'] as const;
export type WheelAction = (typeof WHEEL_ACTIONS)[number];

/** Where the view was, to be brought back exactly. */
export interface ViewState {
  readonly viewport: Viewport;
  readonly fitted: boolean;
}

/** Which part of the image is seen, and how large. Sizes and points are CSS pixels of the view. */
export class Navigator {
  size: Size = { width: 1, height: 1 };
  /** Screen pixels per CSS pixel: at 100 % a pixel of the image is one of the screen. */
  pixelRatio = 1;
  wheelAction: WheelAction = 'recognize';
  readonly #image: () => Size;
  readonly #changed: () => void;
  readonly #wheel = new WheelRecognizer();
  #state: ViewState = { viewport: { scale: 1, x: 0, y: 0 }, fitted: true };

  constructor(image: () => Size, changed: () => void) {
    this.#image = image;
    this.#changed = changed;
  }

  get viewport(): Viewport {
    return this.#state.viewport;
  }

  /** Fitted images follow the view's size; a zoom by hand is kept. */
  get fitted(): boolean {
    return this.#state.fitted;
  }

  get state(): ViewState {
    return this.#state;
  }

  /** Pixels of the screen for one of the image: what people call the zoom. */
  get zoom(): number {
    return this.viewport.scale * this.pixelRatio;
  }

  restore(state: ViewState): void {
    this.#state = state;
    this.#changed();
  }

  resize(size: Size, pixelRatio = this.pixelRatio): void {
    // What was in the middle stays there: a pane made wider must not push the image away.
    const position = positionOf(this.viewport, this.size);
    this.size = size;
    this.pixelRatio = pixelRatio;
    if (this.fitted) this.fit();
    else this.show(viewportAt(position, size, pixelRatio));
  }

  show(viewport: Viewport): void {
    const held = constrain(viewport, this.#image(), this.size);
    if (held === this.viewport) return;
    this.#state = { viewport: held, fitted: false };
    this.#changed();
  }

  fit(): void {
    this.#state = { viewport: fit(this.#image(), this.size, this.pixelRatio), fitted: true };
    this.#changed();
  }

  /** The image's whole width, from its top on. */
  fitWidth(): void {
    const image = this.#image();
    const whole = fit({ width: image.width, height: 1 }, this.size, this.pixelRatio);
    const y = Math.max(MARGIN, (this.size.height - image.height * whole.scale) / 2);
    this.show({ scale: whole.scale, x: whole.x, y });
  }

  /** Where the view is, to come back to; null for a fitted image. */
  get position(): ViewPosition | null {
    return this.fitted ? null : positionOf(this.viewport, this.size);
  }

  /** Goes to a remembered position, or fits the image where there is none. */
  goTo(position: ViewPosition | null): void {
    if (position === null) this.fit();
    else {
      this.#state = { viewport: this.#state.viewport, fitted: false };
      this.show(viewportAt(position, this.size, this.pixelRatio));
      this.#changed();
    }
  }

  pan(dx: number, dy: number): void {
    this.show(pan(this.viewport, dx, dy));
  }

  zoomTo(scale: number, at: Point): void {
    this.show(zoomAt(this.viewport, at, scale, this.pixelRatio));
  }

  zoomIn(at: Point = this.#middle): void {
    this.zoomTo(this.viewport.scale * ZOOM_STEP, at);
  }

  zoomOut(at: Point = this.#middle): void {
    this.zoomTo(this.viewport.scale / ZOOM_STEP, at);
  }

  /** One pixel of the image on one of the screen: the whole image in the middle, of a larger one what is at `at`. */
  actualSize(at: Point = this.#middle): void {
    const scale = 1 / this.pixelRatio;
    const image = this.#image();
    const whole = image.width * scale <= this.size.width && image.height * scale <= this.size.height;
    if (whole) this.show(centred(image, this.size, scale, this.pixelRatio));
    else this.zoomTo(scale, at);
  }

  wheel(input: WheelInput): void {
    const touchpad = this.#wheel.isTouchpad(input);
    const pans = this.wheelAction === 'pan' || (this.wheelAction === 'recognize' && touchpad);
    if (input.control) {
      const doubling = touchpad ? PINCH_DOUBLING : WHEEL_DOUBLING;
      this.zoomTo(this.viewport.scale * 2 ** (-input.deltaY / doubling), input);
    } else if (input.shift) this.pan(-(input.deltaX || input.deltaY), 0);
    else if (pans) this.pan(-input.deltaX, -input.deltaY);
    else this.zoomTo(this.viewport.scale * 2 ** (-input.deltaY / WHEEL_DOUBLING), input);
  }

  get #middle(): Point {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }
}
