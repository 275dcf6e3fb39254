/**
 * Pixels of a picture that is decoded outside libvips, whole in memory: at some fifty million a second in JavaScript or
 * WebAssembly, and one bit of a file may be a pixel.
 */
export const DECODED_PIXEL_LIMIT = 64_000_000;
