/** More are taken for a slip of the keyboard. */
const MOST_PAGES = 1000;

/** Page numbers that a person has written, such as `1, 3, 5-8`, ascending and each once; null where they are none. */
export function readPages(text: string): number[] | null {
  const pages = new Set<number>();
  for (const part of text.split(/[,，\s]+/).filter((one) => one !== '')) {
    const match = /^([1-9]\d{0,4})(?:[-–]([1-9]\d{0,4}))?$/.exec(part);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first >= MOST_PAGES) return null;
    for (let page = first; page <= last; page += 1) pages.add(page);
  }
  return pages.size === 0 || pages.size > MOST_PAGES ? null : [...pages].sort((a, b) => a - b);
}
