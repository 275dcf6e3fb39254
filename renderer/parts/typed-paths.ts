/** Paths of a text that has one a line. */
export function pathsIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Those chosen with the file, or without it where it was among them; never none, and never a file beside its folder. */
export function withFile(chosen: readonly string[], file: string, folder: string): string[] {
  const others = chosen.filter((path) => path !== file && path !== folder);
  if (!chosen.includes(file)) return [...others, file];
  return others.length > 0 ? others : [folder];
}
