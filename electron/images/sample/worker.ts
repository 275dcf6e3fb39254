import { servePool } from '../../tasks/serve-pool.ts';
import { writeScenes } from './scene-files.ts';

servePool({ scenes: writeScenes });
