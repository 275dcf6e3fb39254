import { servePool } from '../../tasks/serve-pool.ts';
import { writeScenes } from './scene-files.ts';
import type { SceneTasks } from './scene-files.ts';

servePool<SceneTasks>({ scenes: writeScenes });
