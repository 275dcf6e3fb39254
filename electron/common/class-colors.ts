/** Okabe and Ito's eight colours without black: told apart by the colour-blind. */
const OKABE_ITO = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7'];

/** Beyond so many no eye keeps colours apart: they begin anew, and key and name tell the classes. */
const DISTINCT = 32;

type Triple = readonly [number, number, number];

/**
 * How linear sRGB looks to normal eyes and without the cones for long, middle and short waves (Machado, Oliveira and
 * Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1).
 */
const VISIONS: readonly (readonly [Triple, Triple, Triple])[] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
  ],
  [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_82, 0.042_94, 0.968_881],
  ],
  [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.3039],
  ],
];

const LIGHTNESSES = [0.5, 0.62, 0.74, 0.86];
const CHROMAS = [0.04, 0.1, 0.16, 0.22];
const HUE_STEP = 15;

function times([a, b, c]: readonly [Triple, Triple, Triple], v: Triple): Triple {
  const row = (r: Triple): number => r[0] * v[0] + r[1] * v[1] + r[2] * v[2];
  return [row(a), row(b), row(c)];
}

/** Linear light to OKLab and back (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function toOklab([red, green, blue]: Triple): Triple {
  const l = Math.cbrt(0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue);
  const m = Math.cbrt(0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue);
  const s = Math.cbrt(0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue);
  return [
    0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
    1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
    0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
  ];
}

/** Hue in degrees. */
function fromOklch(lightness: number, chroma: number, hue: number): Triple {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b) ** 3;
  const m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b) ** 3;
  const s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b) ** 3;
  return [
    4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
    -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
    -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
  ];
}

function toHex(linear: Triple): string {
  const digits = linear.map((value) => {
    const curved = value <= 0.003_130_8 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(curved * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${digits.join('').toUpperCase()}`;
}

function fromHex(color: string): Triple {
  const channel = (offset: number): number => {
    const value = Number.parseInt(color.slice(offset, offset + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** A colour with how each kind of eye sees it, in OKLab. */
interface Seen {
  readonly color: string;
  readonly visions: readonly Triple[];
}

function seen(color: string): Seen {
  const linear = fromHex(color);
  const inGamut = (v: Triple): Triple => [Math.max(0, v[0]), Math.max(0, v[1]), Math.max(0, v[2])];
  return { color, visions: VISIONS.map((vision) => toOklab(inGamut(times(vision, linear)))) };
}

/** How far apart the eye that tells them apart worst sees two colours: distance in OKLab, about 1 from black to white. */
function distance(a: Seen, b: Seen): number {
  const each = a.visions.map((one, index) => {
    const other = b.visions[index]!;
    return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
  });
  return Math.min(...each);
}

function candidates(): Seen[] {
  const found: Seen[] = [];
  for (const lightness of LIGHTNESSES) {
    for (const chroma of CHROMAS) {
      for (let hue = 0; hue < 360; hue += HUE_STEP) {
        const linear = fromOklch(lightness, chroma, hue);
        if (linear.every((value) => value >= 0 && value <= 1)) found.push(seen(toHex(linear)));
      }
    }
  }
  return found;
}

const chosen: Seen[] = OKABE_ITO.map(seen);
let others: { readonly candidate: Seen; nearest: number }[] | undefined;

/** The fixed set, then again and again the colour that all eyes tell best from those before it. */
function chooseAnother(): void {
  others ??= candidates().map((candidate) => ({
    candidate,
    nearest: Math.min(...chosen.map((one) => distance(one, candidate))),
  }));
  const { candidate: best } = others.reduce((a, b) => (b.nearest > a.nearest ? b : a));
  chosen.push(best);
  for (const one of others) one.nearest = Math.min(one.nearest, distance(one.candidate, best));
}

/** The colour of the n-th class, from 0: the same for the same n, always. */
export function classColor(n: number): string {
  while (chosen.length <= n % DISTINCT) chooseAnother();
  return chosen[n % DISTINCT]!.color;
}

/** For a class of that position: the first of the colours that is not taken, as #RRGGBB in capitals. */
export function freeColor(taken: ReadonlySet<string>, position: number): string {
  for (let index = 0; index <= taken.size; index++) {
    if (!taken.has(classColor(index))) return classColor(index);
  }
  return classColor(position);
}

/** For so many classes that come after those of the colours, one after another. */
export function freeColors(colors: readonly string[], count: number): string[] {
  const taken = new Set(colors.map((color) => color.toUpperCase()));
  return Array.from({ length: count }, (_, index) => {
    const color = freeColor(taken, colors.length + index);
    taken.add(color);
    return color;
  });
}
