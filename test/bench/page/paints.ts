interface Paints {
  /** From the next event of this type on, looks for another picture on the screen. */
  watchPicture(event: string): void;
  /** From the next event of this type on, looks whether `ready` holds at the beginning of a frame. */
  watch(event: string, ready: () => boolean): void;
  /** Milliseconds from the event until what is watched for was there. */
  watched(): Promise<number>;
  /** Resolves once a picture has been painted. */
  started(): Promise<void>;
  /** Every picture of the list that is in view has come, and the open image is on the canvas. */
  firstScreen(): boolean;
  /** Intervals between frames, milliseconds, until `stopFrames`. */
  startFrames(): void;
  stopFrames(): number[];
}

/**
 * Runs in the page before anything else: notes when pictures get onto a canvas. A picture counts as shown when the
 * frame after the one that painted it begins, since by then the browser has drawn that one. No module: the page gets
 * its text, without the types.
 */
(() => {
  const prototype = CanvasRenderingContext2D.prototype;
  // Called below with the context that it was asked of.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const draw = prototype.drawImage as (this: CanvasRenderingContext2D, ...args: unknown[]) => void;
  let shown: unknown = null;
  let painted: (() => void) | null = null;
  let frames: number[] | null = null;
  prototype.drawImage = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
    draw.apply(this, args);
    if (args[0] === shown || !(args[0] instanceof ImageBitmap)) return;
    shown = args[0];
    const tell = painted;
    painted = null;
    if (tell) requestAnimationFrame(tell);
  };
  const nextFrame = (): Promise<unknown> => new Promise(requestAnimationFrame);
  const start = (type: string): Promise<number> =>
    new Promise((resolve) =>
      addEventListener(type, (event) => resolve(event.timeStamp), { capture: true, once: true }),
    );
  let watching: Promise<number> = Promise.resolve(0);
  const paints: Paints = {
    watchPicture: (type) => {
      const picture = new Promise<number>((resolve) => {
        const listen = (): void => void (painted = () => resolve(performance.now()));
        addEventListener(type, listen, { capture: true, once: true });
      });
      watching = Promise.all([picture, start(type)]).then(([shownAt, from]) => shownAt - from);
    },
    watch: (type, ready) => {
      watching = start(type).then(async (from) => {
        do await nextFrame();
        while (!ready());
        return performance.now() - from;
      });
    },
    watched: () => watching,
    started: async () => {
      while (shown === null) await nextFrame();
    },
    firstScreen: () => {
      const pictures = [...document.querySelectorAll<HTMLImageElement>('aside img')];
      return shown !== null && pictures.length > 0 && pictures.every((one) => one.complete);
    },
    startFrames: () => {
      const times: number[] = [];
      frames = times;
      const next = (now: number): void => {
        if (frames !== times) return;
        times.push(now);
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    },
    stopFrames: () => {
      const times = frames ?? [];
      frames = null;
      return times.slice(1).map((time, index) => time - times[index]!);
    },
  };
  Object.assign(window, { paints });
})();
