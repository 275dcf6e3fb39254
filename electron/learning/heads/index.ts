import { denseHead } from './dense/index.ts';
import { imageClassHead } from './image-class/index.ts';
import { slotsHead } from './slots/index.ts';

/**
 * Every head that a network can have. Of those with the same task a configuration chooses one, by default the first.
 * The order of tasks is that of losses, weights and figures.
 */
export const heads = [imageClassHead, denseHead, slotsHead] as const;
