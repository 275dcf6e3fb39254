/** What the page's address says of the project that it shows: by it a reload, or a copy of the tab, finds it again. */

const NAME = 'project';

/** Its id; '' where the page shows none, by a person's wish; null where nothing is said. */
export function projectInAddress(): string | null {
  return new URLSearchParams(location.search).get(NAME);
}

/** Folder of a project that the desktop host wants this window to open. */
export function projectToOpen(): string | null {
  return window.twinhead === undefined ? null : new URLSearchParams(location.search).get('open');
}

/** Says so from now on. @param id null: none */
export function showProjectInAddress(id: string | null): void {
  history.replaceState(history.state, '', `?${NAME}=${id ?? ''}${location.hash}`);
}

/** Address of a page without a project. */
export function addressOfNewPage(): string {
  return `${location.pathname}?${NAME}=`;
}
