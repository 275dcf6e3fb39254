import type { ExportResult } from '../common/jobs.ts';
import { serveTask } from '../tasks/serve.ts';
import { exportModel } from './export-model.ts';
import type { ExportProgress, ExportRequest } from './types.ts';

export interface ExportTask {
  readonly input: ExportRequest;
  readonly event: ExportProgress;
  readonly result: ExportResult;
}

await serveTask<ExportTask>((request, { emit, shouldStop }) => exportModel(request, emit, shouldStop));
