import { serveTask } from '../../tasks/serve.ts';
import { rescue } from './rescue.ts';
import type { RescueTask } from './rescue.ts';

await serveTask<RescueTask>(async ({ source, folder }) => rescue(source, folder));
