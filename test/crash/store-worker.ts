import { writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { TwinheadError } from '../../electron/common/errors.ts';
import { createRandom } from '../../electron/common/random.ts';
import { openProject, restoreBackup } from '../../electron/store/index.ts';
import type { ProjectStore } from '../../electron/store/index.ts';
import { migrate } from '../../electron/store/file/migrate.ts';
import { MIGRATIONS } from '../../electron/store/file/migrations/index.ts';
import { BOXES, MANY, slowMigration, stateOf } from './store-state.ts';

/**
 * Works on a project until it is killed. Before each step it says what it begins, after it what the project is now:
 * a line is written to the pipe before the next step begins, so what was acknowledged is known to whoever reads it.
 */
const [mode, folder, seed] = process.argv.slice(2) as [string, string, string];
const random = createRandom(Number(seed));

function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function importSome(store: ProjectStore, ids: number[], step: number): Promise<void> {
  await store.importAnnotations({
    title: `step ${step}`,
    onProgress: (images) => say({ imported: images }),
    // Merging adds to what is there: the project shall not grow without end.
    mode: store.info().boxes < 2000 ? 'merge' : 'replace',
    images: ids.map((imageId) => ({
      imageId,
      boxes: Array.from({ length: BOXES }, (_, n) => ({
        className: `class ${random.integer(6)}`,
        x: n * 5 + random.next(),
        y: random.next() * 40,
        width: 5,
        height: 5,
        score: null,
        attributes: { step: `${seed}.${step}` },
        extra: null,
      })),
      imageClassNames: null,
      split: random.next() < 0.5 ? 'train' : null,
      verifiedEmpty: false,
    })),
  });
}

/** One step of any kind. What the store refuses with a word (a class of the edit is gone) counts as a step as well. */
async function act(store: ProjectStore, ids: number[], step: number): Promise<void> {
  try {
    await attempt(store, ids, step);
  } catch (error) {
    if (!(error instanceof TwinheadError) || error.code !== 'not-allowed') throw error;
  }
}

async function attempt(store: ProjectStore, ids: number[], step: number): Promise<void> {
  const imageId = ids[random.integer(ids.length)]!;
  const { boxes, image, canUndo, canRedo } = store.annotations.get(imageId);
  const classes = store.classes.list().filter(({ kind }) => kind === 'object');
  const kind = random.integer(12);
  if (kind === 0) await importSome(store, ids, step);
  else if (kind === 1) store.splits.set(ids.slice(random.integer(ids.length)), 'val');
  else if (kind === 2 && classes.length > 3) {
    store.classes.delete(classes[0]!.id, { reassignTo: random.next() < 0.5 ? classes[1]!.id : null });
  } else if (kind === 3 && store.journal.projectSteps().redo !== null) store.journal.redoProject();
  else if (kind === 4) store.classes.create({ kind: 'object', name: `made ${seed} ${step}` });
  else if (kind === 5 && canUndo) store.annotations.undo(imageId);
  else if (kind === 6 && canRedo) store.annotations.redo(imageId);
  else if (kind === 7) await store.backups.create();
  else {
    const classId = classes[random.integer(classes.length)]!.id;
    store.annotations.edit(imageId, image.revision, [
      ...boxes.slice(0, 2).map(({ id }) => ({ type: 'delete-box', boxId: id }) as const),
      ...[0, 1, 2].map((n) => {
        const place = { x: n + random.next(), y: random.next() * 50, width: 3, height: 3 };
        const box = {
          ...place,
          classId,
          source: 'person',
          score: null,
          attributes: { step: `${seed}.${step}` },
        } as const;
        return { type: 'add-box', box } as const;
      }),
    ]);
  }
}

/** Deletes the class that has all the boxes, or brings it back, and leaves the thread that settles the log a moment. */
async function turnClass(store: ProjectStore): Promise<void> {
  const many = store.classes.find('object', MANY);
  if (many === undefined) store.journal.undoProject();
  else store.classes.delete(many.id, { reassignTo: null });
  await setTimeout(random.integer(60));
}

async function label(work: typeof act): Promise<void> {
  const store = openProject(folder);
  const ids = store.images.ids();
  for (let step = 1; ; step++) {
    say({ begin: step });
    await work(store, ids, step);
    say({ done: step, state: stateOf(store) });
  }
}

/** Restores the older backup and the newer in turn. */
function restore(names: readonly string[]): never {
  for (let step = 0; ; step++) {
    say({ begin: step });
    restoreBackup(folder, names[step % names.length]);
    say({ done: step });
  }
}

function changeSchema(): void {
  const file = path.join(folder, 'project.db');
  const connection = new Database(file);
  say({ begin: 1 });
  migrate(connection, file, new Date(), [...MIGRATIONS, slowMigration]);
  say({ done: 1 });
  connection.close();
}

if (mode === 'label') await label(act);
else if (mode === 'import') await label(importSome);
else if (mode === 'class') await label(turnClass);
else if (mode === 'restore') restore(process.argv.slice(5));
else if (mode === 'migrate') changeSchema();
