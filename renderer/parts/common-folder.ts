/** The folder, with its separator, that holds all of the absolute paths among these; '' where there is none. */
export function commonFolder(files: readonly string[]): string {
  const folders = files.flatMap((file) => {
    const folder = /^(?:[A-Za-z]:)?[\\/](?:.*[\\/])?/.exec(file)?.[0];
    return folder === undefined ? [] : [folder];
  });
  return folders.reduce((common, folder) => {
    let end = 0;
    for (let index = 0; index < common.length && common[index] === folder[index]; index += 1)
      if (common[index] === '/' || common[index] === '\\') end = index + 1;
    return common.slice(0, end);
  }, folders[0] ?? '');
}
