import { existsSync } from 'node:fs';
import path from 'node:path';

/** A folder of ../shared, beside the checkout or beside the folder that worktrees are in; null where there is none. */
export function sharedFolder(...names: string[]): string | null {
  const checkout = path.join(import.meta.dirname, '../..');
  const found = ['../shared', '../../shared']
    .map((above) => path.join(checkout, above, ...names))
    .find((folder) => existsSync(folder));
  return found ?? null;
}
