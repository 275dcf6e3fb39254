import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openProject, restoreBackup } from '../../electron/store/index.ts';
import { listBackups } from '../../electron/store/file/backup-files.ts';
import { startDiskFaults } from './disk-faults.ts';
import { defectOf, pick } from './harness.ts';
import type { Harness } from './harness.ts';

const FILES = ['project.db', 'project.db-wal', 'project.db-shm', 'project.lock', 'project.holder'];

/** What a kill at this moment would leave: files without a name end with the process. */
function leftBehind(project: string, at: string): string[] {
  cpSync(project, at, { recursive: true });
  const names = (): string[] => {
    const store = openProject(at);
    const found = store.classes.list().map(({ name }) => name);
    store.close();
    return found;
  };
  try {
    const found = names();
    const rescued = listBackups(at).find(({ reason }) => reason === 'rescued');
    if (rescued === undefined) return found;
    restoreBackup(at, rescued.name);
    return [...found, ...names()];
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

export const faults: Harness = {
  name: 'faults',
  goal: 700,
  about:
    'files of an open project are deleted or replaced, its disk is full or fails; broken: an acknowledged edit is lost, or `internal`',
  async open(folder) {
    let next = 0;
    let onDisk = 0;
    const disk = startDiskFaults(folder);
    return {
      close: async () => {
        if (typeof disk === 'string') return { breaks: [], figures: [`failing disks: skipped, ${disk}`] };
        await disk.close();
        return { breaks: [], figures: [`${onDisk} of them on failing disks`] };
      },
      attempt: async (random) => {
        if (typeof disk !== 'string' && random.next() < 0.5) {
          onDisk += 1;
          return disk.attempt(random.integer(1e9));
        }
        const project = path.join(folder, String(next++));
        const store = openProject(project, { create: true });
        const acknowledged: string[] = [];
        const edit = (): void => {
          const name = `class ${acknowledged.length}`;
          try {
            store.classes.create({ kind: 'object', name });
            acknowledged.push(name);
          } catch (error) {
            const defect = defectOf(error);
            if (defect !== null) throw error;
          }
        };
        try {
          for (let edits = random.integer(6); edits >= 0; edits--) edit();
          for (const name of FILES.filter(() => random.next() < 0.4)) {
            const file = path.join(project, name);
            if (!existsSync(file)) continue;
            if (name === 'project.db' && random.next() < 0.3) {
              const other = openProject(path.join(folder, 'other'), { create: true });
              other.close();
              renameSync(path.join(folder, 'other', 'project.db'), file);
              rmSync(path.join(folder, 'other'), { recursive: true });
            } else rmSync(file);
            if (random.next() < 0.5) edit();
          }
          for (let edits = pick(random, [1, 2, 3]); edits > 0; edits--) edit();
          const found = new Set(leftBehind(project, path.join(folder, 'left')));
          const lost = acknowledged.filter((name) => !found.has(name));
          return lost.length === 0
            ? null
            : `${lost.length} of ${acknowledged.length} acknowledged edits lost`;
        } finally {
          store.close();
          rmSync(project, { recursive: true, force: true });
        }
      },
    };
  },
};
