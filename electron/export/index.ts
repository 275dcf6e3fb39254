import { moduleBeside, startOnThread } from '../tasks/thread.ts';
import type { RunningTask } from '../tasks/types.ts';
import { modelFormat } from './formats/index.ts';
import type { ExportProgress, ExportRequest } from './types.ts';
import type { ExportTask } from './worker.ts';

export { MODEL_FORMATS, modelFormat } from './formats/index.ts';
export type { ExportProgress, ExportRequest } from './types.ts';

/**
 * Exports a model on a worker thread (see export-model.ts). Stopped, it ends before the next batch of images; nothing
 * is left behind.
 * @throws TwinheadError `invalid-input` at once where there is no such format.
 */
export function startExport(
  request: ExportRequest,
  onEvent: (progress: ExportProgress) => void = () => undefined,
): RunningTask<ExportTask> {
  modelFormat(request.format);
  return startOnThread<ExportTask>(moduleBeside(import.meta.url, 'worker'), request, { onEvent });
}
