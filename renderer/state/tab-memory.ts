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

const changesKey = (id: string): string => `twinhead.training ${id}`;

/** Settings of the next training of a project that differ from the proposal, by path; reloads included. */
export function readTrainingChanges(id: string): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(changesKey(id)) ?? '{}');
    return typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? { ...kept } : {};
  } catch {
    // Somebody else has written there.
    return {};
  }
}

export function keepTrainingChanges(id: string, changes: Readonly<Record<string, unknown>>): void {
  if (Object.keys(changes).length === 0) sessionStorage.removeItem(changesKey(id));
  else sessionStorage.setItem(changesKey(id), JSON.stringify(changes));
}

/** Where this tab remembers the folder of a project that it has shown. */
export function pathKey(id: string): string {
  return `twinhead.path ${id}`;
}
