import { SHARE_ENV, Worker } from 'node:worker_threads';
import { TwinheadError } from '../common/errors.ts';
import type { ExportResult } from '../common/jobs.ts';
import { modelFormat } from './formats/index.ts';
import type { ExportProgress, ExportRequest } from './types.ts';
import type { ExportMessage, ExportTask } from './worker.ts';

export { MODEL_FORMATS } from './formats/index.ts';
export type { ExportProgress, ExportRequest } from './types.ts';

export interface ExportHandle {
  /** Rejects with a TwinheadError, as exportModel does. */
  readonly done: Promise<ExportResult>;
  /** Ends before the next batch of images; nothing is left behind. */
  readonly stop: () => void;
}

/**
 * Exports a model on a worker thread (see export-model.ts).
 * @throws TwinheadError `invalid-input` at once where there is no such format.
 */
export function startExport(
  request: ExportRequest,
  onProgress: (progress: ExportProgress) => void = () => undefined,
): ExportHandle {
  modelFormat(request.format);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const task: ExportTask = { request, stop };
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: task, env: SHARE_ENV });
  const done = new Promise<ExportResult>((resolve, reject) => {
    worker.on('message', (message: ExportMessage) => {
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'done') resolve(message.result);
      else {
        reject(TwinheadError.of(message.report));
      }
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      reject(new TwinheadError('internal', `The export thread ended unexpectedly (status ${status}).`));
    });
  });
  return { done, stop: () => void Atomics.store(stop, 0, 1) };
}
