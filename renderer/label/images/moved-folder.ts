/**
 * Where the rest of a folder is that moved with one of its files.
 * @param file where the one is now, absolute, as this system or another spells it
 * @param path of the image below its folder, with slashes
 * @returns as much of `file` as comes before the path, or the file's own folder where it does not end like that
 */
export function movedFolder(file: string, path: string): string {
  const parts = file.split(/[\\/]/);
  const known = path.split('/');
  const isSame =
    known.length < parts.length &&
    known.every((part, at) => part === parts[parts.length - known.length + at]);
  const length = parts.slice(0, isSame ? -known.length : -1).join('/').length;
  // "/" and "C:\" keep their separator.
  return length === 0 || file[length - 1] === ':' ? file.slice(0, length + 1) : file.slice(0, length);
}
