/** Where this tab remembers since when it has had the project of a folder open. */
export function sessionKey(path: string): string {
  return `twinhead.session ${path}`;
}

/** Since when the project has been open in this window, reloads included, ISO 8601. */
export function sessionStart(path: string): string {
  const key = sessionKey(path);
  const since = sessionStorage.getItem(key) ?? new Date().toISOString();
  sessionStorage.setItem(key, since);
  return since;
}

/** Where this tab remembers the folder of a project that it has shown. */
export function pathKey(id: string): string {
  return `twinhead.path ${id}`;
}
