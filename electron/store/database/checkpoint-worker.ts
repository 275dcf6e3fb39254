import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { CheckpointTask } from './checkpoints-apart.ts';

/** Commits that come while one checkpoint runs are left to the next. */
const ROUNDS = 10;

const { file, finished } = workerData as CheckpointTask;

function checkpoint(): void {
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

try {
  checkpoint();
} finally {
  Atomics.store(finished, 0, 1);
  Atomics.notify(finished, 0);
}
