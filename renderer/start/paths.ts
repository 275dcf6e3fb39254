/** Where a project made from `source` is proposed to be: in the person's own folder, named as the source is. */
export function projectPathFor(home: string, source: string): string {
  const separator = home.includes('\\') ? '\\' : '/';
  const last = source.trim().split(/[\\/]/).filter(Boolean).at(-1);
  if (last === undefined) return '';
  const name = last.replace(/\.[a-z0-9]{1,5}$/i, '');
  return `${home.replace(/[\\/]+$/, '')}${separator}${name}.twinhead`;
}
