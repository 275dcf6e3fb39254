/** Largest difference of a probability that counts as the same. */
export const PROBABILITY_TOLERANCE = 1e-4;
/** Largest difference of a box corner that counts as the same, in sides of the network's input. */
export const BOX_TOLERANCE = 1e-4;
