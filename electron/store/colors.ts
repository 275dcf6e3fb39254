/** Okabe and Ito's eight colours without black: told apart by the colour-blind. */
const OKABE_ITO = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7'];

const GOLDEN_ANGLE = 137.507_764;
const LIGHTNESS = 0.72;
const CHROMA = 0.13;

/** Linear light to the sRGB curve, clipped to the gamut, as two hexadecimal digits. */
function channel(linear: number): string {
  const clipped = Math.min(1, Math.max(0, linear));
  const curved = clipped <= 0.003_130_8 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(curved * 255)
    .toString(16)
    .padStart(2, '0')
    .toUpperCase();
}

/** OKLCH to `#RRGGBB` (Björn Ottosson, "A perceptual color space for image processing", 2020). Hue in degrees. */
function oklchToHex(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b) ** 3;
  const m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b) ** 3;
  const s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b) ** 3;
  const red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
  const green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
  const blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s;
  return `#${channel(red)}${channel(green)}${channel(blue)}`;
}

/** The colour of the n-th class, from 0: a fixed set first, then steps of the golden angle at equal lightness. */
export function classColor(n: number): string {
  return OKABE_ITO[n] ?? oklchToHex(LIGHTNESS, CHROMA, (n * GOLDEN_ANGLE) % 360);
}
