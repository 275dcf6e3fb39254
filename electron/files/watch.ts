import { watch } from 'node:fs';

/** Tells of names that come to or go from a folder, soon, where the system can; it need not tell of every one. */
export function watchNames(folder: string, tell: () => void): Disposable {
  try {
    const watcher = watch(folder, { persistent: false }, (event) => {
      if (event === 'rename') tell();
    });
    const close = (): void => watcher.close();
    // The folder itself may be gone.
    watcher.on('error', close);
    return { [Symbol.dispose]: close };
  } catch {
    // No more folders are watched than the system has been set to.
    return { [Symbol.dispose]: () => undefined };
  }
}
