import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import type { ExportResult } from '../common/jobs.ts';
import { exportModel } from './export-model.ts';
import type { ExportProgress, ExportRequest } from './types.ts';

/** What the worker is started with. `stop` is shared: 1 once the caller wants it to end. */
export interface ExportTask {
  readonly request: ExportRequest;
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type ExportMessage =
  | { readonly type: 'progress'; readonly progress: ExportProgress }
  | { readonly type: 'done'; readonly result: ExportResult }
  | { readonly type: 'failed'; readonly report: ErrorReport };

const { request, stop } = workerData as ExportTask;
const post = (message: ExportMessage): void => parentPort?.postMessage(message);

try {
  const result = await exportModel(
    request,
    (progress) => post({ type: 'progress', progress }),
    () => Atomics.load(stop, 0) === 1,
  );
  post({ type: 'done', result });
} catch (error) {
  post({ type: 'failed', report: toErrorReport(error) });
}
