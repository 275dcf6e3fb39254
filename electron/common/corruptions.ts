import type { Letterbox, Rectangle, Size } from './geometry.ts';

/** What can be done to pictures to see whether a model still knows what is on them. */
export const CORRUPTIONS = [
  'noise',
  'blur',
  'darker',
  'brighter',
  'contrast',
  'jpeg',
  'smaller',
  'larger',
] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

export const STRENGTHS = [1, 2, 3, 4, 5] as const;
export type Strength = (typeof STRENGTHS)[number];

/** A corruption of one strength; null: the picture as it is. */
export interface CorruptionStep {
  readonly corruption: Corruption;
  readonly strength: Strength;
}

type Values = readonly [number, number, number, number, number];
const BRIGHTNESS: Values = [0.1, 0.2, 0.3, 0.4, 0.5];
const SCALE: Values = [2 ** 0.25, 2 ** 0.5, 2 ** 0.75, 2, 2 ** 1.25];

/**
 * The value c of each strength, of values v from 0 to 255 in the network's input of S × S pixels. All but the last two are
 * those of ImageNet-C (Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and
 * Perturbations", 2019), whose pictures have 224 × 224 pixels:
 * noise v + 255·c·n with n normal; blur: Gaussian, σ = c·S/224 pixels; darker v − 255·c; brighter v + 255·c; contrast
 * m + c·(v − m), m the mean of the channel; jpeg of quality c; smaller: 1/c of width and height; larger: c times them.
 */
const VALUES: Readonly<Record<Corruption, Values>> = {
  noise: [0.08, 0.12, 0.18, 0.26, 0.38],
  blur: [1, 2, 3, 4, 6],
  darker: BRIGHTNESS,
  brighter: BRIGHTNESS,
  contrast: [0.4, 0.3, 0.2, 0.1, 0.05],
  jpeg: [25, 18, 15, 10, 7],
  smaller: SCALE,
  larger: SCALE,
};

export const corruptionValue = ({ corruption, strength }: CorruptionStep): number =>
  VALUES[corruption][strength - 1]!;

/** By how much a picture is enlarged; 1 where its size stays. */
export function scaleOf(step: CorruptionStep | null): number {
  if (step?.corruption === 'smaller') return 1 / corruptionValue(step);
  return step?.corruption === 'larger' ? corruptionValue(step) : 1;
}

/** Where a scaled picture lies, in whole pixels of the content of a letterbox: about its centre, beyond its edges where larger. */
export function scaledContent({ contentWidth, contentHeight }: Letterbox, scale: number): Rectangle {
  const width = Math.max(1, Math.round(contentWidth * scale));
  const height = Math.max(1, Math.round(contentHeight * scale));
  return {
    x: Math.floor((contentWidth - width) / 2),
    y: Math.floor((contentHeight - height) / 2),
    width,
    height,
  };
}

/** Where a box of a picture lies once the picture is scaled: in pixels of the picture as it was, which it may leave. */
export function scaledBox(box: Rectangle, image: Size, fit: Letterbox, scale: number): Rectangle {
  const content = scaledContent(fit, scale);
  const [scaleX, scaleY] = [content.width / fit.contentWidth, content.height / fit.contentHeight];
  return {
    x: (content.x / fit.contentWidth) * image.width + box.x * scaleX,
    y: (content.y / fit.contentHeight) * image.height + box.y * scaleY,
    width: box.width * scaleX,
    height: box.height * scaleY,
  };
}
