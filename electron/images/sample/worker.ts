import { serve } from '../serve.ts';
import { writeScenes } from './scene-files.ts';

serve({ scenes: writeScenes });
