import { moduleBeside, startOnThread } from '../tasks/thread.ts';
import type { RunningTask } from '../tasks/types.ts';
import { chooseFormat } from './formats/index.ts';
import type { ResourcesEvent, ResourcesRequest } from './resources.ts';
import type { ResourcesTask } from './resources-worker.ts';
import type { ExportProgress, ExportRequest } from './types.ts';
import type { ExportTask } from './worker.ts';

export { chooseFormat, MODEL_FORMATS, modelFormat } from './formats/index.ts';
export type { ExportProgress, ExportRequest } from './types.ts';
export type { ResourcesEvent } from './resources.ts';

/** Times a trained network and its exported models on a worker thread; stopped, it ends before the next batch. */
export function startMeasuring(
  request: ResourcesRequest,
  onEvent: (event: ResourcesEvent) => void,
): RunningTask<ResourcesTask> {
  return startOnThread<ResourcesTask>(moduleBeside(import.meta.url, 'resources-worker'), request, {
    onEvent,
  });
}

/**
 * Exports a model on a worker thread (see export-model.ts). Stopped, it ends before the next batch of images; nothing
 * is left behind.
 * @throws TwinheadError `invalid-input` at once where there is no such format or option.
 */
export function startExport(
  request: ExportRequest,
  onEvent: (progress: ExportProgress) => void = () => undefined,
): RunningTask<ExportTask> {
  chooseFormat(request.format, request.options);
  return startOnThread<ExportTask>(moduleBeside(import.meta.url, 'worker'), request, { onEvent });
}
