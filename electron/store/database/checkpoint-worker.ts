import Database from 'better-sqlite3';
import { serveTask } from '../../tasks/serve.ts';
import type { CheckpointTask } from './checkpoints-apart.ts';

/** Commits that come while one checkpoint runs are left to the next. */
const ROUNDS = 10;

function checkpoint(file: string): void {
  const connection = new Database(file, { fileMustExist: true });
  try {
    // As all connections of a project: the file is flushed before the log may be written anew.
    connection.pragma('synchronous = FULL');
    for (let round = 0; round < ROUNDS; round++) {
      const [state] = connection.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
      if (state === undefined || state.checkpointed >= state.log) return;
    }
  } finally {
    connection.close();
  }
}

await serveTask<CheckpointTask>(({ file, finished }) => {
  try {
    checkpoint(file);
  } finally {
    Atomics.store(finished, 0, 1);
    Atomics.notify(finished, 0);
  }
});
