/** Where a project made from `source` is proposed to be: in the person's own folder, named as the source is. */
export function projectPathFor(home: string, source: string): string {
  const separator = home.includes('\\') ? '\\' : '/';
  const last = source.trim().split(/[\\/]/).filter(Boolean).at(-1);
  if (last === undefined) return '';
  const name = last.replace(/\.[a-z0-9]{1,5}$/i, '');
  return `${home.replace(/[\\/]+$/, '')}${separator}${name}.twinhead`;
}

/** Where a project read out of another one is proposed to be: beside it, its name with a suffix. */
export function projectPathBeside(source: string, suffix: string): string {
  const whole = source.trim().replace(/[\\/]+$/, '');
  return `${whole.replace(/\.twinhead$/, '')}-${suffix}.twinhead`;
}
