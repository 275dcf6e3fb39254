/** From cold to hot; grows in lightness, so that it can be read without its colours. */
const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** RGBA of a value from 0 to 255 (viridis): the weaker, the more the picture shows through. */
export function heatColor(value: number): [red: number, green: number, blue: number, alpha: number] {
  const at = (value / 255) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const [one, other] = [STOPS[low]!, STOPS[low + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(one[channel] + (other[channel] - one[channel]) * (at - low));
  return [mix(0), mix(1), mix(2), Math.round(255 * Math.min(1, (2 * value) / 255))];
}
