/** Characters of a picture as base64 that a model is tried on: with the rest of its call below what the hosts take. */
export const LONGEST_PICTURE = 15 * 1024 * 1024;
