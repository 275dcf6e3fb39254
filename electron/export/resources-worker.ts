import { serveTask } from '../tasks/serve.ts';
import { measureResources } from './resources.ts';
import type { MeasuredResources, ResourcesEvent, ResourcesRequest } from './resources.ts';

export interface ResourcesTask {
  readonly input: ResourcesRequest;
  readonly event: ResourcesEvent;
  readonly result: MeasuredResources;
}

await serveTask<ResourcesTask>((request, { emit, shouldStop }) =>
  measureResources(request, emit, shouldStop),
);
