import path from 'node:path';
import { packageFolder } from '../files/index.ts';

/** Folder that the interface is built into. */
export const interfaceFolder = path.join(packageFolder, 'dist', 'renderer');
