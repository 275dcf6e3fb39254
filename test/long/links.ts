import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createApp } from '../../electron/app.ts';
import type { RequestName } from '../../electron/common/contract.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import { projectFolder } from '../../electron/services/projects/projects.ts';
import { projectId } from '../../electron/services/scope/scopes.ts';
import { openProject, restoreBackup } from '../../electron/store/index.ts';
import { bitmap } from '../images/support.ts';
import { testPorts } from '../support/ports.ts';
import { pick } from './harness.ts';
import type { Harness } from './harness.ts';

const PLACES = [
  'cache',
  'cache/pyramids',
  'cache/overviews',
  'cache/thumbnails',
  'cache/pixels',
  'runs',
  'runs/r0001',
  'runs/r0001/events.jsonl',
  'images',
  'backups',
  'sample',
  'project.db',
  'project.db-wal',
  'project.db-shm',
  'project.lock',
  'project.holder',
  'project.db.restoring',
  'backups/2026-01-01T00-00-00-000Z-auto.db',
];

/** Names and contents of all that lies in a folder. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) {
    const file = path.join(folder, name);
    hash.update(name);
    hash.update(lstatSync(file).isDirectory() ? fingerprint(file) : readFileSync(file));
  }
  return hash.digest('hex');
}

export const links: Harness = {
  name: 'links',
  goal: 300,
  about: 'links planted in a project, then work in it; broken: what they lead to is changed',
  async open(folder) {
    const outside = path.join(folder, 'photos');
    mkdirSync(outside);
    for (const name of ['dear.jpg', 'events.jsonl']) writeFileSync(path.join(outside, name), name);
    openProject(path.join(folder, 'theirs'), { create: true }).close();
    for (const name of ['project.db'])
      writeFileSync(path.join(outside, name), readFileSync(path.join(folder, 'theirs', name)));
    const pictures = path.join(folder, 'pictures');
    mkdirSync(pictures);
    writeFileSync(path.join(pictures, 'a.bmp'), bitmap(40, 30));
    const before = fingerprint(outside);
    let next = 0;
    return {
      close: async () => undefined,
      attempt: async (random) => {
        const project = path.join(folder, `${next++}.twinhead`);
        const store = openProject(project, { create: true });
        const run = store.runs.create({
          config: {},
          seed: 1,
          epochs: 1,
          dataRevision: 0,
          appVersion: '0',
          engine: 'none',
        });
        store.close();
        const planted = Array.from({ length: 1 + random.integer(3) }, () => pick(random, PLACES));
        for (const place of planted) {
          const at = path.join(project, place);
          try {
            // Else it would be planted outside, by us.
            if (realpathSync(path.dirname(at)) !== path.dirname(at)) continue;
            if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) rmSync(at, { recursive: true });
            const target = pick(random, ['', 'dear.jpg', 'events.jsonl', 'project.db', 'not-there']);
            symlinkSync(path.join(outside, target), at);
          } catch {
            // A folder on the way is a link already, or was never made.
          }
        }
        if (fingerprint(outside) !== before) throw new Error('the harness itself changed what it watches');
        const ports = testPorts({ userFolder: path.join(folder, 'user') });
        const app = createApp(ports);
        const dispatch = createDispatch(app, { logger: ports.logger });
        const scope = projectId(projectFolder(project));
        const call = (name: RequestName, input: object): Promise<unknown> =>
          dispatch.call(scope, name, input);
        try {
          await call('project.open', { path: project });
          await call('images.add', { folders: [pictures] });
          for (const what of ['size=256', 'size=overview', 'tile=0_0_0'])
            await app.serveImage(new Request(`http://x/image/1?project=${scope}&${what}`));
          await call('runs.delete', { runId: run.id });
          await call('project.close', {});
          await call('project.sample', { path: project, train: 1, val: 0, test: 0 });
        } finally {
          await app.close();
        }
        try {
          restoreBackup(project);
        } catch {
          // Refused, as it should be where a link is in the way.
        }
        const unchanged = fingerprint(outside) === before;
        rmSync(project, { recursive: true, force: true });
        return unchanged ? null : `links at ${planted.join(', ')} were followed`;
      },
    };
  },
};
