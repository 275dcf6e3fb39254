import { isMainThread, SHARE_ENV, Worker, workerData } from 'node:worker_threads';
import { findEngine } from '../../electron/engine/index.ts';
import { loadEngine } from '../../electron/engine/load.ts';
import type { EngineChoice } from '../../electron/engine/types.ts';

/** A process that loads the engine on a thread, computes nothing, and ends with status 3 once the thread has. */
if (isMainThread) {
  const choice = findEngine({ environment: process.env });
  const worker = new Worker(new URL(import.meta.url), { workerData: choice, env: SHARE_ENV });
  worker.on('exit', () => process.exit(3));
} else await loadEngine(workerData as EngineChoice);
