/** How the picture is shown while looking at it: the file, and what is trained on, stay as they are. */
export interface ViewAids {
  /** Added to the tone, −1 to 1. */
  readonly brightness: number;
  /** Slope around the middle tone, 0.2 to 5. */
  readonly contrast: number;
  /** Above 1 opens the shadows, below 1 closes them: 0.2 to 5. */
  readonly gamma: number;
}

export const NO_VIEW_AIDS: ViewAids = { brightness: 0, contrast: 1, gamma: 1 };

export function isNeutral({ brightness, contrast, gamma }: ViewAids): boolean {
  return brightness === 0 && contrast === 1 && gamma === 1;
}

/** Tones between 0 and 1 for the 256 values of a channel: gamma first, then contrast around the middle, then brightness. */
export function toneTable({ brightness, contrast, gamma }: ViewAids): number[] {
  return Array.from({ length: 256 }, (_, value) => {
    const tone = ((value / 255) ** (1 / gamma) - 0.5) * contrast + 0.5 + brightness;
    return Math.min(1, Math.max(0, tone));
  });
}
