import { spawn } from 'node:child_process';
import path from 'node:path';
import { openProject } from '../../electron/store/index.ts';
import { stateOf } from '../crash/store-state.ts';
import type { Harness } from './harness.ts';

const worker = path.join(import.meta.dirname, '..', 'crash', 'store-worker.ts');
const IMAGES = 30;

interface Line {
  readonly begin?: number;
  readonly done?: number;
  readonly state?: string;
}

/** Starts the labelling process and kills it a moment after it has begun so many steps. @returns whole lines of it */
function killed(folder: string, seed: number, steps: number, afterMs: number): Promise<Line[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--no-warnings', worker, 'label', folder, String(seed)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let condemned = false;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (condemned || output.split('"begin"').length <= steps) return;
      condemned = true;
      setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    child.once('close', () =>
      resolve(
        output
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Line),
      ),
    );
  });
}

export const kill: Harness = {
  name: 'kill',
  goal: 300,
  about: 'a process that labels is killed; broken: an acknowledged edit is lost, or a check fails',
  async open(folder) {
    const first = openProject(folder, { create: true });
    const root = first.roots.add(path.join(folder, 'images'));
    const file = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
    first.files.add(
      root.id,
      Array.from({ length: IMAGES }, (_, n) => ({
        ...file,
        path: `${n}.png`,
        sha256: n.toString(16).padStart(64, '0'),
      })),
    );
    first.classes.create({ kind: 'object', name: 'first' });
    let state = stateOf(first);
    first.close();
    return {
      close: async () => undefined,
      attempt: async (random) => {
        const lines = await killed(folder, random.integer(1e9), 1 + random.integer(8), random.next() * 25);
        const acknowledged = lines.findLast((line) => line.done !== undefined);
        const underWay = lines.findLast((line) => line.begin !== undefined)?.begin !== acknowledged?.done;
        const expected = acknowledged?.state ?? state;
        const store = openProject(folder);
        try {
          state = stateOf(store);
          if (state !== expected && !underWay) return 'what was acknowledged is not there';
          const { ok, problems } = store.fullCheck();
          return ok ? null : JSON.stringify(problems[0]);
        } finally {
          store.close();
        }
      },
    };
  },
};
