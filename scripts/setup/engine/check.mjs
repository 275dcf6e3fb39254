/** Run by the pinned Node: loads the engine in a folder and multiplies two matrices with it; prints what ran. */
const [folder, kind] = process.argv.slice(2);
const { loadEngine } = await import(new URL('../../../electron/engine/load.ts', import.meta.url).href);
const { tf, device, tensorflowVersion } = await loadEngine({ kind, folder, why: 'set-up checks it' });
const left = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
const right = tf.tensor2d([7, 8, 9, 10, 11, 12], [3, 2]);
const product = await tf.matMul(left, right).data();
if (product.join(' ') !== '58 64 139 154')
  throw new Error(`TensorFlow multiplied wrongly: ${product.join(' ')}`);
process.stdout.write(`${JSON.stringify({ device, tensorflowVersion })}\n`);
