/** How corners are counted, as files of ours name it in <convention>. */
export const CONVENTIONS = {
  edges: 'corners are edges counted from 0: width = xmax - xmin',
  pixels: 'corners are pixels counted from 1, both inside the box: width = xmax - xmin + 1',
} as const;

export type Convention = keyof typeof CONVENTIONS;

export function conventionOf(text: string | undefined): Convention | null {
  return (Object.keys(CONVENTIONS) as Convention[]).find((name) => CONVENTIONS[name] === text) ?? null;
}
