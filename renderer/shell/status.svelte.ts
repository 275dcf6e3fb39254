/** What the open view says in the status line, from the left. `width` keeps a changing figure from moving the rest. */
export interface StatusItem {
  readonly id: string;
  readonly text: string;
  readonly width?: string;
}

class StatusItems {
  items = $state.raw<readonly StatusItem[]>([]);
  /** Sends failed edits again now. */
  retry: (() => void) | null = null;
}

export const statusItems = new StatusItems();
